/** PostgreSQL's side of the grants, held against by connections of entities and nothing of the service's own checks. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import t from 'tap'
import { insertGrant, decideGrant, revokeGrant, revokeItems } from '../../../src/access/grants/grant-store.ts'
import type { NewGrant } from '../../../src/access/grants/grant.ts'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import type { EntityPool } from '../../../src/access/grants/wall/entity-connections.ts'
import { readConfig } from '../../../src/config.ts'
import { connectDatabase, type Database } from '../../../src/db/database.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../../src/warehouse/registry-table.ts'
import { testDatabase } from '../../support/database.ts'

const database = await testDatabase(t)
const dataDirectory = mkdtempSync(join(tmpdir(), 'mizan-wall-'))
t.teardown(() => rmSync(dataDirectory, { recursive: true, force: true }))
const used = ['dvld_car_info', 'dvld_license_info', 'ssc_insured_info']
await ensureRegistryTables(
  database,
  loadRegistryDefinitions().filter(({ id }) => used.includes(id)),
)
await database.pool
  .query(`insert into warehouse.dvld_car_info (person_ref, registration_number, vehicle_class, model_year, customs_exempt, load_id, seq)
  select 1000 + i % 4, 'R' || i, 'private', 2000 + i, false, 1, 1 from generate_series(1, 10) i`)
const grants = openGrants(database, { dataDirectory, timeZone: 'Asia/Amman', entityPoolSize: 2 })
t.teardown(grants.close)

const stated = {
  decideOnly: false,
  purpose: 'a test',
  legalBasis: 'a law',
  illustrative: false,
  from: '2020-01-01',
  to: null,
  requestedBy: 'a',
} as const

async function give(consumer: string, registry: string, items: readonly string[], more: Partial<NewGrant> = {}): Promise<string> {
  return database.transaction(async ({ client }) => {
    const id = await insertGrant(client, {
      consumer,
      custodian: 'DVLD',
      registry,
      items,
      rows: { kind: 'person' },
      ...stated,
      ...more,
    })
    await decideGrant(client, { id, status: 'approved', by: 'b', note: null })
    await grants.reconcile(client, consumer)
    return id
  })
}

async function take(consumer: string, id: string): Promise<void> {
  await database.transaction(async ({ client }) => {
    t.ok(await revokeGrant(client, id, 'c', null))
    await grants.reconcile(client, consumer)
  })
}

const own = async (entity: string): Promise<EntityPool> => (await grants.connectionOf(entity)) as EntityPool

/** In one transaction about a person; the code of PostgreSQL's refusal instead of rows. */
async function ask(entity: string, sql: string, person: number | null = null): Promise<Record<string, unknown>[] | string> {
  const pool = await own(entity)
  const client = await pool.connect()
  try {
    await client.query(`BEGIN; ${person === null ? '' : pool.forPerson(person)}`)
    return (await client.query(sql.replaceAll('$', `"${pool.schema}"`))).rows
  } catch (error) {
    return (error as pg.DatabaseError).code ?? String(error)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

const { rows: owners } = await database.pool.query<{ person_ref: number; n: number }>(
  'select person_ref, count(*)::int as n from warehouse.dvld_car_info group by 1 order by 1',
)
const [first, second] = owners as [{ person_ref: number; n: number }, { person_ref: number; n: number }]
const allCars = owners.reduce((sum, { n }) => sum + n, 0)

t.test('a column of one person: that person’s rows and no others, that column and no others', async (t) => {
  await give('NAF', 'dvld_car_info', ['model_year'])
  t.equal((await ask('NAF', 'select model_year from $.dvld_car_info', first.person_ref)).length, first.n)
  t.same(await ask('NAF', 'select model_year from $.dvld_car_info'), [], 'no person is asked for')
  for (const form of [
    'select vehicle_class from $.dvld_car_info',
    'select model_year from $.dvld_car_info where vehicle_class is not null',
    'select model_year from $.dvld_car_info order by vehicle_class',
    'select count(vehicle_class) from $.dvld_car_info',
    'select c from $.dvld_car_info c',
    'select * from $.dvld_car_info',
    'select row_to_json(c) from $.dvld_car_info c',
    'select x from $.dvld_car_info as c(a, b, x)',
    'select a.model_year from $.dvld_car_info a join $.dvld_car_info b on a.vehicle_class = b.vehicle_class',
    'select model_year from warehouse.dvld_car_info',
    'select model_year from warehouse.ssc_insured_info',
    'select number from identity.identifier',
    'select * from public.entity_login',
    'select * from public.data_grant',
    'copy $.dvld_car_info to stdout',
    'create temporary table x (a int)',
    'create function public.f() returns int language sql as $$select 1$$',
    `create table $.x (a int)`,
    'set role postgres',
    `set session authorization '${first.person_ref}'`,
    `update $.dvld_car_info set model_year = 1`,
  ])
    t.match(await ask('NAF', form, first.person_ref), /^(42501|42P01|42601|22023|3F000|25006)$/, form)
  t.equal(await ask('NAF', 'select 1 from $.ssc_insured_info'), '42P01', 'of what is not granted there is nothing')
})

t.test('whose rows is sealed: who runs statements on the connection cannot choose another person', async (t) => {
  const pool = await own('NAF')
  const seal = /'(.*)'/.exec(pool.forPerson(first.person_ref))?.[1] as string
  const other = `${second.person_ref}.${seal.split('.')[1]}`
  for (const forged of [other, String(second.person_ref), '1.', '', 'x', `${second.person_ref}.${'0'.repeat(64)}`])
    t.same(await ask('NAF', `select set_config('mizan.person', '${forged}', true)`).then(() => askAfter(forged)), [], forged.slice(0, 4))
  async function askAfter(forged: string): Promise<unknown> {
    return ask(
      'NAF',
      `with s as materialized (select set_config('mizan.person', '${forged}', true)) select model_year from s, $.dvld_car_info`,
    )
  }
  t.equal(await ask('NAF', `reset role; select 1 from warehouse.dvld_car_info`), '42501')
  t.equal(await ask('NAF', `reset session authorization; select 1 from warehouse.dvld_car_info`), '42501')
  t.equal(await ask('NAF', `set search_path = warehouse, identity; select 1 from identifier`), '42P01')
})

t.test('one column of everybody beside one of a person: the narrower is never listed', async (t) => {
  const wide = await give('NAF', 'dvld_car_info', ['vehicle_class'], { rows: { kind: 'listing' } })
  const rows = (await ask('NAF', 'select person_ref, vehicle_class, model_year from $.dvld_car_info', first.person_ref)) as Record<
    string,
    unknown
  >[]
  t.equal(rows.length, allCars)
  t.ok(rows.every(({ vehicle_class: shown }) => shown !== null))
  t.same(new Set(rows.filter((row) => row['model_year'] !== null).map((row) => row['person_ref'])), new Set([first.person_ref]))
  await take('NAF', wide)
  t.equal(
    await ask('NAF', 'select vehicle_class from $.dvld_car_info', first.person_ref),
    '42501',
    'revoked: at once, on the same connection',
  )
  t.equal((await ask('NAF', 'select model_year from $.dvld_car_info', first.person_ref)).length, first.n)
})

t.test('two entities see each their own; taken back, in part and whole; days that end', async (t) => {
  const id = await give('MOSD', 'dvld_car_info', ['vehicle_class', 'model_year'], { rows: { kind: 'none' } })
  t.same(await ask('MOSD', 'select vehicle_class from $.dvld_car_info', first.person_ref), [], 'aggregates alone: the column, and no rows')
  const schema = (await own('NAF')).schema
  t.equal(await ask('MOSD', `select model_year from "${schema}".dvld_car_info`), '42501', 'another entity’s views')
  await database.transaction(async ({ client }) => {
    t.same(await revokeItems(client, id, 'c', ['vehicle_class', 'nothing']), ['vehicle_class'])
    await grants.reconcile(client, 'MOSD')
  })
  t.equal(await ask('MOSD', 'select vehicle_class from $.dvld_car_info'), '42501')
  t.same(await ask('MOSD', 'select model_year from $.dvld_car_info'), [])
  await give('MOSD', 'dvld_license_info', ['licence_class'], { rows: { kind: 'listing' }, from: '2020-01-01', to: '2020-02-01' })
  t.equal(await ask('MOSD', 'select 1 from $.dvld_license_info'), '42P01', 'over')
  await give('MOSD', 'dvld_license_info', ['licence_class'], { rows: { kind: 'listing' }, from: '2120-01-01' })
  t.equal(await ask('MOSD', 'select 1 from $.dvld_license_info'), '42P01', 'not yet')
})

t.test('the rights that a connection reports are those of the grants, and a switch of rows changes nothing', async (t) => {
  const { rights } = grants
  const told = await rights('NAF')
  t.same([...told.columns('dvld_car_info')], ['model_year'])
  t.equal(told, await rights('NAF'), 'the same object while nothing changes')
  t.same(told.rowScope('dvld_car_info', 'model_year'), { kind: 'person' })
  t.same(told.rowScope('dvld_car_info', 'vehicle_class'), { kind: 'none' })
  t.equal((await rights('nobody')).columns('dvld_car_info').size, 0)
  await t.rejects(grants.connectionOf('nobody'), { code: 'query-not-granted' })
})

t.test('a database user that is no superuser: with CREATEROLE it holds the wall, without it says that it does not', async (t) => {
  const empty = await testDatabase(t, { empty: true })
  const name = new URL(empty.url).pathname.slice(1)
  const makers = [`maker_${name}`, `plain_${name}`] as const
  for (const [index, maker] of makers.entries())
    await empty.pool.query(
      `create role ${maker} login ${index === 0 ? 'createrole' : ''} password 'p'; grant all on database ${name} to ${maker}`,
    )
  await empty.pool.query(`alter database ${name} owner to ${makers[0]}`)
  const asUser = (user: string): Database => {
    const url = new URL(empty.url)
    url.username = user
    url.password = 'p'
    const connected = connectDatabase(url.href, readConfig({ DATABASE_POOL_SIZE: '2' }))
    t.teardown(connected.close)
    return connected
  }
  const [owner, plain] = [asUser(makers[0]), asUser(makers[1])]
  await migrate(owner.pool)
  await ensureRegistryTables(
    owner,
    loadRegistryDefinitions().filter(({ id }) => used.includes(id)),
  )
  const its = openGrants(owner, { dataDirectory, timeZone: 'Asia/Amman', entityPoolSize: 2 })
  t.teardown(its.close)
  t.same(await its.wall(), { on: true, missing: [] })
  const id = await owner.transaction(async ({ client }) => {
    const made = await insertGrant(client, {
      ...stated,
      consumer: 'NAF',
      custodian: 'DVLD',
      registry: 'dvld_car_info',
      items: ['model_year'],
      rows: { kind: 'listing' },
    })
    await decideGrant(client, { id: made, status: 'approved', by: 'b', note: null })
    await its.reconcile(client, 'NAF')
    return made
  })
  const pool = (await its.connectionOf('NAF')) as EntityPool
  const client = await pool.connect()
  t.same((await client.query(`select model_year from "${pool.schema}".dvld_car_info`)).rows, [])
  await t.rejects(client.query('select 1 from warehouse.dvld_car_info'), { code: '42501' })
  // A read that goes on is no way to keep what is taken back.
  const reading = client.query(`select pg_sleep(20), count(*) from "${pool.schema}".dvld_car_info`).then(
    () => 'read',
    () => 'ended',
  )
  await owner.transaction(async ({ client: changing }) => {
    await revokeGrant(changing, id, 'c', null)
    await its.reconcile(changing, 'NAF')
  })
  t.equal(await reading, 'ended')
  client.release(true)
  t.same(await its.check(), { entities: 1, differing: [] })

  await owner.pool.query(`grant select on entity_login, data_grant, data_grant_item, data_grant_stamp to ${makers[1]}`)
  const without = openGrants(plain, { dataDirectory, timeZone: 'Asia/Amman', entityPoolSize: 2 })
  t.same(await without.wall(), { on: false, missing: ['CREATEROLE'] })
  t.equal(await without.connectionOf('NAF'), plain.pool, 'reads stay possible, by the service’s own check')
  t.same([...(await without.reported('NAF')).columns('dvld_car_info')], [])
})
