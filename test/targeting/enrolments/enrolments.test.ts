import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { currentEnrolments, enrolmentExport } from '../../../src/targeting/enrolments/enrolment-store.ts'
import { settleUndetermined } from '../../../src/targeting/enrolments/settle-places.ts'
import type { CurrentEnrolment } from '../../../src/targeting/enrolments/enrolment-store.ts'
import { AS_OF, seededApp } from '../../support/seeded-app.ts'

const service = await seededApp(t, 12)
const { app, post, database, heads, membersOf, keyWith } = service
const { pool } = database
const CASH = 'unified-cash-transfer'
const PERSON_PROGRAMME = 'pwd-rehabilitation'
let next = 0
/** A household that no other test uses. */
const household = (): number => heads[next++]?.householdRef ?? 0
const report = (householdRef: number, state: string, on: string, more: object = {}) => ({
  programme: CASH,
  householdRef,
  state,
  on,
  reference: randomUUID(),
  ...more,
})
const send = async (...reports: unknown[]) => (await post('/v1/enrolments', { reports })).json()
const lookUp = async (householdRef: number) => (await post('/v1/enrolments/lookup', { householdRef })).json()
const eventsOf = async (action: string): Promise<Record<string, unknown>[]> =>
  (
    await pool.query("select body::jsonb as body from audit_event where action = $1 and body::jsonb ->> 'outcome' <> '' order by id", [
      action,
    ])
  ).rows.map(({ body }) => body)
const count = async (table: string): Promise<number> => (await pool.query(`select count(*) as count from ${table}`)).rows[0].count

t.test('the full life of a household in a programme', async (t) => {
  const householdRef = household()
  t.match(await lookUp(householdRef), { householdRef, served: false, enrolments: [], history: [] })
  const life = ['selected', 'notified', 'visited', 'enrolled', 'suspended', 'enrolled', 'exited', 'selected', 'declined', 'selected']
  for (const [index, state] of life.entries()) {
    const on = `2026-${String(index + 1).padStart(2, '0')}-01`
    const answer = await send(report(householdRef, state, on, { reason: 'monthly-list' }))
    t.match(answer, { counts: { applied: 1, late: 0, repeated: 0, refused: 0 }, reports: [{ index: 0, kept: 'applied' }] }, state)
    t.match(await lookUp(householdRef), {
      served: state === 'enrolled',
      enrolments: [{ programme: CASH, personRef: null, state, since: on, stateText: { ar: /[\u0600-\u06ff]/ }, undeterminedSince: null }],
    })
  }
  const { history } = await lookUp(householdRef)
  t.same(
    history.map(({ state }: { state: string }) => state),
    life.toReversed(),
  )
  t.match(history[0], { entity: 'MODEE', reason: 'monthly-list', applied: true, on: '2026-10-01' })
  t.match((await eventsOf('enrolments.reported')).at(-1), {
    entity: 'MODEE',
    purpose: /served/,
    outcome: 'applied 1, late 0, repeated 0, refused 0',
    objects: [`enrolment:${CASH}/${householdRef}`],
  })
  t.match((await eventsOf('enrolments.looked-up')).at(-1), { householdRef, read: ['enrolment', 'enrolment_report'] })
  await t.rejects(pool.query('update enrolment_report set applied = false'), /never changes/)
  await t.rejects(pool.query('delete from enrolment_report'), /never changes/)
})

t.test('nobody reports for the programme of another agency, nor learns what was reported of it', async (t) => {
  const [householdRef, reference] = [household(), randomUUID()]
  const enrolled = report(householdRef, 'enrolled', '2026-01-01', { reference })
  const stranger = await keyWith('enrolments:write', 'enrolments:read')
  const sendAs = async (headers: { authorization: string }, body: unknown) =>
    (await app.inject({ method: 'POST', url: '/v1/enrolments', headers, payload: { reports: [body] } })).json()
  const refusal = {
    counts: { applied: 0, refused: 1 },
    refused: [{ code: 'enrolment-programme-not-yours', pointer: '/reports/0/programme' }],
  }
  t.match(await sendAs(stranger, enrolled), refusal)
  t.match(await lookUp(householdRef), { served: false, enrolments: [] })
  t.match(await sendAs(await keyWith('enrolments:write', 'enrolments:write-any'), enrolled), { counts: { applied: 1 } })
  t.match(await sendAs(stranger, enrolled), refusal, 'not even that it is a repetition')
  const own = { authorization: `Bearer ${await createKey(pool, { name: 'fund', entity: 'NAF', permissions: ['enrolments:write'] })}` }
  t.match(await sendAs(own, report(householdRef, 'suspended', '2026-02-01')), { counts: { applied: 1 } })
})

