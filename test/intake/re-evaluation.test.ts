/** From changes sent to a determination stored again: what is set aside, what stays unknown, who is asked before anything is taken away. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { ensureEntities } from '../../src/access/entities/entity-store.ts'
import type { Role } from '../../src/access/roles.ts'
import { csrfTokenOf, startSession } from '../../src/access/sign-in/session-store.ts'
import { insertUser } from '../../src/access/users/user-store.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { reEvaluationDeps } from '../../src/commands/re-evaluation-deps.ts'
import { followChanges } from '../../src/intake/re-evaluation/follow-changes.ts'
import { isWorkDue, settle, waiting } from '../../src/intake/re-evaluation/re-evaluation-store.ts'
import { workOnReEvaluations } from '../../src/intake/re-evaluation/work-on-re-evaluations.ts'
import { migrateQueue } from '../../src/jobs/queue.ts'
import { createKey } from '../../src/access/key-store.ts'
import { newId } from '../../src/kernel/new-id.ts'
import { loadDelivery } from '../../src/warehouse/load.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { application, seededApp } from '../support/seeded-app.ts'

const service = await seededApp(t, 60)
const { app, database, heads, post, get, keyWith, logged } = service
await migrateQueue(database.pool)
const definitionOf = (id: string) =>
  loadRegistryDefinitions().find((one) => one.id === id) as ReturnType<typeof loadRegistryDefinitions>[number]
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const deps = reEvaluationDeps(database, { timeZone: 'Asia/Amman', serviceBusUrl: undefined, serviceBusToken: undefined }, silent)
const never = new AbortController().signal
const follow = () => followChanges(deps, { signal: never, log: silent })

let lsn = 100
const event = (table: string, op: string, row: object | null, more: object = {}) => ({
  op,
  before: op === 'd' ? row : null,
  after: op === 'd' ? null : row,
  source: { table, lsn: ++lsn, ts_ms: Date.parse('2026-11-01T09:00:00Z'), ...more },
})
const wage = (number: string, gross_wage: string, salary_month = '2026-10-01') => ({
  national_number: number,
  establishment_no: 'E-1',
  salary_month,
  gross_wage,
})

const car = (number: string, more: object = {}) => ({
  national_number: number,
  registration_number: 'T-1',
  vehicle_class: 'private',
  customs_exempt: false,
  model_year: 2024,
  licence_expiry: '2027-06-01',
  ...more,
})

/** A household that some household programme finds eligible, with its programmes. */
async function eligibleHousehold(except: readonly number[]) {
  for (const head of heads.filter(({ householdRef }) => !except.includes(householdRef))) {
    const posted = await post('/v1/applications', application(head.number), { 'idempotency-key': newId() })
    const { programmes } = posted.json() as { programmes: { programme: string; outcome: string; personRef?: number | null }[] }
    const eligible = programmes.filter(({ outcome, personRef }) => outcome === 'eligible' && !personRef).map(({ programme }) => programme)
    if (eligible.includes('unified-cash-transfer')) return { head, eligible }
  }
  throw new Error('no eligible household among the seeded ones')
}

