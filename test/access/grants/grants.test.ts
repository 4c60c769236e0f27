/** Grants by their routes, with people of consumers and custodians; and what they do to a saved query of the consumer. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, LightMyRequestResponse as Response } from 'fastify'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { readGrantStamp } from '../../../src/access/grants/grant-store.ts'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import type { EntityPool } from '../../../src/access/grants/wall/entity-connections.ts'
import { operations } from '../../../src/access/grants/operations.ts'
import { listRegistry } from '../../../src/access/grants/ranked-lists.ts'
import { registerGrantRoutes } from '../../../src/access/grants/routes.ts'
import type { Principal } from '../../../src/access/principal.ts'
import { allPermissions } from '../../../src/access/permissions.ts'
import { readConfig } from '../../../src/config.ts'
import { createServer } from '../../../src/http/server.ts'
import { registerSecurity } from '../../../src/http/security.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { demonstrationGrants, giveDemonstrationGrants } from '../../../src/programmes/demonstration-grants.ts'
import { factsUsed, grantsMissingIn } from '../../../src/programmes/facts-granted.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { entities } from '../../../src/warehouse/shared-lists.ts'
import { alternate } from '../../support/alternating-entities.ts'
import { AS_OF, seededApp } from '../../support/seeded-app.ts'

const service = await seededApp(t, 20, { QUERY_CALLS_PER_MINUTE: '0', DATABASE_CONNECTION_TIMEOUT_MS: '20000' })
const { database } = service
const config = readConfig({})
const grants = openGrants(database, config)
t.teardown(grants.close)
const definitions = loadRegistryDefinitions()
const versions = versionsOf(database)
const bundle = await versions.inForce(dayNumber(AS_OF) as number)

/** `name-at-ENTITY` is a person, `key-at-ENTITY` a key. */
function principalNamed(name: string): Principal {
  const [person = '', entity = ''] = name.split('-at-')
  return { id: name, name: person, entity, kind: person === 'key' ? 'key' : 'user', permissions: new Set(allPermissions) }
}
const app = createServer({ ...config, logLevel: 'silent' })
await registerSecurity(app as unknown as FastifyInstance, {
  rateLimitPerMinute: 0,
  principalOf: async (key) => principalNamed(key.replace(/^_+/, '')),
})
registerGrantRoutes(app, {
  database,
  grants,
  timeZone: config.timeZone,
  registries: async () => [...definitions, ...bundle.programmes.map(({ id, programme }) => listRegistry(id, programme.source.agency))],
  isEntity: async (id) => entities.some((entity) => entity.id === id),
  factCustodians: async () => new Map([...bundle.catalogue.facts].map(([id, { custodian }]) => [id, custodian])),
  programmesOf: async (entity) => bundle.programmes.flatMap(({ id, programme }) => (programme.source.agency === entity ? [id] : [])),
})
t.teardown(() => app.close())

const { day: TODAY } = await readGrantStamp(database.pool, 'NAF', config.timeZone)
/** A day on which everything made here holds. */
const LATER = '2100-01-01'

const as =
  (who: string) =>
  async (method: 'GET' | 'POST', url: string, payload?: object): Promise<Response> =>
    app.inject({ method, url, headers: { authorization: `Bearer ${who.padStart(24, '_')}` }, ...(payload ? { payload } : {}) })

const cars = {
  registry: 'dvld_car_info',
  columns: ['model_year', 'vehicle_class'],
  purpose: 'Filters of the programme',
  legalBasis: 'Law 36/1986, article 4',
}

async function granted(wish: object, consumer: string, custodian: string): Promise<string> {
  const { id } = (await as(`asker-at-${consumer}`)('POST', '/v1/grants', wish)).json()
  t.equal((await as(`decider-at-${custodian}`)('POST', `/v1/grants/${id}/approve`, {})).statusCode, 200)
  return id
}

const key = {
  authorization: `Bearer ${await createKey(database.pool, { name: 'naf', entity: 'NAF', permissions: ['queries:read', 'queries:write', 'queries:run'] })}`,
}
const call = async (id: string, parameters: object): Promise<Response> =>
  service.app.inject({ method: 'POST', url: `/v1/queries/${id}/run`, headers: key, payload: { parameters } })
