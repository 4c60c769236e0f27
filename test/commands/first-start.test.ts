/** What a start gives a database, and what a later start adds to one that is older than the definitions. */
import t from 'tap'
import { fillAtFirstStart } from '../../src/commands/first-start.ts'
import { readConfig } from '../../src/config.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { testDatabase } from '../support/database.ts'

t.test('every registry has its table, also one that was defined after the first start', async (t) => {
  const database = await testDatabase(t)
  const config = readConfig({ SEED_HOUSEHOLDS: '0' })
  const tables = async () =>
    (await database.pool.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'warehouse'")).rows.map(
      ({ name }) => name,
    )
  const missing = (names: readonly string[]) => loadRegistryDefinitions().filter(({ id }) => !names.includes(id))
  t.match(
    await fillAtFirstStart(database, config),
    { key: /^mizan_/, operator: { login: 'operator', password: /^\S{20,}$/ } },
    'the first ones',
  )
  t.same(missing(await tables()), [])
  await database.pool.query('drop table warehouse.acc_loans; alter table warehouse.ssc_pensions drop column start_date')
  t.same(await fillAtFirstStart(database, config), { key: null, operator: null }, 'no second ones')
  t.same(missing(await tables()), [])
  await t.resolves(database.pool.query('select start_date from warehouse.ssc_pensions'))
})
