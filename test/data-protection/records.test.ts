/** Breaches, and what persons ask about their data: added to and never changed, each step audited, nobody's number in a text. */
import t from 'tap'
import { protectionApp } from './support.ts'

const service = await protectionApp(t, 6)
const { post, get, heads, userOf, events, database } = service
const [person] = heads as [(typeof heads)[number]]
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()

t.test('a breach runs against the deadlines of the law and is closed when everybody was told', async (t) => {
  const body = {
    discoveredAt: hoursAgo(30),
    summary: 'A laptop with an export was stolen',
    source: 'A car was broken into',
    registries: ['ssc_salaries'],
  }
  const made = await post('/v1/breaches', body)
  t.equal(made.statusCode, 201)
  const { id } = made.json()
  t.match(made.json(), { status: 'open', serious: null, notifyPersons: { state: 'overdue' }, notifyUnit: { state: 'open' }, entries: [] })
  t.equal(Date.parse(made.json().notifyUnit.dueAt) - Date.parse(made.json().discoveredAt), 72 * 3_600_000)
  const add = (entry: object) => post(`/v1/breaches/${id}/entries`, entry)
  t.match((await add({ kind: 'closed', text: 'done with it' })).json(), { code: 'breach-not-closable', status: 409 })
  t.match((await add({ kind: 'assessed', text: 'salaries of 40 persons' })).json(), { code: 'request-invalid', pointer: '/serious' })
  t.match((await add({ kind: 'noted', text: 'a note', serious: true })).json(), { code: 'request-invalid', pointer: '/serious' })
  t.match((await add({ kind: 'noted', text: 'a note', at: hoursAgo(31) })).json(), { code: 'request-invalid', pointer: '/at' })
  t.match((await add({ kind: 'noted', text: 'a note', at: hoursAgo(-1) })).json(), { code: 'request-invalid', pointer: '/at' })
  t.match((await add({ kind: 'assessed', text: 'salaries of 40 persons', serious: true, personsAffected: 40 })).json(), {
    serious: true,
    personsAffected: 40,
  })
  t.match((await add({ kind: 'unit-notified', text: 'by letter' })).json(), {
    notifyUnit: { state: 'in-time' },
    notifyPersons: { state: 'overdue' },
  })
  t.match((await add({ kind: 'closed', text: 'done with it' })).json(), { code: 'breach-not-closable', status: 409 })
  t.match((await add({ kind: 'persons-notified', text: 'by message' })).json(), { notifyPersons: { state: 'late' } })
  t.match((await add({ kind: 'closed', text: 'done with it' })).json(), { status: 'closed', words: { ar: 'مغلق' } })
  t.match((await add({ kind: 'noted', text: 'one more' })).json(), { code: 'breach-closed', status: 409 })
  t.match((await get('/v1/breaches')).json(), { breaches: [{ id, entries: { length: 4 } }], next: null })
  t.equal((await events('breach.added-to')).length, 4)
  t.match(await events('breach.recorded'), [{ outcome: 'recorded', objects: [`breach:${id}`], purpose: /telling those/ }])
})

t.test('what is no breach of now is refused, a number in its text too', async (t) => {
  const body = { discoveredAt: hoursAgo(1), summary: 'A list was sent to the wrong office', source: 'a mistaken address', registries: [] }
  t.match((await post('/v1/breaches', { ...body, discoveredAt: hoursAgo(-2) })).json(), {
    code: 'request-invalid',
    pointer: '/discoveredAt',
  })
  t.match((await post('/v1/breaches', { ...body, registries: ['ssc_salary'] })).json(), {
    pointer: '/registries/0',
    expected: /ssc_salaries/,
  })
  const refused = await post('/v1/breaches', { ...body, summary: `of ${person.number}` })
  t.match(refused.json(), { code: 'text-holds-number', pointer: '/summary' })
  t.notMatch(refused.body, person.number)
  t.equal((await post('/v1/breaches', { ...body, summary: '   ' })).statusCode, 400)
  t.match((await post('/v1/breaches/01a20ae3-5581-7377-9bfe-7dbbb80314a9/entries', { kind: 'noted', text: 'a note' })).json(), {
    code: 'breach-not-found',
  })
})

t.test('two who close a breach at once: one does', async (t) => {
  const { id } = (
    await post('/v1/breaches', { discoveredAt: hoursAgo(1), summary: 'a small thing', source: 'a mistake', registries: [] })
  ).json()
  await post(`/v1/breaches/${id}/entries`, { kind: 'assessed', text: 'harms nobody', serious: false })
  const answers = await Promise.all([1, 2, 3].map(() => post(`/v1/breaches/${id}/entries`, { kind: 'closed', text: 'done with it' })))
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [201, 409, 409],
  )
  t.match((await get(`/v1/breaches/${id}`)).json(), { notifyPersons: { state: 'not-required' } })
})