t.test('a car that ends an eligibility asks a person, and the enrolled stay enrolled', async (t) => {
  const { head } = await eligibleHousehold([])
  const enrolled = await post('/v1/enrolments', {
    reports: [
      { programme: 'unified-cash-transfer', householdRef: head.householdRef, state: 'enrolled', on: '2026-10-01', reference: 'r-1' },
    ],
  })
  t.match(enrolled.json(), { counts: { applied: 1 } })
  await follow()
  const before = await database.pool.query('SELECT count(*) FROM determination')
  const sent = await post('/v1/changes', [event('DVLD_Car_Info', 'c', car(head.number))])
  t.match(sent.json(), { counts: { received: 1, inserted: 1, rejected: 0 } }, sent.body)
  t.same(await follow().then(({ households }) => households > 0), true)
  const { rows: again } = await database.pool.query<{ programme: string; outcome: string }>(
    `SELECT d.programme, d.outcome FROM determination d JOIN fact_snapshot s ON s.id = d.snapshot_id WHERE d.reason = 're-evaluation' AND s.household_ref = $1`,
    [head.householdRef],
  )
  t.match(
    again.find(({ programme }) => programme === 'unified-cash-transfer'),
    { outcome: 'ineligible' },
  )
  t.ok((await database.pool.query('SELECT count(*) FROM determination')).rows[0].count > before.rows[0].count)
  const listed = (await get('/v1/standing-questions?programme=unified-cash-transfer')).json()
  const [question] = listed.questions
  t.match(question, {
    householdRef: head.householdRef,
    kind: 'adverse',
    served: true,
    earlier: { outcome: 'eligible' },
    later: { outcome: 'ineligible' },
  })
  const { rows: places } = await database.pool.query('SELECT state FROM enrolment WHERE household_ref = $1', [head.householdRef])
  t.same(places, [{ state: 'enrolled' }], 'nothing was taken away')

  // Said again, and something else changed: still one question, and what stood still stands.
  t.match(
    (await post('/v1/changes', [event('DVLD_Car_Info', 'u', car(head.number, { estimated_value: '9000', model_year: 2025 }))])).json(),
    { counts: { updated: 1 } },
  )
  await follow()
  const second = (await get('/v1/standing-questions?programme=unified-cash-transfer')).json().questions
  t.equal(second.length, 1)
  t.equal(second[0].earlier.determination, question.earlier.determination)
  t.not(second[0].later.determination, question.later.determination)

  t.match((await post(`/v1/standing-questions/${question.id}/settle`, { decision: 'later-holds', reason: 'checked' })).json(), {
    code: 'person-required',
    status: 403,
  })
  // The car is sold: nothing would be taken away, so that nobody is asked.
  await post('/v1/changes', [event('DVLD_Car_Info', 'd', { national_number: head.number, registration_number: 'T-1' })])
  await follow()
  t.same((await get('/v1/standing-questions?programme=unified-cash-transfer')).json().questions, [])
  t.equal(
    await database.transaction(({ client }) =>
      settle(client, question.id, { decision: 'later-holds', reason: 'x', by: 'user', among: null }),
    ),
    null,
    'settled once',
  )
  // Nothing changed: nothing is said twice.
  const counted = await database.pool.query('SELECT count(*) FROM determination')
  await post('/v1/changes', [
    event('SSC_Salaries', 'd', { national_number: head.number, establishment_no: 'none', salary_month: '2026-01-01' }),
  ])
  await follow()
  t.same((await database.pool.query('SELECT count(*) FROM determination')).rows, counted.rows)
})

