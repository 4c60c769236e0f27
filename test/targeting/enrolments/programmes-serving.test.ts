/** Which programmes serve a household: by itself, or by whoever is a member of it now. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { ENROLMENT_STATES } from '../../../src/targeting/enrolments/schema.ts'
import { moveUnits, programmesServing, storeReports } from '../../../src/targeting/enrolments/enrolment-store.ts'
import { testDatabase } from '../../support/database.ts'

const { pool } = await testDatabase(t)
await createKey(pool, { name: 'test', entity: 'NAF', permissions: [] })
const keyId = (await pool.query<{ id: string }>('select id from api_key')).rows[0]?.id as string

async function report(programme: string, householdRef: number, personRef: number | null, state: (typeof ENROLMENT_STATES)[number]) {
  const one = { id: randomUUID(), programme, householdRef, personRef, state, on: '2026-01-01', reference: randomUUID(), reason: null }
  await storeReports(pool, [{ ...one, applied: true }], { keyId, entity: 'NAF' })
  await moveUnits(pool, [{ ...one, applied: true }])
}
const serving = async (householdRef: number, ...personRefs: number[]): Promise<string[]> =>
  [...(await programmesServing(pool, { householdRef, personRefs }))].toSorted()

t.test('of all states only the enrolled are served', async (t) => {
  for (const [place, state] of ENROLMENT_STATES.entries()) {
    await report('cash', 100 + place, null, state)
    t.same(await serving(100 + place, 1), state === 'enrolled' ? ['cash'] : [], state)
  }
})

t.test('a household’s own enrolment, and a member’s, who takes it along', async (t) => {
  await report('cash', 1, null, 'enrolled')
  await report('rehabilitation', 1, 11, 'enrolled')
  await report('rehabilitation', 1, 12, 'suspended')
  t.same(await serving(1, 11, 12), ['cash', 'rehabilitation'])
  t.same(await serving(1, 12), ['cash'], 'the member moved out')
  t.same(await serving(2, 11), ['rehabilitation'], 'and in elsewhere')
  t.same(await serving(2), [])
  await report('cash', 1, null, 'exited')
  t.same(await serving(1, 12), [])
})