t.test('a state that may not follow is refused, with those that may; the good rows are stored', async (t) => {
  const [one, other] = [household(), household()]
  const answer = await send(
    report(one, 'suspended', '2026-01-01'),
    report(other, 'enrolled', '2026-01-01'),
    report(other, 'notified', '2026-01-02'),
  )
  t.match(answer, {
    counts: { applied: 1, refused: 2 },
    reports: [{ index: 1, kept: 'applied' }],
    refused: [
      { index: 0, pointer: '/reports/0/state', code: 'enrolment-transition-refused', expected: /enrolled/, title: { ar: /الوحدة/ } },
      { index: 2, pointer: '/reports/2/state', expected: 'one of suspended, exited', hint: { en: /expected/, ar: /expected/ } },
    ],
  })
  t.equal((await lookUp(one)).history.length, 0)
})

t.test('what comes late is history and moves nothing; rows of one batch are taken by their days', async (t) => {
  const householdRef = household()
  t.match((await send(report(householdRef, 'enrolled', '2026-03-01'), report(householdRef, 'notified', '2026-02-01'))).counts, {
    applied: 2,
  })
  const late = await send(report(householdRef, 'visited', '2026-02-10'), report(householdRef, 'exited', '2026-02-11'))
  t.match(late, { counts: { applied: 0, late: 2 }, reports: [{ kept: 'late' }, { kept: 'late' }] })
  const { enrolments, history } = await lookUp(householdRef)
  t.match(enrolments, [{ state: 'enrolled', since: '2026-03-01' }])
  t.same(
    history.map(({ state, applied }: { state: string; applied: boolean }) => [state, applied]),
    [
      ['enrolled', true],
      ['exited', false],
      ['visited', false],
      ['notified', true],
    ],
  )
  t.match((await send(report(householdRef, 'suspended', '2026-03-01'))).counts, { applied: 1 }, 'the same day is not late')
})

t.test('one reference is one report: the same again, something else, and both within a batch', async (t) => {
  const [one, other] = [household(), household()]
  const first = report(one, 'selected', '2026-01-01', { reference: 'NAF/2026.1:7', reason: 'list' })
  const [{ id }] = (await send(first)).reports
  t.match(await send(first), { counts: { repeated: 1, applied: 0 }, reports: [{ id, kept: 'repeated' }] })
  await send(report(one, 'notified', '2026-01-02'))
  t.match(await send(first), { reports: [{ id, kept: 'repeated' }] }, 'after the unit went on')
  for (const change of [{ state: 'visited' }, { on: '2026-01-03' }, { reason: 'other' }, { reason: undefined }, { householdRef: other }]) {
    const refused = [{ pointer: '/reports/0/reference', code: 'enrolment-reference-conflict' }]
    t.match(await send({ ...first, ...change }), { counts: { refused: 1 }, reports: [], refused })
  }
  t.match((await send({ ...first, programme: 'housing' })).counts, { applied: 1 }, 'another programme’s reference is another')
  const twice = report(other, 'enrolled', '2026-01-01')
  const bad = report(other, 'enrolled', '2026-02-01')
  t.match(await send(twice, twice, { ...twice, on: '2026-01-02' }, bad, bad, { ...bad, on: '2026-02-02' }), {
    counts: { applied: 1, repeated: 1, refused: 4 },
    refused: [
      { index: 2, code: 'enrolment-reference-conflict' },
      { index: 3, code: 'enrolment-transition-refused' },
      { index: 4, code: 'enrolment-transition-refused', pointer: '/reports/4/state' },
      { index: 5, code: 'enrolment-reference-conflict' },
    ],
  })
})

t.test('twenty batches at once under one reference are one report', async (t) => {
  const householdRef = household()
  const before = await count('enrolment_report')
  const one = report(householdRef, 'enrolled', '2026-01-01')
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(one)))
  t.equal(answers.filter(({ counts }) => counts.applied === 1).length, 1)
  t.equal(answers.filter(({ counts }) => counts.repeated === 1).length, 19)
  t.equal(new Set(answers.map(({ reports }) => reports[0].id)).size, 1)
  t.equal((await count('enrolment_report')) - before, 1)
})