t.test('a load is followed as changes are, although whoever loaded died right after it', async (t) => {
  const head = (heads.at(-1) ?? heads[0]) as (typeof heads)[number]
  await post('/v1/applications', application(head.number), { 'idempotency-key': newId() })
  await follow()
  t.equal(await isWorkDue(database.pool), false)
  const again = async (householdRef: number): Promise<number> =>
    (
      await database.pool.query(
        `SELECT count(DISTINCT s.id) FROM fact_snapshot s JOIN determination d ON d.snapshot_id = s.id WHERE d.reason = 're-evaluation' AND s.household_ref = $1`,
        [householdRef],
      )
    ).rows[0].count
  const before = await again(head.householdRef)
  const cars = definitionOf('dvld_car_info')
  const row = car(head.number, { registration_number: 'L-1' })
  await loadDelivery(database, cars, { id: 'killed', asOf: '2026-11-02', rows: [row] })
  t.match(await waiting(database.pool), { loads: 1, persons: 0 })
  t.equal(await isWorkDue(database.pool), true)
  await follow()
  t.match(await waiting(database.pool), { loads: 0, households: 0 })
  t.equal(await again(head.householdRef), before + 1)
  const [stored] = (
    await database.pool.query(
      'SELECT d.id FROM determination d JOIN fact_snapshot s ON s.id = d.snapshot_id WHERE s.household_ref = $1 ORDER BY d.created_at DESC',
      [head.householdRef],
    )
  ).rows
  t.match((await get(`/v1/determinations/${stored.id}`)).json(), {
    reason: 're-evaluation',
    reasonText: { ar: 'أُعيد التقييم لتغيّر بيانات الأسرة' },
  })

  // The household that somebody left is determined again, although the service brought membership up to date before the worker looked.
  const { householdRef } = head
  const leaving = (await service.membersOf(householdRef)).find(({ isHead }) => !isHead)
  if (leaving === undefined) throw new Error('the last head lives alone')
  const left = await app.inject({
    method: 'POST',
    url: '/v1/registries/cspd_family_booklet/loads?delivery=own&asOf=2026-11-01',
    headers: { ...service.headers, 'content-type': 'text/csv' },
    payload: `national_number,civil_record_no,role\n${leaving.number},T-77,head\n`,
  })
  t.match(left.json(), { inserted: 1 }, left.body)
  t.match(
    (
      await database.pool.query('SELECT count(*) FROM household_member WHERE household_ref = $1 AND person_ref = $2 AND valid_to IS NULL', [
        householdRef,
        leaving.personRef,
      ])
    ).rows,
    [{ count: 0 }],
    'membership follows at once',
  )
  await follow()
  t.equal(await again(householdRef), before + 2)
  // A load that says nothing new queues nobody.
  await loadDelivery(database, cars, { id: 'same', asOf: '2026-11-02', rows: [row] })
  t.equal(await isWorkDue(database.pool), false)

  // Whom a row named, and names no more.
  const lineage = definitionOf('cspd_lineage')
  const { rows: kin } = await database.pool.query(
    `SELECT i.number, f.number AS father, l.father_ref FROM warehouse.cspd_lineage l JOIN identity.identifier i USING (person_ref) JOIN identity.identifier f ON f.person_ref = l.father_ref LIMIT 1`,
  )
  await loadDelivery(database, lineage, {
    id: 'fatherless',
    asOf: '2026-11-02',
    rows: [{ national_number: kin[0].number, father_ref: null, mother_ref: null }],
  })
  const { rows: noted } = await database.pool.query('SELECT FROM warehouse.changed_person WHERE person_ref = $1', [kin[0].father_ref])
  t.equal(noted.length, 1)
  await follow()
})

t.test('when everybody of a household has died, what stood is a question', async (t) => {
  const { head } = await eligibleHousehold([heads[0]?.householdRef ?? 0])
  const members = await service.membersOf(head.householdRef)
  const deaths = members.map(({ number }, place) =>
    event('CSPD_Death_Info', 'c', { national_number: number, death_date: '2026-10-30', certificate_no: `T-${place}` }),
  )
  t.match((await post('/v1/changes', deaths)).json(), { counts: { inserted: members.length } })
  await follow()
  const { rows } = await database.pool.query(
    'SELECT DISTINCT kind FROM standing_question WHERE household_ref = $1 AND settled_at IS NULL',
    [head.householdRef],
  )
  t.same(rows, [{ kind: 'unit-ended' }])
  await decidedBySomebody(t, head.householdRef)
  t.match((await post('/v1/households/lookup', { nationalId: head.number })).json(), { code: 'person-deceased' })
})

/** A user who signed in settles it, once, and is named; whoever may only write rules, or another site, does not. */
async function decidedBySomebody(t: Test, householdRef: number): Promise<void> {
  await ensureEntities(database.pool, entities)
  const person = async (login: string, role: Role) => {
    const user = { login, name: login, entity: 'NAF', roles: [role], contact: '', language: 'ar' } as const
    const id = (await insertUser(database.pool, user)) as string
    const token = await startSession(database.pool, id, { idleMinutes: 30, hours: 1 })
    const cookie = `__Host-mizan-session=${token}`
    return { id, cookie, own: { cookie, 'x-csrf-token': csrfTokenOf(token) } }
  }
  const [checker, manager] = [await person('checker', 'checker'), await person('manager', 'programme-manager')]
  const open = async (): Promise<{ id: string; householdRef: number }[]> =>
    (await app.inject({ url: '/v1/standing-questions?programme=unified-cash-transfer', headers: checker.own })).json().questions
  const question = (await open()).find((one) => one.householdRef === householdRef)
  const url = `/v1/standing-questions/${question?.id}/settle`
  const say = async (sent: Record<string, string>) =>
    (await app.inject({ method: 'POST', url, headers: sent, payload: { decision: 'later-holds', reason: 'the papers were seen' } })).json()
  t.match(await say({ cookie: checker.cookie }), { code: 'csrf-token-missing' })
  t.match(await say(manager.own), { code: 'permission-missing', expected: 'standing:decide' })
  t.match(await say(checker.own), { decision: 'later-holds', id: question?.id })
  t.match(await say(checker.own), { code: 'standing-question-not-found' }, 'once')
  t.notOk((await open()).some(({ id }) => id === question?.id))
  const { rows } = await database.pool.query('SELECT settled_by, decision FROM standing_question WHERE id = $1', [question?.id])
  t.match(rows, [{ settled_by: checker.id, decision: 'later-holds' }])
  const events = await database.pool.query(
    "SELECT body::json->>'actor' AS actor FROM audit_event WHERE body::json->>'action' = 'standing-question.settled'",
  )
  t.same(events.rows, [{ actor: checker.id }])
}

