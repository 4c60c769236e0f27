/** Every route that may tell of a person: what it tells goes by the asker's grants, or the table says why it does not. A new route fails until it stands here. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { ReadRights } from '../../../src/access/grants/read-rights.ts'
import { createKey } from '../../../src/access/key-store.ts'
import { allPermissions } from '../../../src/access/permissions.ts'
import type { Role } from '../../../src/access/roles.ts'
import { ensureEntities } from '../../../src/access/entities/entity-store.ts'
import { csrfTokenOf, startSession } from '../../../src/access/sign-in/session-store.ts'
import { insertUser } from '../../../src/access/users/user-store.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { entities } from '../../../src/warehouse/shared-lists.ts'
import { rightsTo } from '../../queries/rights.ts'
import { withEveryFact, withEveryList } from '../../support/granted.ts'
import { application, seededApp } from '../../support/seeded-app.ts'
import { publishMade, shippedSet, startedRun } from '../../targeting/support/published.ts'

/** No programme is GAM's, nor MOH's. Nothing is granted but to the operator, and facts without rows to MOH. */
const [STRANGER, OF_FACTS] = ['GAM', 'MOH']
/** Granted columns of the list: of all its rows but neither whose they are nor what became of them, or all of it of one person at a time. */
const [OF_PLACES, OF_PERSONS] = ['HUDC', 'SJD']
const columns = { cspd_personal_info: 'all' } as const
const everything = withEveryList(withEveryFact(rightsTo('MODEE', columns, { kind: 'person' })))
const service = await seededApp(t, 12, {}, (database) => {
  const nothing = (entity: string) => rightsTo(entity, {}, { kind: 'none' })
  const granted: Readonly<Record<string, ReadRights>> = {
    MODEE: everything,
    [OF_FACTS]: withEveryFact(nothing(OF_FACTS)),
    [OF_PLACES]: rightsTo(OF_PLACES, { 'list:unified-cash-transfer': ['governorate'] }, { kind: 'listing' }),
    [OF_PERSONS]: rightsTo(OF_PERSONS, { 'list:unified-cash-transfer': ['household_ref', 'status', 'reason'] }, { kind: 'person' }),
  }
  const rights = async (entity: string) => granted[entity] ?? nothing(entity)
  return { rights, reported: rights, connectionOf: async () => database.pool }
})
const { app, database, heads, headers, post } = service
await ensureEntities(database.pool, entities)
await migrateQueue(database.pool)
const [head] = heads as [(typeof heads)[number]]
const stranger = {
  authorization: `Bearer ${await createKey(database.pool, { name: 'gam', entity: STRANGER, permissions: [...allPermissions] })}`,
}
const run = await startedRun(database, await shippedSet(database))
const [CASH, units] = ['unified-cash-transfer', [{ householdRef: head.householdRef, status: 'selected' as const, score: 1 }]]
await publishMade(database, run, [{ programme: CASH, units }])
const determined = (await post('/v1/determinations', { nationalId: head.number, store: true })).json()
const determination = determined.programmes.find(({ programme }: { programme: string }) => programme === CASH).determinations[0].id
const applied = await post('/v1/applications', application(head.number), { 'idempotency-key': randomUUID() })
const definition = {
  name: { en: 'A test', ar: 'اختبار' },
  purpose: 'a test',
  registries: ['cspd_personal_info'],
  columns: ['cspd_personal_info.gender'],
  parameters: [{ id: 'who', type: 'nationalId' }],
}
const person = { nationalId: head.number }

interface Probe {
  readonly url: string
  readonly body?: object
  readonly headers?: Record<string, string>
}
const list = `/v1/runs/${run}/programmes/${CASH}/ranked-list`

