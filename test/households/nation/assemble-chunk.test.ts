/** The nation's assembly from the replica gives every household the facts that it gets alone from the warehouse. */
import { join } from 'node:path'
import t from 'tap'
import type { DeclaredAnswers } from '../../../src/households/declared.ts'
import { refreshReplica } from '../../../src/households/nation/refresh-replica.ts'
import { openReplica } from '../../../src/warehouse/replica/open-replica.ts'
import { randomRecords } from '../../rules/random-rows.ts'
import { day, shipped } from '../../rules/real-rows.ts'
import { livingHouseholds, seededWarehouse, usableRegistries } from '../seeded-warehouse.ts'
import { assembleNation, differencesFromAlone } from './bulk-assembly.ts'

const { catalogue } = shipped
const asOf = day('2026-11-01')
const database = await seededWarehouse(t, 250, '2026-11-01')
const households = await livingHouseholds(database)
const settings = { file: join(t.testdir(), 'replica.duckdb'), memoryMb: 512, threads: 2 }

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
    const usable = await usableRegistries(database, asOf)
    const nation = await assembleNation(replica.connection, { catalogue, asOf, usable, declared, size })
    t.same((await differencesFromAlone(database, nation, { catalogue, asOf, declared })).slice(0, 20), [])
    t.same([...nation.keys()], households)
  })
}
