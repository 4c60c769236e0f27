/** The first persons of an empty vault, whose keys are built after its rows, and the same where somebody looks into the vault meanwhile. */
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { personOf } from '../../src/warehouse/identity-vault.ts'
import { loadDelivery } from '../../src/warehouse/load.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { testDatabase } from '../support/database.ts'
import { smallRegistry } from './small-registry.ts'

const registry = smallRegistry()
/** Enough that keys are built anew. */
const PERSONS = 10_500
const number = (n: number): string => String(n).padStart(10, '0')
const rows = Array.from({ length: PERSONS }, (_, n) => ({
  national_number: number(n),
  item_no: 'a',
  kind: 'a',
  partner_ref: n % 100 === 0 ? number(PERSONS + n) : null,
}))
const NAMED = PERSONS / 100

const keysOf = async ({ pool }: Database): Promise<unknown> =>
  (
    await pool.query(
      `SELECT indexname, indexdef FROM pg_indexes WHERE (schemaname, tablename) IN (('identity', 'identifier'), ('warehouse', 'person')) ORDER BY 1`,
    )
  ).rows

async function vaultOf({ pool }: Database) {
  const { rows: kinds } = await pool.query(
    `SELECT i.kind, p.is_jordanian, count(*), count(DISTINCT i.person_ref) AS persons FROM identity.identifier i JOIN warehouse.person p USING (person_ref) GROUP BY 1, 2 ORDER BY 1`,
  )
  const { rows: persons } = await pool.query('SELECT count(*) FROM warehouse.person')
  return { kinds, persons: persons[0].count }
}

const wanted = {
  kinds: [
    { kind: 'national', is_jordanian: true, count: PERSONS, persons: PERSONS },
    { kind: null, is_jordanian: null, count: NAMED, persons: NAMED },
  ],
  persons: PERSONS + NAMED,
}

t.test('an empty vault is filled and has its keys again', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  const before = await keysOf(database)
  const { rows: file } = await database.pool.query("SELECT pg_relation_filenode('identity.identifier') AS node")
  t.match(await loadDelivery(database, registry, { id: 'd1', asOf: '2026-01-10', rows }), { inserted: PERSONS, rejected: 0 })
  t.same(await vaultOf(database), wanted)
  t.same(await keysOf(database), before)
  const { rows: now } = await database.pool.query("SELECT pg_relation_filenode('identity.identifier') AS node")
  t.not(now[0].node, file[0].node, 'it was the first filling')
  const first = await personOf(database.pool, number(0))
  const more = Array.from({ length: PERSONS }, (_, n) => ({ national_number: number(50_000 + n), item_no: 'a', kind: 'a' }))
  t.match(await loadDelivery(database, registry, { id: 'd2', asOf: '2026-01-11', rows: [...rows, ...more] }), {
    inserted: PERSONS,
    unchanged: PERSONS,
  })
  t.equal(await personOf(database.pool, number(0)), first, 'who is known stays known')
})

t.test('a vault into which somebody looks is filled with its keys in place', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  const reader = await database.pool.connect()
  await reader.query('BEGIN; SELECT FROM identity.identifier')
  t.match(await loadDelivery(database, registry, { id: 'd1', asOf: '2026-01-10', rows }), { inserted: PERSONS, rejected: 0 })
  await reader.query('COMMIT')
  reader.release()
  t.same(await vaultOf(database), wanted)
})