t.test('events that cannot be taken are set aside, told, and stop none of the others', async (t) => {
  const [head] = heads
  const good = event('SSC_Salaries', 'c', wage(head?.number ?? '', '10', '2025-01-01'))
  const batch = [
    good,
    { ...good, source: { ...good.source, table: 'Nobodys_Table' } },
    { ...good, source: { ...good.source, lsn: 'soon' } },
    { ...good, source: { ...good.source, ts_ms: Date.now() + 86_400_000 } },
    { ...good, op: 'x' },
    { ...good, after: { ...good.after, national_number: '٩٩٩١٢٣٤٥٦٧' } },
    { ...good, after: { ...good.after, establishment_no: 'a\0b', extra: 1 } },
    { ...good, after: null },
    { ...good, source: { ...good.source, lsn: undefined, file: 'bin.000001', pos: 4 } },
    { payload: good },
    null,
    17,
  ]
  const answer = (await post('/v1/changes', batch)).json()
  t.match(answer.counts, { received: 12, inserted: 1, duplicate: 1, ignored: 1, rejected: 9 })
  t.same(
    answer.rejected.map(({ index, reasons }: { index: number; reasons: string[] }) => [index, ...reasons]),
    [
      [1, 'source.table: table-unknown'],
      [2, 'source: position-missing'],
      [3, 'source.ts_ms: time-in-future'],
      [4, 'op: operation-unknown'],
      [5, 'national_number: national-id-malformed'],
      [6, 'extra: column-unknown', 'establishment_no: text-has-nul'],
      [7, 'after: row-missing'],
      [8, 'source: position-of-other-form'],
      [11, 'envelope-malformed'],
    ],
  )
  const page = (await get('/v1/changes/rejected?registry=ssc_salaries&limit=2')).json()
  t.match(page, { changes: [{ reasons: ['source: position-missing'] }, {}], next: Number })
  t.equal(
    (await get(`/v1/changes/rejected?after=${page.next}`)).json().changes.every(({ id }: { id: number }) => id > page.next),
    true,
  )

  const lines = [
    JSON.stringify(event('SSC_Salaries', 'c', wage(head?.number ?? '', '11', '2025-02-01'))),
    '{"op":',
    '{"op":"c","op":"d"}',
    '',
  ]
  const headers = { ...service.headers, 'content-type': 'application/x-ndjson' }
  const ndjson = await app.inject({ method: 'POST', url: '/v1/changes', headers, payload: lines.join('\n') })
  t.match(ndjson.json(), { counts: { received: 3, inserted: 1, rejected: 2 } })
  for (const [payload, code] of [
    ['[]', 'request-invalid'],
    ['{', 'json-malformed'],
    ['', 'body-missing'],
    [`[${'1,'.repeat(5_000)}1]`, 'request-invalid'],
  ] as const)
    t.match(
      (
        await app.inject({ method: 'POST', url: '/v1/changes', headers: { ...headers, 'content-type': 'application/json' }, payload })
      ).json(),
      { code },
    )
  t.match(
    (await app.inject({ method: 'POST', url: '/v1/determinations', headers, payload: '{}' })).json(),
    { status: 415 },
    'NDJSON is read here only',
  )
  for (const one of heads) t.notMatch(logged(), new RegExp(one.number))
})