const { rows: owners } = await database.pool.query<{ number: string; cars: number }>(
  `select i.number, count(*)::int as cars from warehouse.dvld_car_info c join identity.identifier i on i.person_ref = c.person_ref and i.superseded_by is null
   group by 1 order by 1`,
)
const definition = {
  name: { en: 'Cars', ar: 'مركبات' },
  purpose: 'a test',
  registries: ['dvld_car_info'],
  columns: ['dvld_car_info.model_year'],
  where: { all: [{ fact: 'dvld_car_info.vehicle_class', operator: 'isKnown', value: true }] },
}
const save = async (more: object): Promise<Response> =>
  service.app.inject({ method: 'POST', url: '/v1/queries', headers: key, payload: { definition: { ...definition, ...more } } })

t.test('the demonstration’s grants let every shipped programme come into force, once, on invented data alone', async (t) => {
  const ids = bundle.programmes.map(({ id }) => id)
  const missing = async (on: string) => (await grantsMissingIn(database.pool)(bundle, ids, on)).length
  t.ok((await missing(LATER)) > 0)
  const made = demonstrationGrants(bundle, definitions, TODAY)
  t.ok(made.every(({ illustrative }) => illustrative))
  const hidden = new Set(
    definitions.flatMap(({ id, columns }) => columns.flatMap((column) => (column.protected ? [`${id}.${column.name}`] : []))),
  )
  t.same(
    made.filter(({ registry, items }) => registry !== null && items.some((item) => hidden.has(`${registry}.${item}`))),
    [],
    'no protected column',
  )
  t.ok(await giveDemonstrationGrants(database, grants, async () => made))
  t.equal(await missing(LATER), 0)
  t.notOk(await giveDemonstrationGrants(database, grants, async () => made), 'once')
  t.same(await grants.check(), { entities: 5, differing: [] })

  const [told, reported] = [await grants.rights('MODEE'), await grants.reported('MODEE')]
  for (const { id } of [...definitions, { id: 'list:housing' }]) t.same(reported.columns(id), told.columns(id), id)
  t.same([reported.facts, reported.decideOnly], [told.facts, told.decideOnly], 'PostgreSQL reports the same')
  t.equal(reported.facts.size, bundle.catalogue.facts.size)
  t.equal(await grants.reported('MODEE'), reported)

  const { rows } = await database.pool.query<{ role: string }>(`select role from entity_login where entity = 'HIA'`)
  const role = rows[0]?.role ?? ''
  await database.pool.query(`grant select on warehouse.dvld_car_info to ${role}`)
  t.same((await grants.check()).differing, ['HIA'], 'what was given by hand is found')
  await database.pool.query(`revoke select on warehouse.dvld_car_info from ${role}`)
  await database.pool.query(
    `drop view ${(await database.pool.query(`select format('%I.%I', role, '.facts') as v from entity_login where entity = 'HIA'`)).rows[0].v}`,
  )
  t.same((await grants.check()).differing, ['HIA'])
  t.equal(await grants.reconcileAll(), 5)
  t.same((await grants.check()).differing, [])
  await database.pool.query(`update data_grant set status = 'revoked', revoked_by = 'a test', revoked_at = now()`)
  t.equal((await grants.rights('MODEE')).facts.size, 0, 'whoever revokes, wherever: read at the next call')
  await grants.reconcileAll()
  t.same((await grants.reported('MODEE')).columns('dvld_car_info').size, 0)
})