t.test('two reports about one unit at once: one after the other, so that only one of two ways is taken', async (t) => {
  const householdRef = household()
  await send(report(householdRef, 'visited', '2026-01-01'))
  const ways = Array.from({ length: 20 }, (_, index) => report(householdRef, index % 2 ? 'enrolled' : 'declined', '2026-02-01'))
  const answers = await Promise.all(ways.map((one) => send(one)))
  t.equal(answers.filter(({ counts }) => counts.applied === 1).length, 1)
  t.equal(answers.filter(({ refused }) => refused[0]?.code === 'enrolment-transition-refused').length, 19)
  const { enrolments, history } = await lookUp(householdRef)
  t.equal(history.length, 2)
  t.equal(enrolments[0].state, history[0].state)
})

t.test('batches that name programmes in opposite orders never wait for each other', async (t) => {
  const householdRef = household()
  const both = (index: number) => {
    const rows = [report(householdRef, 'selected', '2026-01-01'), report(householdRef, 'selected', '2026-01-01', { programme: 'housing' })]
    return index % 2 ? rows : rows.toReversed()
  }
  const responses = await Promise.all(Array.from({ length: 20 }, (_, index) => post('/v1/enrolments', { reports: both(index) })))
  t.same(new Set(responses.map(({ statusCode }) => statusCode)), new Set([200]))
})

t.test('person programmes name a member; household programmes none', async (t) => {
  const householdRef = household()
  const [member, second] = await membersOf(householdRef)
  const stranger = heads.find((head) => head.householdRef !== householdRef)
  const of = (more: object) => report(householdRef, 'enrolled', '2026-01-01', { programme: PERSON_PROGRAMME, ...more })
  const answer = await send(
    of({ personRef: member?.personRef }),
    of({}),
    of({ personRef: stranger?.personRef }),
    report(householdRef, 'enrolled', '2026-01-01', { personRef: member?.personRef }),
    ...(second ? [of({ personRef: second.personRef })] : []),
  )
  t.equal(answer.counts.applied, second ? 2 : 1)
  t.match(answer.refused, [
    { index: 1, pointer: '/reports/1/personRef', code: 'enrolment-unit-mismatch' },
    { index: 2, pointer: '/reports/2/personRef', code: 'enrolment-unit-unknown' },
    { index: 3, pointer: '/reports/3/personRef', code: 'enrolment-unit-mismatch' },
  ])
  t.match((await lookUp(householdRef)).enrolments[0], { programme: PERSON_PROGRAMME, state: 'enrolled' })
  t.match((await eventsOf('enrolments.reported')).at(-1), {
    objects: [member, second].flatMap((one) => (one ? [`enrolment:${PERSON_PROGRAMME}/${householdRef}/${one.personRef}`] : [])).toSorted(),
  })
})

