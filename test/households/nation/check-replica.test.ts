/** The check tells every kind of difference by registry and column; a file that is none of ours is set aside; a rebuild that breaks off changes nothing. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import t, { type Test } from 'tap'
import { checkReplica } from '../../../src/households/nation/check-replica.ts'
import { updateReplica } from '../../../src/households/nation/update-replica.ts'
import { openReplica } from '../../../src/warehouse/replica/open-replica.ts'
import { shipped } from '../../rules/real-rows.ts'
import { seededWarehouse } from '../seeded-warehouse.ts'

const { catalogue } = shipped
const database = await seededWarehouse(t, 60, '2026-11-01')
const settingsOf = (t: Test) => ({ file: join(t.testdir(), 'replica.duckdb'), memoryMb: 512, threads: 2 })
type Settings = ReturnType<typeof settingsOf>

async function differences(settings: Settings): Promise<string[]> {
  const { connection, close } = await openReplica(settings, 'read')
  const found = await checkReplica({ database, catalogue, connection }).finally(close)
  return found.differences.map(({ table, measure, warehouse, replica }) => `${table}, ${measure}: ${warehouse}, ${replica}`)
}

async function spoil(settings: Settings, sql: string): Promise<void> {
  const { connection, close } = await openReplica(settings, 'write')
  await connection.run(sql).finally(close)
}

t.test('a replica agrees with what it was copied from; each spoilt table is told', async (t) => {
  const settings = settingsOf(t)
  t.match(await updateReplica({ database, catalogue, settings }), { setAside: null, changedHomes: null })
  t.same(await differences(settings), [])
  const spoilt: readonly (readonly [sql: string, told: RegExp])[] = [
    ['UPDATE cspd_death_info SET death_date = death_date + 1 WHERE rowid = 0', /^cspd_death_info, death_date sum: /],
    ['UPDATE cspd_personal_info SET gender = 1 - gender WHERE rowid = 0', /^cspd_personal_info, gender /],
    ['UPDATE ssc_salaries SET home = home + 1 WHERE rowid = 0', /^ssc_salaries, rows under another home: 0, 1$/],
    ['DELETE FROM moe_students WHERE rowid = 0', /^moe_students, rows: /],
    ["UPDATE member SET relationship = 'other' WHERE is_head = 1", /^membership, relationship head: /],
    ['UPDATE person SET is_jordanian = NULL WHERE rowid = 0', /^persons, /],
    ['DELETE FROM kin_siblings_within WHERE rowid = 0', /^kin, siblings within pairs: /],
    ['UPDATE kin_parents_anywhere SET place = place + 1 WHERE rowid = 0', /^kin, parents anywhere relative_ref sum: /],
  ]
  for (const [sql, told] of spoilt) {
    await spoil(settings, sql)
    const found = await differences(settings)
    const [table] = String(found[0]).split(', ')
    // A row less is told by every column; nothing else is.
    t.ok(found.every((one) => one.startsWith(`${table}, `)) && found.some((one) => told.test(one)), `${sql}: ${found.join('; ')}`)
    await updateReplica({ database, catalogue, settings }, { rebuild: true })
  }
  t.same(await differences(settings), [])
})

t.test('what is no replica of this database is set aside', async (t) => {
  const settings = settingsOf(t)
  await writeFile(settings.file, 'not a database at all '.repeat(1000))
  t.match(await updateReplica({ database, catalogue, settings }), { setAside: { reason: 'unreadable' } })
  t.match(await readFile(`${settings.file}.set-aside`, 'utf8'), /not a database/)
  t.same(await differences(settings), [])

  const other = await seededWarehouse(t, 5, '2026-11-01')
  t.match(await updateReplica({ database: other, catalogue, settings }), { setAside: { reason: 'foreign' } })
  t.match(await differences(settings), [/^replica, source: /])
  t.match(await updateReplica({ database, catalogue, settings }), { setAside: { reason: 'foreign' } })
  t.same(await differences(settings), [])

  const strange = join(dirname(settings.file), 'strange.duckdb')
  const instance = await DuckDBInstance.create(strange)
  await (await instance.connect()).run('CREATE TABLE mine (x INTEGER)')
  instance.closeSync()
  t.match(await updateReplica({ database, catalogue, settings: { ...settings, file: strange } }), { setAside: { reason: 'foreign' } })

  const bytes = await readFile(settings.file)
  bytes.fill(0x5a, bytes.length / 4, bytes.length / 2)
  await writeFile(settings.file, bytes)
  await updateReplica({ database, catalogue, settings }, { rebuild: true })
  t.same(await differences(settings), [])
})

t.test('a rebuild that breaks off leaves the old replica, and nothing beside it', async (t) => {
  const settings = settingsOf(t)
  await updateReplica({ database, catalogue, settings })
  const before = await readFile(settings.file)
  const onProgress = (done: number): void => {
    if (done === 20) throw new Error('broken off')
  }
  await t.rejects(updateReplica({ database, catalogue, settings }, { rebuild: true, onProgress }), { message: 'broken off' })
  t.ok(before.equals(await readFile(settings.file)))
  await t.rejects(stat(`${settings.file}.building`), { code: 'ENOENT' })
  t.same(await differences(settings), [])
})