t.test('asked for, approved by another person of the custodian, used, revoked: the next call is refused', async (t) => {
  const asked = await as('asker-at-NAF')('POST', '/v1/grants', cars)
  t.match(asked.json(), {
    status: 'requested',
    consumer: 'NAF',
    custodian: 'DVLD',
    rows: { scope: 'person' },
    to: null,
    illustrative: false,
  })
  t.equal(asked.statusCode, 201)
  const { id } = asked.json()
  const who = [{ id: 'who', type: 'nationalId' }]
  t.match((await save({ parameters: who })).json(), { code: 'query-not-granted' }, 'asked for is not granted')

  for (const [person, code] of [
    ['other-at-NAF', 'approver-entity'],
    ['key-at-DVLD', 'person-required'],
    ['decider-at-SSC', 'grant-not-found'],
  ] as const)
    t.match((await as(person)('POST', `/v1/grants/${id}/approve`, {})).json(), { code }, person)
  const both = await Promise.all(
    ['a', 'b', 'c'].map((name) => as(`${name}-at-DVLD`)('POST', `/v1/grants/${id}/approve`, { note: 'agreed' })),
  )
  t.same(
    both.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 409, 409],
    'one of three decides',
  )

  const query = (await save({ parameters: who })).json().id
  const [owner] = owners
  t.equal((await call(query, { who: owner?.number })).json().rows.length, owner?.cars)
  t.match((await save({})).json(), { code: 'query-needs-person' }, 'everybody’s rows were not granted')

  const stranger = await as('x-at-SSC')('GET', `/v1/grants/${id}`)
  const nothing = await as('x-at-SSC')('GET', '/v1/grants/01a20ae3-5581-7377-9bfe-7dbbb80314a9')
  t.same({ ...stranger.json(), requestId: '' }, { ...nothing.json(), requestId: '' }, 'one body, whether it exists or not')

  t.match((await as('key-at-DVLD')('POST', `/v1/grants/${id}/revoke`, { items: ['nothing'] })).json(), {
    code: 'grant-not-in-force',
    pointer: '/items/0',
  })
  t.match((await as('key-at-DVLD')('POST', `/v1/grants/${id}/revoke`, { items: ['vehicle_class'] })).json(), { status: 'approved' })
  t.match(
    (await call(query, { who: owner?.number })).json(),
    { code: 'query-not-granted', status: 403 },
    'its condition reads what was revoked',
  )
  t.match((await as('key-at-DVLD')('POST', `/v1/grants/${id}/revoke`, {})).json(), { status: 'revoked', revokedBy: 'key-at-DVLD' })
  t.equal((await as('key-at-DVLD')('POST', `/v1/grants/${id}/revoke`, {})).statusCode, 409)
  t.match((await as('asker-at-NAF')('GET', `/v1/grants/${id}`)).json(), { status: 'revoked', decisionNote: 'agreed' })

  const { rows } = await database.pool.query<{ action: string }>(
    `select action from audit_event where body like $1 order by recorded_at, action`,
    [`%grant:${id}%`],
  )
  t.same(new Set(rows.map(({ action }) => action)), new Set(['grant.requested', 'grant.approved', 'grant.revoked']))
})

t.test('offered by the custodian it still takes two of its people, whatever the service thinks', async (t) => {
  const { id } = (await as('a-at-DVLD')('POST', '/v1/grants', { ...cars, consumer: 'NAF' })).json()
  t.match((await as('a-at-DVLD')('POST', `/v1/grants/${id}/approve`, {})).json(), { code: 'approver-is-author' })
  await t.rejects(
    database.pool.query(`update data_grant set status = 'approved', decided_by = requested_by, decided_at = now() where id = $1`, [id]),
    {
      code: '23514',
    },
  )
  t.match((await as('b-at-DVLD')('POST', `/v1/grants/${id}/reject`, {})).json(), { status: 'rejected' })
  t.match((await as('b-at-DVLD')('POST', `/v1/grants/${id}/approve`, {})).json(), { code: 'grant-decided' })
  await t.rejects(database.pool.query(`update data_grant set consumer = 'SSC' where id = $1`, [id]), { code: '23001' })
  await t.rejects(database.pool.query(`delete from data_grant where id = $1`, [id]), { code: '23001' })
  await t.rejects(database.pool.query('truncate data_grant cascade'), { code: '23001' })
})