t.test('a correction goes to the custodian of the column, and changes no registry', async (t) => {
  const before = (await database.pool.query('select * from warehouse.ssc_salaries order by person_ref')).rows
  const asked = await post('/v1/subject-requests', {
    nationalId: person.number,
    kind: 'correction',
    registry: 'cspd_personal_address',
    column: 'liwa_code',
    claimed: 'Marka',
    statement: 'I moved two years ago',
  })
  t.equal(asked.statusCode, 201)
  const { id, dueOn } = asked.json()
  t.match(asked.json(), { responsible: 'CSPD', status: 'received', overdue: false, kindWords: { ar: /تصحيح/ } })
  t.notMatch(asked.body, person.number)
  t.ok(Date.parse(dueOn) > Date.now() + 28 * 86_400_000)
  const step = (status: string, headers: Record<string, string> = {}) =>
    post(`/v1/subject-requests/${id}/steps`, { status, reason: 'as the file says' }, headers)
  t.match((await step('accepted')).json(), { code: 'subject-request-not-yours', expected: 'CSPD' })
  t.match((await step('accepted', userOf('SSC'))).json(), { code: 'subject-request-not-found' }, 'others do not learn of it')
  t.match((await step('carried-out', userOf('CSPD'))).json(), { code: 'subject-request-answered' })
  const answers = await Promise.all([step('accepted', userOf('CSPD')), step('refused', userOf('CSPD'))])
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 409],
    'of two answers at once one stands',
  )
  const { steps, status } = (await get(`/v1/subject-requests/${id}`)).json()
  t.match(steps, [{ status, entity: 'CSPD', reason: 'as the file says' }])
  t.match(await events('subject-request.answered'), [{ outcome: status, personRef: person.personRef, entity: 'CSPD' }])
  t.same((await database.pool.query('select * from warehouse.ssc_salaries order by person_ref')).rows, before)
})

t.test('requests are listed to whom they concern, and answered by persons', async (t) => {
  const correction = {
    nationalId: person.number,
    kind: 'correction',
    registry: 'ssc_salaries',
    column: 'gross_wage',
    statement: 'it was less',
  }
  const { id } = (await post('/v1/subject-requests', correction)).json()
  const listedTo = async (entity: string) =>
    (await get('/v1/subject-requests', userOf(entity)))
      .json()
      .requests.map((one: { id: string }) => one.id)
      .includes(id)
  t.same([await listedTo('SSC'), await listedTo('MODEE'), await listedTo('NAF')], [true, true, false])
  t.same((await get('/v1/subject-requests?overdue=true')).json().requests, [])
  for (const [change, pointer] of [
    [{ column: 'nonsense' }, '/column'],
    [{ registry: 'nonsense' }, '/registry'],
    [{ column: undefined }, '/column'],
    [{ processing: 'intake' }, '/processing'],
    [{ kind: 'objection' }, '/registry'],
  ] as const)
    t.match((await post('/v1/subject-requests', { ...correction, ...change })).json(), { code: 'request-invalid', pointer }, pointer)
  t.match((await post('/v1/subject-requests', { ...correction, nationalId: '123' })).json(), {
    code: 'national-id-malformed',
  })
  t.match((await post('/v1/subject-requests', { ...correction, nationalId: '0000000000' })).json(), { code: 'person-not-found' })
  t.match((await post('/v1/subject-requests', { ...correction, claimed: 'it is ٩٨٧٦٥٤٣٢١٠' })).json(), {
    code: 'text-holds-number',
    pointer: '/claimed',
  })
})

t.test('nothing of the log can be changed, even by its owner', async (t) => {
  for (const statement of ['update data_breach set summary = $$x$$', 'delete from data_breach_entry', 'truncate data_breach_entry'])
    await t.rejects(database.pool.query(statement), { code: '23001' }, statement)
  await t.rejects(database.pool.query('update subject_request set due_on = due_on + 1'), { code: '23001' })
  await t.rejects(database.pool.query("update subject_request set status = 'received'"), { code: '23001' })
})

t.test('no number of a person is in a log line, wherever it was sent, and none gets out by a slip of ours', async (t) => {
  const { number } = person
  const uuid = '01a20ae3-5581-7377-9bfe-7dbbb80314a9'
  const paths = [
    'breaches',
    'subject-requests',
    'notices',
    'processing-records',
    'person-data/export',
    'sheltered-persons',
    'sheltered-persons/end',
  ]
  const urls = paths.flatMap((path) => [
    `/v1/${path}/${number}`,
    `/v1/${path}?after=${number}`,
    `/v1/${path}?${number}=1`,
    `/v1/${path}/${uuid}/steps?x=${number}`,
  ])
  const headers = {
    'x-request-id': number,
    'user-agent': number,
    'accept-language': number,
    'idempotency-key': number,
    'x-test-user': number,
  }
  const bodies = [
    number,
    [number],
    { [number]: 1 },
    { nationalId: `${number} ` },
    { nationalIds: [number, number] },
    { nationalId: number, kind: number },
  ]
  for (const url of [...urls, ...paths.map((path) => `/v1/${path}`)])
    for (const answer of [await get(url, headers), ...(await Promise.all(bodies.map((body) => post(url, body, headers))))]) {
      t.ok(answer.statusCode < 500, `${answer.statusCode} ${url}`)
      t.notOk(answer.statusCode >= 400 && answer.body.includes(number), `no refusal repeats it: ${url}`)
    }
  service.app.log.info({ slip: number, deep: { slip: [number, Number(`9${number.slice(1)}`)] } }, `read of ${number} and ٩٨٧٦٥٤٣٢١٠`)
  service.app.log.error(new Error(number), number)
  service.app.log.info({ hash: 'ab1234567890cd', id: uuid, ms: 1234567890.5, at: 1_795_000_000_000 }, 'not a number of anybody')
  const logged = service.logged()
  t.notMatch(logged, new RegExp(`${number}|9${number.slice(1)}|٩٨٧٦٥٤٣٢١٠`))
  t.match(logged, /read of ########## and ##########/)
  t.match(logged, /"hash":"ab1234567890cd".*"ms":1234567890.5,"at":1795000000000/)
})