t.test('rows that are refused, each with its place, and never a value that was sent', async (t) => {
  const householdRef = heads[0]?.householdRef ?? 0
  const number = heads[0]?.number ?? ''
  const with_ = (change: object) => report(householdRef, 'selected', '2026-01-01', { programme: 'in-kind', ...change })
  const cases: [unknown, string, string?][] = [
    [null, ''],
    ['x', ''],
    [[], ''],
    [{}, '/programme'],
    [with_({ extra: 1 }), '/extra'],
    [with_({ 'a~b/c': 1 }), '/a~0b~1c'],
    [with_({ programme: 'none' }), '/programme', 'enrolment-programme-unknown'],
    [with_({ programme: 1 }), '/programme'],
    [with_({ householdRef: String(householdRef) }), '/householdRef'],
    [with_({ householdRef: 0 }), '/householdRef'],
    [with_({ householdRef: 1e300 }), '/householdRef'],
    [with_({ householdRef: 1.5 }), '/householdRef'],
    [with_({ householdRef: Number(`9${number.slice(1)}`) }), '/householdRef', 'enrolment-unit-unknown'],
    [with_({ householdRef: Number.MAX_SAFE_INTEGER }), '/householdRef', 'enrolment-unit-unknown'],
    [with_({ personRef: null }), '/personRef'],
    [with_({ state: 'served' }), '/state'],
    [with_({ state: null }), '/state'],
    [with_({ on: '2026-02-30' }), '/on'],
    [with_({ on: '0000-01-01' }), '/on'],
    [with_({ on: '2026-11-02' }), '/on', 'enrolment-date-ahead'],
    [with_({ on: '9999-12-31' }), '/on', 'enrolment-date-ahead'],
    [with_({ on: 20260101 }), '/on'],
    [with_({ reference: '' }), '/reference'],
    [with_({ reference: 'a b' }), '/reference'],
    [with_({ reference: 'x'.repeat(65) }), '/reference'],
    [with_({ reference: number }), '/reference', 'enrolment-reference-number'],
    [with_({ reference: `NAF${number}x` }), '/reference', 'enrolment-reference-number'],
    [with_({ reason: 'moved abroad' }), '/reason'],
    [with_({ reason: number }), '/reason'],
    [with_({ reason: '' }), '/reason'],
  ]
  const before = await count('enrolment_report')
  const response = await post('/v1/enrolments', { reports: cases.map(([row]) => row) })
  t.equal(response.statusCode, 200, response.body)
  const { refused, counts } = response.json()
  t.match(counts, { applied: 0, refused: cases.length })
  for (const [index, [row, place, code = 'request-invalid']] of cases.entries()) {
    t.match(refused[index], { index, pointer: `/reports/${index}${place}`, code, hint: { en: /./, ar: /./ } }, JSON.stringify(row))
  }
  t.notMatch(response.body, number)
  t.equal(await count('enrolment_report'), before)
  const [event] = (await eventsOf('enrolments.reported')).slice(-1)
  t.notMatch(JSON.stringify(event?.['objects']), new RegExp(`9${number.slice(1)}|${number}`))
  t.notMatch(service.logged(), number)
  t.equal((await send(with_({ on: AS_OF, reference: 'f47ac10b-58cc-4372-a567-0e1234567890' }))).counts.applied, 1, 'today, and any UUID')
})

t.test('bodies that are no batch, and those who may not', async (t) => {
  const cases: [unknown, string][] = [
    [{}, '/reports'],
    [[], ''],
    [{ reports: [] }, '/reports'],
    [{ reports: {} }, '/reports'],
    [{ reports: null }, '/reports'],
    [{ reports: Array.from({ length: 1_001 }, () => 1) }, '/reports'],
    [{ reports: [1], more: 1 }, '/more'],
  ]
  for (const [body, pointer] of cases)
    t.match(
      (await post('/v1/enrolments', body)).json(),
      { status: 400, code: 'request-invalid', pointer },
      JSON.stringify(body).slice(0, 80),
    )
  for (const text of ['in\u0000kind', '\ud800', '__proto__'])
    for (const field of ['programme', 'reference', 'reason', 'on', text]) {
      const answer = await post('/v1/enrolments', { reports: [{ ...report(1, 'enrolled', '2026-01-01'), [field]: text }] })
      t.ok(answer.statusCode < 500 && answer.json().counts?.applied !== 1, `${field} ${answer.statusCode}`)
    }
  t.match((await post('/v1/enrolments', { reports: ['x'.repeat(600_000)] })).json(), { code: 'body-too-large' })
  for (const [body, pointer] of [
    [{}, '/householdRef'],
    [{ householdRef: '1' }, '/householdRef'],
    [{ householdRef: 1, nationalId: '9001234567' }, '/nationalId'],
  ] as const)
    t.match((await post('/v1/enrolments/lookup', body)).json(), { status: 400, code: 'request-invalid', pointer })
  t.match((await post('/v1/enrolments/lookup', { householdRef: Number.MAX_SAFE_INTEGER })).json(), {
    code: 'enrolment-unit-unknown',
    status: 422,
  })
  const reader = await keyWith('enrolments:read', 'applications:write')
  const writer = await keyWith('enrolments:write')
  const { householdRef } = heads[0] as { householdRef: number }
  t.match((await post('/v1/enrolments', { reports: [1] }, reader)).json(), { code: 'permission-missing', expected: 'enrolments:write' })
  t.match((await post('/v1/enrolments/lookup', { householdRef }, writer)).json(), {
    code: 'permission-missing',
    expected: 'enrolments:read',
  })
  t.equal((await post('/v1/enrolments', { reports: [1] }, writer)).statusCode, 200)
  t.equal((await post('/v1/enrolments/lookup', { householdRef }, reader)).statusCode, 200)
})