/** Routes whose answers go by grants, and a question for each. */
const PROJECTED: Readonly<Record<string, Probe>> = {
  'POST /v1/households/lookup': { url: '/v1/households/lookup', body: person },
  'POST /v1/determinations': { url: '/v1/determinations', body: person },
  'GET /v1/determinations/{id}': { url: `/v1/determinations/${determination}` },
  'GET /v1/determinations/{id}/replay': { url: `/v1/determinations/${determination}/replay` },
  'GET /v1/determinations/{id}/explanation': { url: `/v1/determinations/${determination}/explanation` },
  'POST /v1/determinations/{id}/explanation': { url: `/v1/determinations/${determination}/explanation`, body: person },
  'GET /v1/programmes/{id}/superseded-determinations': { url: `/v1/programmes/${CASH}/superseded-determinations` },
  'POST /v1/applications': {
    url: '/v1/applications',
    body: application(head.number),
    headers: { 'idempotency-key': '01a20ae3-5581-4377-9bfe-7dbbb80314a9' },
  },
  'GET /v1/applications/{id}': { url: `/v1/applications/${applied.json().id}` },
  'POST /v1/enrolments/lookup': { url: '/v1/enrolments/lookup', body: { householdRef: head.householdRef } },
  'GET /v1/programmes/{programme}/ranked-list': { url: `/v1/programmes/${CASH}/ranked-list` },
  'GET /v1/runs/{run}/programmes/{programme}/ranked-list': { url: list },
  'GET /v1/programmes/{programme}/ranked-list.csv': { url: `/v1/programmes/${CASH}/ranked-list.csv` },
  'GET /v1/runs/{run}/programmes/{programme}/ranked-list.csv': { url: `${list}.csv` },
  'GET /v1/runs/{run}/programmes/{programme}/comparison': { url: `/v1/runs/${run}/programmes/${CASH}/comparison?with=${run}` },
  'GET /v1/programmes/{programme}/ranked-list/{position}': { url: `/v1/programmes/${CASH}/ranked-list/1` },
  'GET /v1/runs/{run}/programmes/{programme}/ranked-list/{position}': { url: `${list}/1` },
  'POST /v1/runs/{run}/explanations': { url: `/v1/runs/${run}/explanations`, body: { programme: CASH, householdRef: head.householdRef } },
  'POST /v1/queries/run': { url: '/v1/queries/run', body: { definition, parameters: { who: head.number } } },
}

/** Routes that may tell of a person and do not go by grants: why. */
const STATED: Readonly<Record<string, string>> = {
  'GET /v1/standing-questions': 'outcomes of the asker’s programmes: held to below',
  'POST /v1/standing-questions/{id}/settle': 'of the same questions: held to below',
  'POST /v1/queries/{id}/run': 'checks the definition as POST /v1/queries/run does, at every call: grants.test.ts',
  'POST /v1/determinations/{id}/letter': 'sealed: only the person’s deliverer can open it, whom no agency’s grants concern',
  'POST /v1/person-data/export': 'what is kept of a person, for that person, by a permission of its own',
  'POST /v1/audit/access-history': 'who read, for the person who asks: no values, no outcomes',
  'GET /v1/audit': 'who did what; persons by keyed hash',
  'GET /v1/audit/export': 'who did what; persons by keyed hash',
  'GET /v1/changes/rejected': 'what the asking entity itself sent',
  'GET /v1/registries/{registry}/loads/{load}/rejected': 'to the custodian of the registry and the operator: loads/routes.test.ts',
  'GET /v1/notices': 'who is to be told what of their own data, to whoever delivers it: references and numbers, no values',
  'GET /v1/subject-requests': 'the words of persons to the entities that must answer them',
  'GET /v1/subject-requests/{request}': 'the words of a person to the entity that must answer them',
  'POST /v1/subject-requests': 'answers with what was sent',
  'POST /v1/subject-requests/{request}/steps': 'answers with what was sent',
  'POST /v1/substitutions': 'that two numbers are one person’s, to whoever says so',
  'POST /v1/substitutions/{substitution}/undo': 'takes back what was said',
  'POST /v1/enrolments': 'answers with what was reported',
  'POST /v1/changes': 'answers with counts and reasons',
  'POST /v1/registries/{registry}/loads': 'answers with counts',
  'POST /v1/sheltered-persons': 'answers nothing',
  'POST /v1/sheltered-persons/end': 'answers nothing',
  'POST /v1/notices/{notice}/delivered': 'answers nothing',
  'POST /v1/notices/{notice}/returned': 'answers nothing',
  'POST /v1/notices/take': 'who is to be told what of their own data, to whoever delivers it: references and numbers, no values',
  'POST /v1/runs/{run}/programmes/{programme}/ranked-list/freeze': 'signs a hash of the list',
  'POST /v1/catalogue/facts/cost': 'time and room of computing a fact, no values',
  'GET /v1/simulations/{simulation}/result': 'protected aggregates of facts that are granted: disclosure tests of simulations',
  'GET /v1/simulations/{simulation}/report': 'protected aggregates of facts that are granted: disclosure tests of simulations',
}