t.test('a custodian changes its own registries only, and sees what it sent', async (t) => {
  const ssc = {
    authorization: `Bearer ${await createKey(database.pool, { name: 'x', entity: 'SSC', permissions: ['changes:write', 'changes:read'] })}`,
  }
  const number = heads[1]?.number ?? ''
  const sent = await post(
    '/v1/changes',
    [
      event('CSPD_Death_Info', 'c', { national_number: number, death_date: '2026-10-01', certificate_no: 'T' }),
      event('SSC_Salaries', 'c', wage(number, '9', '2024-01-01')),
    ],
    ssc,
  )
  t.match(sent.json(), { counts: { inserted: 1, rejected: 1 }, rejected: [{ index: 0, reasons: ['source.table: not-custodian'] }] })
  t.equal((await get('/v1/changes/rejected', ssc)).json().changes.length, 1)
  t.match((await post('/v1/changes', [], await keyWith('changes:read'))).json(), { code: 'permission-missing' })
})

t.test('freshness: heartbeats move it, some changes of a registry that was never loaded do not, its whole first copy does', async (t) => {
  await database.pool.query(
    "DELETE FROM warehouse.registry_state WHERE registry = 'ofdc_orphans'; UPDATE warehouse.registry_state SET as_of = '2025-01-01' WHERE registry = 'csb_employees'",
  )
  const stateOf = async (id: string) =>
    (await get('/v1/registries')).json().registries.find((one: { id: string }) => one.id === id).freshness.state
  t.same([await stateOf('ofdc_orphans'), await stateOf('csb_employees')], ['missing', 'stale'])
  const definition = (await get('/v1/registries')).json().registries.find((one: { id: string }) => one.id === 'csb_employees')
  const beat = event(definition.sourceName, 'h', null)
  t.match((await post('/v1/changes', [beat])).json(), { counts: { ignored: 1 }, seq: null })
  t.equal(await stateOf('csb_employees'), 'fresh')
  const names = (await get('/v1/registries')).json().registries.find((one: { id: string }) => one.id === 'ofdc_orphans')
  await post('/v1/changes', [event(names.sourceName, 'h', null)])
  t.equal(await stateOf('ofdc_orphans'), 'missing', 'absent persons are not known to be absent')
  t.match((await get('/metrics')).body, /mizan_registry_state\{registry="ofdc_orphans",state="missing"\} 1/)
  t.match((await get('/metrics')).body, /mizan_changes_total\{registry="ssc_salaries",kept="inserted"\}/)
  t.match((await get('/metrics')).body, /mizan_change_lag_seconds_count\{registry="ssc_salaries"\}/)
})

t.test('a household that fails holds up no other, and is given up after five attempts; the worker takes what is due', async (t) => {
  const broken = { ...deps, versions: { ...deps.versions, inForce: async () => Promise.reject(new Error('away')) } }
  await follow()
  t.match(await waiting(database.pool), { persons: 0, households: 0, givenUp: 0 })
  await database.pool.query('INSERT INTO re_evaluation (household_ref) VALUES ($1), ($2)', [heads[2]?.householdRef, heads[3]?.householdRef])
  for (let attempt = 1; attempt <= 5; attempt++) {
    await followChanges(broken, { signal: never, log: silent })
    await database.pool.query("UPDATE re_evaluation SET due_at = now() WHERE due_at < 'infinity'")
  }
  t.match(await waiting(database.pool), { households: 0, givenUp: 2 })
  const worker = await workOnReEvaluations(deps, silent)
  const changed = event('SSC_Salaries', 'c', wage(heads[2]?.number ?? '', '12', '2024-03-01'))
  await post('/v1/applications', application(heads[2]?.number ?? ''), { 'idempotency-key': newId() })
  await post('/v1/changes', [changed])
  for (const deadline = Date.now() + 60_000; (await waiting(database.pool)).givenUp !== 1; await sleep(50)) if (Date.now() > deadline) break
  await worker.stop()
  t.match(await waiting(database.pool), { persons: 0, givenUp: 1 }, 'a change of its data tries one again')
})