t.test('what cannot be granted is refused with its place', async (t) => {
  for (const [wish, pointer] of [
    [{ columns: ['x'] }, ''],
    [{ registry: 'dvld_car_info' }, '/columns'],
    [{ registry: 'nothing', columns: ['x'] }, '/registry'],
    [{ registry: 'dvld_car_info', columns: ['model_year', '"; drop table data_grant; --'] }, '/columns/1'],
    [{ registry: 'dvld_car_info', columns: ['person_ref'] }, '/columns/0'],
    [{ registry: 'dvld_car_info', columns: ['model_year'], facts: ['householdSize'] }, ''],
    [{ registry: 'dvld_car_info', columns: ['model_year'], decideOnly: true }, '/decideOnly'],
    [{ registry: 'dvld_car_info', columns: ['model_year'], rows: { scope: 'person', programmes: ['housing'] } }, '/rows/programmes'],
    [{ registry: 'dvld_car_info', columns: ['model_year'], rows: { scope: 'applicants', programmes: ['housing'] } }, '/rows/programmes/0'],
    [{ operation: 'nothing' }, '/operation'],
    [{ facts: ['nothing'] }, '/facts/0'],
    [{ ...cars, purpose: 'for ٩٨٧٦٥٤٣٢١٠' }, '/purpose'],
    [{ ...cars, legalBasis: '987-654-3210' }, '/legalBasis'],
    [{ ...cars, to: '2020-01-01' }, '/to'],
    [{ ...cars, consumer: 'naf' }, '/consumer'],
  ] as const)
    t.match(
      (await as('asker-at-NAF')('POST', '/v1/grants', { purpose: 'p', legalBasis: 'l', ...wish })).json(),
      { code: 'grant-invalid', pointer },
      pointer,
    )
  t.match((await as('x-at-SSC')('POST', '/v1/grants', { ...cars, consumer: 'NAF' })).json(), { code: 'approver-entity' }, 'neither side')
  t.match((await as('asker-at-NAF')('POST', '/v1/grants', { ...cars, from: '2026-02-30' })).json(), { code: 'request-invalid' })
})

