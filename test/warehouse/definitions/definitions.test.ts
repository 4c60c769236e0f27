/** Registries at run time, from end to end: defined by the API, loaded, read by a new fact, decided by, changed compatibly or refused; in every process without a restart. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decideGrant, insertGrant } from '../../../src/access/grants/grant-store.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { exportDefinitions } from '../../../src/warehouse/definitions/export-definitions.ts'
import { nameFaults } from '../../../src/warehouse/definitions/registry-names.ts'
import { registriesOf } from '../../../src/warehouse/definitions/registries-in-force.ts'
import { sourceFiles } from '../../support/source-files.ts'
import { AS_OF, type Numbered, seededApp } from '../../support/seeded-app.ts'
import { authoringApp } from '../../programmes/authoring/support.ts'
import { authorHives } from './author-hives.ts'
import { beehives, keepers } from './beehives.ts'

const service = await seededApp(t, 12, { MIZAN_DATA_DIR: t.testdir() })
const { app, database, heads, membersOf, get, headers, keyWith, logged } = service
await migrateQueue(database.pool)
const authoring = await authoringApp(t, database)
/** Another process. */
const elsewhere = registriesOf(database)
const rules = { 'content-type': 'application/json' }
const define = (definition: unknown, more: object = headers) =>
  app.inject({ method: 'POST', url: '/v1/registries', headers: { ...more, ...rules }, payload: JSON.stringify({ definition }) })
const redefine = (definition: unknown, ifMatch?: string, registry = 'bka_beehives') =>
  app.inject({
    method: 'PUT',
    url: `/v1/registries/${registry}/definition`,
    headers: { ...headers, ...rules, ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }) },
    payload: JSON.stringify({ definition }),
  })
const load = (registry: string, delivery: string, payload: string) =>
  app.inject({
    method: 'POST',
    url: `/v1/registries/${registry}/loads?delivery=${delivery}&asOf=${AS_OF}`,
    headers: { ...headers, 'content-type': 'text/csv' },
    payload,
  })