/** Routes with a purpose that are about organisations, their users, texts, keys, wishes and breaches. */
const OF_NOBODY =
  /^(GET|POST|PUT|PATCH|DELETE) (\/v1\/(entities|sign-in|sign-out|password|me|users|groups|keys|clients|signing-keys|drafts|change-sets|rules|letter-delivery-keys|reference-samples|fits|grants|breaches|processing-records|audit\/verify)\b|\/oauth2\/token$|\/v1\/programmes\/\{id\}\/(rules|overlap)|\/v1\/formulas\/(\{id\}\/versions\/\{version\}\/)?diff$|\/v1\/registries(\/\{registry\}\/definition)?$|\/v1\/queries(\/\{id\}\/(versions|access|archive))?$|\/v1\/(runs|simulations)(\/\{(run|simulation)\}\/(cancel|resume))?$)/

const { paths } = (await app.inject('/docs/json')).json() as { paths: Record<string, Record<string, { 'x-purpose'?: string }>> }
const purposeful = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) =>
    operation['x-purpose'] === undefined ? [] : [`${method.toUpperCase()} ${path}`],
  ),
)

// A route without a purpose is about nobody: test/audit/service.test.ts holds each to that.
t.test('every route with a purpose stands in one of the tables, and each entry is a route', (t) => {
  const known = (route: string): number =>
    Number(Object.hasOwn(PROJECTED, route)) + Number(Object.hasOwn(STATED, route)) + Number(OF_NOBODY.test(route))
  t.same(
    purposeful.filter((route) => known(route) !== 1),
    [],
  )
  t.same(
    [...Object.keys(PROJECTED), ...Object.keys(STATED)].filter((route) => !purposeful.includes(route)),
    [],
  )
  t.end()
})

