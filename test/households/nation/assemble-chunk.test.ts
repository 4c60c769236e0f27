/** The nation's assembly from the replica gives every household the facts that it gets alone from the warehouse. */
import { join } from 'node:path'
import t from 'tap'
import { assembleHousehold } from '../../../src/households/assemble.ts'
import type { DeclaredAnswers } from '../../../src/households/declared.ts'
import { columnsFrom } from '../../../src/households/nation/elsewhere-columns.ts'
import { readChunk, readElsewhere } from '../../../src/households/nation/read-chunk.ts'
import { refreshReplica } from '../../../src/households/nation/refresh-replica.ts'
import type { ValueColumn, ValueColumns } from '../../../src/language/catalogue/assembly/chunk.ts'
import { compileChunk } from '../../../src/language/catalogue/assembly/compile-chunk.ts'
import { type FactSpace, type FactValues, unknownValues } from '../../../src/language/fact-space.ts'
import { openReplica } from '../../../src/warehouse/replica/open-replica.ts'
import { BUCKETS } from '../../../src/warehouse/replica/refresh-registry.ts'
import { randomRecords } from '../../rules/random-rows.ts'
import { day, shipped } from '../../rules/real-rows.ts'
import { freshness, livingHouseholds, seededWarehouse, usableRegistries } from '../seeded-warehouse.ts'

const { catalogue } = shipped
const asOf = day('2026-11-01')
const database = await seededWarehouse(t, 250, '2026-11-01')
const households = await livingHouseholds(database)
const settings = { file: join(t.testdir(), 'replica.duckdb'), memoryMb: 512, threads: 2 }

const columns = (space: FactSpace, rows: number): ValueColumns =>
  space.types.map(({ id }): ValueColumn => {
    const lo = new Float64Array(rows)
    return { lo, hi: catalogue.facts.get(id)?.bounded ? new Float64Array(rows) : lo }
  })

function valuesAt(space: FactSpace, from: ValueColumns, row: number): FactValues {
  const values = unknownValues(space)
  for (const slot of space.types.keys()) {
    const { lo, hi } = from[slot] as ValueColumn
    if (!Number.isNaN(lo[row])) values.lo[slot] = lo[row] as number
    if (!Number.isNaN(hi[row])) values.hi[slot] = hi[row] as number
  }
  return values
}

function differences(space: FactSpace, one: FactValues, other: FactValues, where: string): string[] {
  return space.types.flatMap(({ id }, slot) => {
    const [a, b] = [one, other].map((values) => `${values.lo[slot]}..${values.hi[slot]}`)
    return a === b ? [] : [`${where} ${id}: ${a}, ${b}`]
  })
}

const declared = new Map<number, DeclaredAnswers>()
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

const replica = await openReplica(settings, 'write')
await refreshReplica({ database, catalogue, connection: replica.connection, file: settings.file })
t.teardown(() => replica.close())

for (const size of [1_000_000, 37]) {
  t.test(`chunks of ${size} homes`, async (t) => {
    const { connection } = replica
    const assembly = compileChunk(catalogue, { wanted: null, usable: await usableRegistries(database, asOf), asOfDay: asOf })
    const { reads } = assembly
    const relatives = Number((await connection.runAndReadAll('SELECT count(*) FROM relative')).getRows()[0]?.[0])
    const elsewhere = columns(catalogue.person, relatives)
    const last = Math.max(...households) + 1
    const ranges = [{ from: -BUCKETS, to: 0 }]
    for (let from = 0; from < last; from += size) ranges.push({ from, to: from + size })
    for (const range of ranges) {
      const { rows, from } = await readElsewhere(connection, { reads, asOf, range })
      assembly.elsewhere(rows, columnsFrom(elsewhere, from, rows.persons))
    }
    const wrong: string[] = []
    const seen: number[] = []
    for (const range of ranges.slice(1)) {
      const { rows, householdRefs, personRefs } = await readChunk(connection, { catalogue, reads, asOf, range, declared })
      const into = { household: columns(catalogue.household, rows.households), person: columns(catalogue.person, personRefs.length) }
      assembly.households(rows, elsewhere, into)
      for (const [h, householdRef] of householdRefs.entries()) {
        seen.push(householdRef)
        const one = await assembleHousehold(
          { database, catalogue, freshness },
          { householdRef, asOf, declared: declared.get(householdRef) ?? null },
        )
        if (!one) throw new Error(`nobody lives in ${householdRef}`)
        wrong.push(
          ...differences(catalogue.household, one.household, valuesAt(catalogue.household, into.household, h), `household ${householdRef}`),
        )
        const [first, end] = [rows.firstMember[h] as number, rows.firstMember[h + 1] as number]
        if (end - first !== one.members.length) wrong.push(`household ${householdRef}: ${one.members.length} members, ${end - first}`)
        for (const { personRef, facts } of one.members) {
          const at = personRefs.subarray(first, end).indexOf(personRef)
          if (at < 0) wrong.push(`household ${householdRef}: person ${personRef} is not there`)
          else
            wrong.push(
              ...differences(
                catalogue.person,
                facts,
                valuesAt(catalogue.person, into.person, first + at),
                `household ${householdRef} person ${personRef}`,
              ),
            )
        }
      }
    }
    t.same(wrong.slice(0, 20), [])
    t.same(seen, households)
  })
}