const findings = (answer: { json: () => { errors?: { code: string; pointer: string }[] } }) =>
  (answer.json().errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`)

const head = heads[0] as Numbered
const others = heads.slice(1, 4)

t.test('an unsound definition is refused whole, with every place; nobody without the permission defines', async (t) => {
  t.match(findings(await define(beehives())), ['custodian-unknown /definition/custodian'], 'the entity comes first')
  t.equal((await service.post('/v1/entities', keepers)).statusCode, 201)
  t.match((await define(beehives(), await keyWith('loads:write', 'registries:read'))).json(), { code: 'permission-missing' })
  const wrong = beehives()
  wrong.id = 'bka_"; drop table person; --'
  wrong.columns[0].name = 'xmin'
  wrong.columns[1].name = 'cоunted_on'
  const answer = await define(wrong)
  t.match(answer.json(), { code: 'registry-definition-refused', status: 422, pointer: '/definition/id' })
  for (const [spoil, finds] of [
    [(d) => (d.columns[0].name = 'xmin'), 'column-name /definition/columns/0/name'],
    [(d) => (d.columns[0].name = 'hivеs'), 'wrong-value /definition/columns/0/name'],
    [(d) => (d.columns[1].name = 'national_number'), 'column-name /definition/columns/1/name'],
    [(d) => (d.columns[1].name = 'constructor'), 'column-name /definition/columns/1/name'],
    [(d) => (d.columns[1].name = 'c'.repeat(64)), 'column-name /definition/columns/1/name'],
    [(d) => (d.id = 'beehives'), 'registry-name /definition/id'],
    [(d) => (d.id = `bka_${'b'.repeat(40)}`), 'registry-name /definition/id'],
    [(d) => (d.id = 'bka_hives_answers'), 'registry-name /definition/id'],
    [(d) => (d.custodian = 'XYZ'), 'custodian-unknown /definition/custodian'],
    [(d) => (d.sourceName = 'cspd_personal_INFO'), 'registry-name-taken /definition/sourceName'],
    [(d) => (d.id = 'ssc_salaries'), 'registry-name /definition/id'],
    [(d) => (d.generator = { for: 1 }), 'wrong-type /definition/generator/for'],
  ] as [(d: ReturnType<typeof beehives>) => void, string][]) {
    const spoilt = beehives()
    spoil(spoilt)
    const told = await define(spoilt)
    t.equal(told.statusCode, 422, told.body)
    t.ok(
      findings(told).some((found) => found === finds),
      `${finds} among ${findings(told).join(', ')}`,
    )
  }
  t.equal((await define(null)).statusCode, 422)
  t.equal((await define({ ...beehives(), columns: [] })).statusCode, 422)
  t.equal(await elsewhere.one('bka_beehives'), undefined)
})

t.test('no name of a table of the replica or of a step of assembly can be a registry', async (t) => {
  const files = sourceFiles().filter(({ path }) => /^(households|warehouse\/replica|language\/catalogue)\//.test(path))
  const names = new Set(
    files.flatMap(({ text }) => [
      ...[...text.matchAll(/\bTABLE (?:IF NOT EXISTS )?([a-z_]{3,})/g)].map(([, name]) => name as string),
      ...[...text.matchAll(/\b([a-z_]{3,}) AS (?:NOT )?MATERIALIZED/g)].map(([, name]) => name as string),
    ]),
  )
  t.ok(names.size > 20, `${names.size} names`)
  t.same(
    [...names].filter((name) => nameFaults({ id: name.replace(/_$/, '_x'), columns: [] }).length === 0),
    [],
  )
})

t.test('a registry is defined and loaded at once, in every process; its columns, page and OpenAPI are there', async (t) => {
  const [first, second] = await Promise.all([define(beehives()), define(beehives())])
  t.same(
    [first.statusCode, second.statusCode].toSorted((a, b) => a - b),
    [201, 409],
    'of two at once one defines it',
  )
  const made = first.statusCode === 201 ? first : second
  t.match(made.json(), { id: 'bka_beehives', version: 1, hash: /^[0-9a-f]{64}$/ })
  t.equal(made.headers.etag, `"${made.json().hash}"`)
  t.match(await elsewhere.one('bka_beehives'), { id: 'bka_beehives', columns: [{ name: 'hives' }, {}, {}] }, 'another process knows it')
  t.match(
    (await get('/v1/registries')).json().registries.find(({ id }: { id: string }) => id === 'bka_beehives'),
    {
      freshness: { state: 'missing' },
    },
  )
  t.match((await get('/v1/registries/bka_beehives/page')).body, /خلايا النحل[\s\S]*`hives`/)
  const openapi = (await get('/v1/registries/openapi.json')).json()
  t.match(openapi.components.schemas.bka_beehives, {
    required: ['national_number', 'hives'],
    properties: { counted_on: { format: 'date' } },
  })
  const csv = `national_number,hives,counted_on,select\n${head.number},12,2026-09-01,open\n${others[0]?.number},-1,2026-09-01,open\n`
  const loaded = await load('bka_beehives', 'first', csv)
  t.match(loaded.json(), { received: 2, inserted: 1, rejected: 1 }, loaded.body)
  t.match((await get('/v1/registries/bka_beehives/definition')).json(), {
    version: 1,
    origin: /./,
    entity: 'MODEE',
    definition: beehives(),
    versions: [{ version: 1 }],
  })
  t.match((await get('/v1/registries/ssc_salaries/definition')).json(), { version: 1, origin: 'shipped', definition: { custodian: 'SSC' } })
  t.match((await get('/v1/registries/bka_nothing/definition')).json(), { code: 'registry-not-found' })
  t.match((await get('/v1/registries/bka_beehives/definition/versions/2')).json(), { code: 'registry-not-found' })
})

t.test('a fact drawn from it is authored, a rule uses it, and a determination shows it, without a restart', async (t) => {
  await authorHives(authoring)
  const determined = await service.post('/v1/determinations', { nationalId: head.number, asOf: AS_OF, store: true })
  t.equal(determined.statusCode, 201)
  const energy = determined.json().programmes.find(({ programme: id }: { programme: string }) => id === 'energy-support')
  t.match(energy.outcome, 'ineligible')
  t.match(JSON.stringify(energy), /Beehives of the household: 12 hives/)
  const explained = await get(`/v1/determinations/${energy.determinations[0].id}/explanation`)
  t.ok(explained.body.includes('Beehives of the household: 12 hives (Beehives, as of 1 November 2026)'), 'with its source')
})

t.test('a definition changes compatibly, or is refused with the reason and its place', async (t) => {
  const { hash } = (await get('/v1/registries/bka_beehives/definition')).json()
  const wider = beehives()
  wider.label.en = 'Hives of bees'
  wider.columns[2].codes.closed = { en: 'Closed', ar: 'مغلق' }
  wider.columns.push({ name: 'queen', type: 'boolean', label: { en: 'With a queen', ar: 'فيها ملكة' } })
  wider.indexes = [['counted_on']]
  t.match((await redefine(wider)).json(), { code: 'if-match-missing' })
  t.match((await redefine(wider, 'f'.repeat(64))).json(), { code: 'registry-changed' })
  t.match((await redefine({ ...wider, id: 'bka_other' }, hash)).json(), { code: 'registry-definition-refused', pointer: '/definition/id' })
  const second = (await redefine(wider, hash)).json()
  t.match(second, { version: 2 })
  const again = await redefine(wider, second.hash)
  t.match(again.json(), second, `the same again changes nothing: ${again.body}`)
  const csv = `national_number,hives,queen,select\n${others[0]?.number},3,true,closed\n`
  t.match((await load('bka_beehives', 'second', csv)).json(), { inserted: 1, rejected: 0 })
  for (const [spoil, finds] of [
    [
      (d) => (d.columns[0] = { name: 'hives', type: 'text', label: d.columns[0].label, required: true }),
      'change-incompatible /definition/columns/0/type',
    ],
    [(d) => delete d.columns[2].codes.open, 'change-incompatible /definition/columns/2/codes'],
    [(d) => (d.columns[1].required = true), 'change-incompatible /definition/columns/1/required'],
    [(d) => (d.columns[0].min = 5), 'change-incompatible /definition/columns/0/min'],
    [(d) => (d.population = 'everyone'), 'change-incompatible /definition/population'],
    [(d) => (d.absence = 'unknown'), 'change-incompatible /definition/absence'],
    [(d) => d.columns.shift(), 'column-in-use /definition/columns'],
    [(d) => d.columns.push({ ...d.columns[3], name: 'must', required: true }), 'change-incompatible /definition/columns/4/required'],
  ] as [(d: ReturnType<typeof beehives>) => void, string][]) {
    const spoilt = structuredClone(wider)
    spoil(spoilt)
    const told = await redefine(spoilt, second.hash)
    t.ok(findings(told).includes(finds), `${finds}: ${told.body}`)
  }
  const { rows } = await database.pool.query('select count(*)::int as rows, count(hives)::int as hives from warehouse.bka_beehives')
  t.match(rows, [{ rows: 2, hives: 2 }], 'nothing was lost by what was refused')
  await database.pool.query(
    `with q as (insert into saved_query (id, entity, created_by) values ('018f0000-0000-7000-8000-000000000001', 'BKA', 'x') returning id)
     insert into saved_query_version (query_id, version, definition, hash, saved_by)
     select id, 1, '{"name":{"en":"Q","ar":"س"},"columns":["bka_beehives.queen"]}', repeat('a', 64), 'x' from q`,
  )
  const narrower = structuredClone(wider)
  narrower.columns.pop()
  t.match((await redefine(narrower, second.hash)).json().errors, [{ code: 'column-in-use', message: /queen.*saved query/ }])
  await database.pool.query('update saved_query set archived_at = now()')
  const grant = await database.transaction(({ client }) =>
    insertGrant(client, {
      consumer: 'NAF',
      custodian: 'BKA',
      registry: 'bka_beehives',
      items: ['queen'],
      rows: { kind: 'person' },
      decideOnly: false,
      purpose: 'a test',
      legalBasis: 'a test',
      illustrative: true,
      from: '2026-01-01',
      to: null,
      requestedBy: 'x',
    }),
  )
  t.match((await redefine(narrower, second.hash)).json().errors, [{ code: 'column-in-use', message: new RegExp(`queen.*grant ${grant}`) }])
  t.ok(await decideGrant(database.pool, { id: grant, status: 'rejected', by: 'y', note: null }))
  t.match((await redefine(narrower, second.hash)).json(), { version: 3 }, 'what nothing reads is taken out')
  const held = await database.pool.query(
    "select attname from pg_attribute where attrelid = 'warehouse.bka_beehives'::regclass and attname = 'queen'",
  )
  t.same(held.rows, [])
  t.match((await elsewhere.all()).find(({ id }) => id === 'bka_beehives')?.columns.length ?? 0, Number, 'followed')
  const kept = await database.pool.query('select version, hash from warehouse.registry_definition where id = $1 order by version', [
    'bka_beehives',
  ])
  t.match(kept.rows, [{ version: 1, hash }, { version: 2, hash: second.hash }, { version: 3 }])
  await t.rejects(database.pool.query("update warehouse.registry_definition set source = '{}'"), /never change/)
})

t.test('a shipped registry changes too; export gives those and what was defined here', async (t) => {
  const { definition, hash } = (await get('/v1/registries/zf_beneficiaries/definition')).json()
  definition.columns.push({ name: 'case_worker', type: 'text', label: { en: 'Case worker', ar: 'الباحث' } })
  t.match((await redefine(definition, hash, 'zf_beneficiaries')).json(), { version: 2 })
  const folder = mkdtempSync(join(t.testdir(), 'export-'))
  const written = await exportDefinitions(database.pool, folder)
  t.ok(written.includes('registries/ssc/ssc_salaries.json'))
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as { columns: { name: string }[] }
  t.equal(read('registries/zf/zf_beneficiaries.json').columns.at(-1)?.name, 'case_worker')
  t.equal(read('registries/zf/versions/1/zf_beneficiaries.json').columns.at(-1)?.name, 'status')
  t.ok(written.includes('registries/bka/bka_beehives.json'))
})

t.test('no number of a person is in any line of the log, and definitions are on the record', async (t) => {
  for (const { number } of [...heads, ...(await membersOf(head.householdRef))]) t.notOk(logged().includes(number))
  const { rows } = await database.pool.query(
    "select count(*)::int as defined from audit_event where body::jsonb ->> 'action' = 'registry.defined'",
  )
  t.match(rows, [{ defined: 5 }], 'the one that changed nothing among them')
})