const ask = async (route: string, as: Record<string, string>) => {
  const { url, body, headers: more } = PROJECTED[route] as Probe
  const method = route.split(' ')[0] as 'GET' | 'POST'
  return app.inject({ method, url, headers: { ...as, ...more }, ...(body ? { payload: body } : {}) })
}
/** Whether the answer names something that it withholds. */
const withholds = (body: string): boolean => /"withheld(Facts)?":\[\{|"storedHash":null/.test(body)

t.test('whoever is granted nothing is refused, or told what is withheld; whoever is granted all is neither', async (t) => {
  for (const route of Object.keys(PROJECTED)) {
    const refused = await ask(route, stranger)
    const isNotGranted = refused.statusCode === 403 && /-not-granted"/.test(refused.body)
    t.ok(
      isNotGranted || (refused.statusCode < 300 && withholds(refused.body)),
      `${route}: ${refused.statusCode} ${refused.body.slice(0, 200)}`,
    )
    const told = await ask(route, headers)
    t.ok(
      told.statusCode !== 403 && told.statusCode < 500 && !withholds(told.body),
      `${route}: ${told.statusCode} ${told.body.slice(0, 200)}`,
    )
  }
})

t.test('of a household nothing is told but references: neither how many they are, nor who heads it, nor by the order', async (t) => {
  const household = await service.membersOf(head.householdRef)
  for (const { number, personRef } of household) {
    const answer = (await post('/v1/households/lookup', { nationalId: number }, stranger)).json()
    const one = { personRef, isHead: null, relationship: null }
    t.match(answer, {
      householdRef: head.householdRef,
      person: one,
      withheld: [{ fact: 'householdSize' }, { fact: 'isHead' }, { fact: 'relationship' }],
    })
    t.same(answer.members, [one])
  }
  t.equal((await post('/v1/households/lookup', person)).json().members.length, household.length)
})

t.test('of a place in a list it is not told whether anybody has it, and the refusal is on record', async (t) => {
  const explained = async () =>
    (
      await database.pool.query<{ body: string }>(
        "select body from audit_event where action = 'ranked-list.unit-explained' and body::json ->> 'entity' = $1 order by id",
        [STRANGER],
      )
    ).rows.map(({ body }) => JSON.parse(body) as { outcome: string; householdRef?: number })
  const refused = async (url: string) => {
    const before = (await explained()).length
    const { status, code, title, pointer, expected, detail } = (await service.get(url, stranger)).json()
    t.match((await explained()).slice(before), [{ outcome: 'facts-not-granted', householdRef: undefined }])
    return { status, code, title, pointer, expected, detail }
  }
  const [taken, free] = [await refused(`${list}/1`), await refused(`${list}/2`)]
  t.match(taken, { status: 403, code: 'facts-not-granted' })
  t.same(taken, free)
  t.same(await refused(`/v1/programmes/${CASH}/ranked-list/2`), free)
  t.match((await service.get(`${list}/2`)).json(), { code: 'unit-not-in-list' })
})

t.test('of a list no way tells more than its pages: neither whose a place is, nor what became of it', async (t) => {
  for (const entity of [OF_PLACES, OF_PERSONS]) {
    const key = await createKey(database.pool, { name: entity, entity, permissions: [...allPermissions] })
    const as = { authorization: `Bearer ${key}` }
    const page = (await service.get(list, as)).json()
    t.same(page.units, [entity === OF_PLACES ? { position: 1, governorate: '11' } : { position: 1 }], entity)
    const comparison = `/v1/runs/${run}/programmes/${CASH}/comparison?with=${run}`
    const filtered = ['status=selected', `householdRef=${head.householdRef}`].map((filter) => `${list}?${filter}`)
    const files = filtered.map((one) => one.replace('?', '.csv?'))
    for (const url of [comparison, `${list}/1`, `/v1/programmes/${CASH}/ranked-list/1`, ...filtered, ...files])
      t.match((await service.get(url, as)).json(), { code: 'facts-not-granted' }, `${entity} ${url}`)
    const named = { programme: CASH, householdRef: head.householdRef }
    t.match((await post(`/v1/runs/${run}/explanations`, named, as)).json(), { code: 'facts-not-granted' }, entity)
  }
})

t.test('where a household stands in programmes of others is not told, nor whether they serve it', async (t) => {
  const reports = [{ programme: CASH, householdRef: head.householdRef, state: 'enrolled', on: '2026-10-01', reference: 'r-1' }]
  t.match((await post('/v1/enrolments', { reports })).json(), { counts: { applied: 1 } })
  const asked = { householdRef: head.householdRef }
  const { withheld, ...answer } = (await post('/v1/enrolments/lookup', asked, stranger)).json()
  t.same(answer, { householdRef: head.householdRef, served: null, enrolments: [], history: [] })
  t.equal(withheld.length, 7)
  t.match(withheld, [{ names: { en: String, ar: /[\u0600-\u06ff]/ } }])
  const agency = await createKey(database.pool, { name: 'naf', entity: 'NAF', permissions: ['enrolments:read'] })
  t.match(
    (await post('/v1/enrolments/lookup', asked, { authorization: `Bearer ${agency}` })).json(),
    { served: true, history: [{ reference: 'r-1' }] },
    'its agency',
  )
})

const asked = async (programme = CASH): Promise<string> => {
  const id = randomUUID()
  await database.pool.query(
    `insert into standing_question (id, household_ref, programme, kind, earlier_id, later_id, served)
     values ($1, $2, $3, 'adverse', $4, null, false)`,
    [id, head.householdRef, programme, determination],
  )
  return id
}
const of = async (as: Record<string, string>) => (await service.get('/v1/standing-questions', as)).json().questions
let checkers = 0
const settledBy = async (entity: string, id: string, roles: readonly Role[] = ['checker']) => {
  const user = { login: `checker-${++checkers}`, name: 'Checker', entity, roles, contact: '', language: 'en' } as const
  const token = await startSession(database.pool, (await insertUser(database.pool, user)) as string, { idleMinutes: 30, hours: 1 })
  const own = { cookie: `__Host-mizan-session=${token}`, 'x-csrf-token': csrfTokenOf(token) }
  const payload = { decision: 'later-holds', reason: 'a test' }
  return (await app.inject({ method: 'POST', url: `/v1/standing-questions/${id}/settle`, headers: own, payload })).json()
}

t.test('outcomes that wait for a decision are told to whoever may list the programme, and settled by its agency', async (t) => {
  const id = await asked()
  t.same([(await of(headers)).length, await of(stranger)], [1, []])
  const ofFacts = await createKey(database.pool, { name: 'moh', entity: OF_FACTS, permissions: ['standing:read'] })
  t.same(await of({ authorization: `Bearer ${ofFacts}` }), [], 'a grant of a fact has no rows')
  t.match(await settledBy(STRANGER, id), { code: 'standing-question-not-found' })
  t.match(await settledBy('MODEE', id), { code: 'standing-question-not-found' }, 'to be told is not to decide')
  t.match(await settledBy('NAF', id), { id, decision: 'later-holds' })
  const second = await asked()
  t.match(await settledBy('MODEE', second, ['checker', 'operator']), { id: second, decision: 'later-holds' }, 'the operator')
})

t.test('a programme that left force is still its agency’s: its questions, its enrolments and what is reported of them', async (t) => {
  const gone = 'winter-clothing'
  // What was retired before it ever held makes it nobody else's.
  await database.pool.query(
    `insert into object_version (kind, id, version, hash, source, effective_from, effective_to, status, origin)
     select 'programme', $1, version, repeat(version::text, 64), source, day::date, until::date, status, 'shipped'
     from (values (1, $2, '2020-01-01', '2025-01-01', 'active'), (2, $3, '2021-01-01', null, 'retired')) as v (version, source, day, until, status)`,
    [gone, ...['NAF', 'MOSD'].map((agency) => JSON.stringify({ agency, unit: 'household' }))],
  )
  const id = await asked(gone)
  const permissions = ['standing:read', 'enrolments:read', 'enrolments:write'] as const
  const naf = { authorization: `Bearer ${await createKey(database.pool, { name: 'naf', entity: 'NAF', permissions })}` }
  const mosd = { authorization: `Bearer ${await createKey(database.pool, { name: 'mosd', entity: 'MOSD', permissions })}` }
  t.match(await of(naf), [{ id }])
  t.same(await of(mosd), [])
  const reported = async (state: string, as: Record<string, string>) => {
    const report = { programme: gone, householdRef: head.householdRef, state, on: '2026-10-01', reference: `gone-${state}` }
    return (await post('/v1/enrolments', { reports: [report] }, as)).json()
  }
  t.match(await reported('enrolled', mosd), { refused: [{ code: 'enrolment-programme-not-yours' }] })
  for (const state of ['enrolled', 'exited']) t.match(await reported(state, naf), { counts: { applied: 1 } })
  const states = async (as: Record<string, string>): Promise<string[]> =>
    (await post('/v1/enrolments/lookup', { householdRef: head.householdRef }, as))
      .json()
      .history.flatMap(({ programme, state }: { programme: string; state: string }) => (programme === gone ? [state] : []))
  t.same([(await states(naf)).toSorted(), await states(mosd)], [['enrolled', 'exited'], []])
  t.match(await settledBy('MOSD', id), { code: 'standing-question-not-found' })
  t.match(await settledBy('NAF', id), { id, decision: 'later-holds' })
})