t.test('applicants of the consumer’s programmes may be listed, and are by PostgreSQL too', async (t) => {
  const own = bundle.programmes.flatMap(({ id, programme }) => (programme.source.agency === 'NAF' ? [id] : [])).toSorted()
  const id = await granted({ ...cars, rows: { scope: 'applicants' } }, 'NAF', 'DVLD')
  t.match((await as('x-at-DVLD')('GET', `/v1/grants/${id}`)).json(), { rows: { scope: 'applicants', programmes: own } })
  const query = (await save({})).json().id
  t.same((await call(query, {})).json().rows, [], 'nobody applied')
  const [owner] = owners
  const posted = await service.post(
    '/v1/applications',
    { formVersion: 1, applicant: { nationalId: owner?.number }, notice: { version: '1', shownOn: AS_OF } },
    { 'idempotency-key': randomUUID() },
  )
  t.equal(posted.statusCode, 201)
  t.equal((await call(query, {})).json().rows.length, owner?.cars, 'the applicant’s')
  const pool = await grants.connectionOf('NAF')
  t.ok('schema' in pool)
  const client = await pool.connect()
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from "${(pool as { schema: string }).schema}".dvld_car_info`,
  )
  t.equal(rows[0]?.n, owner?.cars)
  t.same((await client.query(`select * from applicants_of('{in-kind}')`)).rows, [], 'of others’ programmes it is told nobody')
  client.release()
  await as('x-at-DVLD')('POST', `/v1/grants/${id}/revoke`, {})
})

t.test('operations are the same grants, seen and taken back by their names', async (t) => {
  for (const { registry, columns, custodian } of operations) {
    const known = definitions.find(({ id }) => id === registry)
    t.equal(known?.custodian, custodian)
    t.same(
      columns.filter((column) => !known?.columns.some(({ name }) => name === column)),
      [],
    )
  }
  const operation = 'DCMR.GetPersonInfoByNationalNo'
  const id = await granted({ operation, purpose: 'p', legalBasis: 'l' }, 'MOSD', 'DCMR')
  const seen = async () => (await as('x-at-DCMR')('GET', '/v1/grants/operations?custodian=DCMR')).json().operations
  t.match(await seen(), [{ id: operation, consumers: [{ consumer: 'MOSD', state: 'granted', grants: [id] }] }])
  await as('x-at-DCMR')('POST', `/v1/grants/${id}/revoke`, { items: ['start_date'] })
  t.match(await seen(), [{ consumers: [{ state: 'partly', columns: ['retirement_kind', 'monthly_pension'] }] }])
  t.match((await as('x-at-DCMR')('GET', '/v1/grants/matrix')).json().consumers, [
    {
      consumer: 'MOSD',
      registries: [
        { registry: 'dcmr_retirees', columns: [{ column: 'monthly_pension', state: 'granted', rows: { scope: 'person' } }, {}] },
      ],
    },
  ])
  const url = `/v1/grants/operations/${operation}/revoke`
  t.match((await as('x-at-SSC')('POST', url, { consumer: 'MOSD' })).json(), { code: 'grant-not-found' })
  t.match((await as('x-at-DCMR')('POST', url, { consumer: 'MOSD' })).json(), { grants: [{ id, status: 'revoked' }] })
  t.same((await seen())[0].consumers, [])
  t.match((await as('x-at-DCMR')('GET', '/v1/grants?status=revoked')).json(), { grants: [{ id }] })
  t.same((await as('x-at-MOPIC')('GET', '/v1/grants')).json(), { grants: [], before: null }, 'nobody else’s')
})

t.test('facts: for use, for sight, and by the columns that they are computed from', async (t) => {
  const programme = bundle.programmes.find(({ programme: p }) => p.source.agency === 'HIA')
  if (!programme) throw new Error('HIA has no programme')
  const used = [...factsUsed(programme)].toSorted()
  const missing = async (on = LATER) => (await grantsMissingIn(database.pool)(bundle, [programme.id], on)).map(({ fact }) => fact)
  const before = await missing()
  const parameters = used.filter((fact) => bundle.catalogue.facts.get(fact)?.definition.kind === 'parameter')
  t.same(
    before,
    used.filter((fact) => !parameters.includes(fact)),
    'of all but what is published',
  )
  const [fact = ''] = before
  const custodian = bundle.catalogue.facts.get(fact)?.custodian ?? ''
  const people = custodian === 'NUR' ? 'MODEE' : custodian
  const id = await granted({ facts: [fact], decideOnly: true, purpose: 'p', legalBasis: 'l' }, 'HIA', people)
  const rights = await grants.rights('HIA')
  t.same([[...rights.facts], [...rights.decideOnly]], [[], [fact]])
  t.same(await missing(), before.slice(1))
  t.same(await missing(AS_OF), before, 'not before its first day')
  t.equal((await as(`x-at-${people}`)('POST', `/v1/grants/${id}/revoke`, {})).statusCode, 200)
  t.same(await missing(), before)

  const page = readFileSync(join(projectRoot, 'docs/tutorial/change-a-rule.md'), 'utf8')
  const asked = JSON.parse(/```json grant\n([\s\S]*?)```/.exec(page)?.[1] ?? 'null') as { facts: string[] }
  await granted(asked, 'HIA', 'HCD')
  t.same([...(await grants.rights('HIA')).decideOnly], asked.facts, 'the tutorial’s')
})

t.test('a programme’s list is granted like a registry of its agency', async (t) => {
  const wish = { registry: 'list:housing', columns: ['governorate', 'status'], purpose: 'p', legalBasis: 'l' }
  t.match((await as('a-at-GAM')('POST', '/v1/grants', { ...wish, rows: { scope: 'person' } })).json(), {
    code: 'grant-invalid',
    pointer: '/rows/scope',
  })
  const agency = bundle.programmes.find(({ id }) => id === 'housing')?.programme.source.agency ?? ''
  await granted(wish, 'GAM', agency)
  const pool = (await grants.connectionOf('GAM')) as EntityPool
  const client = await pool.connect()
  t.same((await client.query(`select position, governorate, status from "${pool.schema}"."list:housing"`)).rows, [])
  for (const form of ['household_ref', 'score', 'liwa', '*'])
    await t.rejects(client.query(`select ${form} from "${pool.schema}"."list:housing"`), { code: '42501' }, form)
  for (const table of ['ranked_unit', 'listed_trait', 'published_list', 'ranked_list', '"list:energy-support"'])
    await t.rejects(client.query(`select 1 from ${table}`), { code: /42501|42P01/ }, table)
  client.release()
})

t.test('calls of two entities in turn, many at once: none comes to what is the other’s', async (t) => {
  t.same(await alternate(service, grants, 400, 20), { answered: 320, refused: 80, crossings: [] })
})