t.test('who holds a place: pages in one order, undetermined units, the export', async (t) => {
  const programme = 'monthly-payment'
  const all = async (...more: [(readonly 'selected'[])?, number?]) => {
    const rows: CurrentEnrolment[] = []
    for await (const page of currentEnrolments(pool, programme, ...more)) rows.push(...page)
    return rows
  }
  t.same(await all(), [])
  const refs = heads.slice(0, 7).map(({ householdRef }) => householdRef)
  const enrol = (state: string, on: string, refsOf: readonly number[]) =>
    send(...refsOf.map((ref) => report(ref, state, on, { programme })))
  await enrol('enrolled', '2026-01-01', refs.slice(0, 6))
  await enrol('selected', '2026-01-01', refs.slice(6))
  await enrol('suspended', '2026-02-01', refs.slice(0, 1))
  await enrol('exited', '2026-02-01', refs.slice(1, 2))
  const held = refs
    .toSpliced(1, 1)
    .slice(0, 5)
    .toSorted((a, b) => a - b)
  const places = await all()
  t.same(
    places.map(({ householdRef }) => householdRef),
    held,
  )
  t.match(
    places.find(({ householdRef }) => householdRef === refs[0]),
    { state: 'suspended', since: '2026-02-01', personRef: null, undeterminedSince: null },
  )
  for (const page of [1, 2, 5]) t.same(await all(undefined, page), places, `pages of ${page}`)
  t.equal((await all(['selected'])).length, 1)
  const since = async () =>
    (await all()).filter(({ undeterminedSince }) => undeterminedSince).map((one) => [one.householdRef, one.undeterminedSince])
  const unit = (householdRef: number | undefined) => ({ householdRef: householdRef ?? 0, personRef: null })
  const everybody = refs.map(unit)
  const settle = (asOf: string, ...undetermined: { householdRef: number; personRef: null }[]) => {
    const determined = everybody.filter(({ householdRef }) => !undetermined.some((one) => one.householdRef === householdRef))
    return database.transaction(({ client }) => settleUndetermined(client, programme, { determined, undetermined }, asOf))
  }
  await settle('2026-03-01', unit(held[0]), unit(held[1]), unit(refs[1]), unit(refs[6]))
  t.same(await since(), [
    [held[0], '2026-03-01'],
    [held[1], '2026-03-01'],
  ])
  await settle('2026-04-01', unit(held[1]), unit(held[2]))
  t.same(await since(), [
    [held[1], '2026-03-01'],
    [held[2], '2026-04-01'],
  ])
  await enrol('exited', '2026-05-01', [held[1] as number])
  t.same(await since(), [[held[2], '2026-04-01']])
  await database.transaction(({ client }) =>
    settleUndetermined(client, programme, { determined: [unit(held[0])], undetermined: [] }, '2026-05-01'),
  )
  t.same(await since(), [[held[2], '2026-04-01']], 'who was not judged stays as it was')
  await settle('2026-05-01')
  t.same(await since(), [])
  await settle('2025-05-01', unit(held[2]))
  t.same(await since(), [[held[2], '2026-01-01']], 'not before it held its place')
  await settle('2026-05-01')
  const { rows, fields } = await pool.query(enrolmentExport.query)
  t.same(
    fields.map(({ name }) => name),
    enrolmentExport.columns.map(({ name }) => name),
  )
  t.equal(rows.length, await count('enrolment'))
})

t.test('a thousand reports in one batch', async (t) => {
  const states = ['enrolled', 'suspended']
  const reports = Array.from({ length: 1_000 }, (_, index) =>
    report(heads[8]?.householdRef ?? 0, states[index % 2] as string, '2026-06-01', { programme: 'energy-support' }),
  )
  const started = performance.now()
  const answer = await send(...reports)
  t.comment(`${Math.round(performance.now() - started)} ms`)
  t.match(answer.counts, { applied: 1_000 })
  t.match((await send(...reports)).counts, { repeated: 1_000 })
  t.ok(answer.reports.every(({ kept }: { kept: string }) => kept === 'applied'))
})
