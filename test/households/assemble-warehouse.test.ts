/** Facts of a seeded population by the three ways that one definition is computed: warehouse, records, and DuckDB for all at once. */
import t from 'tap'
import { factsAssembled } from '../../src/determinations/facts-assembled.ts'
import { assembleRecords } from '../../src/households/assemble-records.ts'
import { assembleHousehold } from '../../src/households/assemble.ts'
import type { AssembledHousehold } from '../../src/households/assembled.ts'
import type { DeclaredAnswers } from '../../src/households/declared.ts'
import { readSourceStates } from '../../src/households/registry-state.ts'
import { type FactSpace, type FactValues, isKnownAt, unknownValues } from '../../src/language/fact-space.ts'
import { factsRead } from '../../src/programmes/facts-read.ts'
import { randomRecords } from '../rules/random-rows.ts'
import { day, shipped } from '../rules/real-rows.ts'
import {
  assembleAll,
  columnarReplica,
  type Facts,
  freshness,
  livingHouseholds,
  recordsOf,
  seededWarehouse,
  usableRegistries,
} from './seeded-warehouse.ts'

const { catalogue } = shipped
const asOf = day('2026-11-01')
const database = await seededWarehouse(t, 100, '2026-11-01')
const households = await livingHouseholds(database)
const declared = new Map<number, DeclaredAnswers>()

/** Every third household has answered the form, as random families do. */
async function answers(): Promise<void> {
  const drawn = [...randomRecords(3, { households: households.length, members: [4, 4], unknown: 0.2, answered: true }).declared.values()]
  for (const [index, householdRef] of households.entries()) {
    const given = drawn[index]
    const { rows } = await database.pool.query<{ ref: string }>(
      'SELECT person_ref AS ref FROM household_member WHERE household_ref = $1 ORDER BY 1',
      [householdRef],
    )
    if (given && index % 3 === 0)
      declared.set(householdRef, { ...given, members: [...rows.map(({ ref }) => Number(ref)), null, null, null, null].slice(0, 4) })
  }
}
await answers()

const fromWarehouse = async (householdRef: number, at = asOf, facts?: ReadonlySet<string>): Promise<AssembledHousehold> => {
  const request = { householdRef, asOf: at, declared: declared.get(householdRef) ?? null, ...(facts ? { facts } : {}) }
  const assembled = await assembleHousehold({ database, catalogue, freshness }, request)
  if (!assembled) throw new Error(`nobody lives in ${householdRef}`)
  return assembled
}

/** Compares every value of a space; returns how many, and names the first that differ. */
function differences(space: FactSpace, one: FactValues, other: FactValues, where: string): string[] {
  return space.types.flatMap(({ id }, slot) => {
    const [a, b] = [one, other].map((values) => `${values.lo[slot]}..${values.hi[slot]}`)
    return a === b ? [] : [`${where} ${id}: ${a}, ${b}`]
  })
}

function compared(one: Facts, other: Facts | undefined): string[] {
  const where = `household ${one.householdRef}`
  if (!other) return [`${where} is not there`]
  if (one.members.length !== other.members.length) return [`${where}: ${one.members.length} members, ${other.members.length}`]
  return [
    ...differences(catalogue.household, one.household, other.household, where),
    ...one.members.flatMap(({ personRef, facts }) => {
      const same = other.members.find((member) => member.personRef === personRef)
      return same
        ? differences(catalogue.person, facts, same.facts, `${where} person ${personRef}`)
        : [`${where}: person ${personRef} is not there`]
    }),
  ]
}

t.test('the population has its dirt', async (t) => {
  const states = new Set((await readSourceStates(database.pool, freshness, asOf)).map(({ state }) => state))
  t.same([...states].toSorted(), ['fresh', 'grace', 'missing', 'stale'])
  const { rows } = await database.pool.query(
    `SELECT count(*) FILTER (WHERE NOT w.is_jordanian)::int AS others, (SELECT count(*)::int FROM identity.identifier WHERE superseded_by IS NOT NULL) AS superseded
     FROM household_member m JOIN warehouse.person w USING (person_ref) WHERE m.valid_to IS NULL`,
  )
  t.ok(rows[0].others > 0 && rows[0].superseded > 0, JSON.stringify(rows[0]))
})

t.test('rows that somebody sends give the same facts as rows of the warehouse', async (t) => {
  const wrong: string[] = []
  let known = 0
  for (const householdRef of households) {
    const assembled = await fromWarehouse(householdRef)
    const [sent] = await assembleRecords({ database, catalogue }, await recordsOf(database, catalogue, { householdRef, asOf, declared }))
    wrong.push(...compared(assembled, sent))
    known += assembled.household.lo.filter((_, slot) => isKnownAt(assembled.household, slot)).length
  }
  t.same(wrong.slice(0, 20), [])
  t.ok(known > households.length * 50, `${known} household values known`)
})

t.test('facts that are not asked for stay unknown, the others are the same', async (t) => {
  for (const [name, facts] of Object.entries({
    factsRead: factsRead(shipped),
    factsAssembled: factsAssembled(shipped),
    one: new Set(['landValue']),
  })) {
    const only = (space: FactSpace, values: FactValues): FactValues => {
      const kept = unknownValues(space)
      space.types.forEach(({ id }, slot) => {
        if (!facts.has(id)) return
        kept.lo[slot] = values.lo[slot] as number
        kept.hi[slot] = values.hi[slot] as number
      })
      return kept
    }
    const wrong: string[] = []
    for (const householdRef of households) {
      const all = await fromWarehouse(householdRef)
      const expected = {
        ...all,
        household: only(catalogue.household, all.household),
        members: all.members.map((member) => ({ ...member, facts: only(catalogue.person, member.facts) })),
      }
      wrong.push(...compared(expected, await fromWarehouse(householdRef, asOf, facts)))
    }
    t.same(wrong.slice(0, 20), [], `${name}: ${facts.size} facts`)
  }
})

t.test('DuckDB gives every household the same facts, all by one statement', async (t) => {
  const connection = await columnarReplica(t, database, catalogue, { asOf, declared })
  const all = await assembleAll(connection, catalogue, { asOf, usable: await usableRegistries(database, asOf) })
  const wrong: string[] = []
  for (const householdRef of households) wrong.push(...compared(await fromWarehouse(householdRef), all.get(householdRef)))
  t.same(wrong.slice(0, 20), [])
  t.equal(all.size, households.length)
})
