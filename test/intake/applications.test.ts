import { randomUUID } from 'node:crypto'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { withFormats } from '../../src/http/validator.ts'
import { ApplicationAnswer } from '../../src/intake/schema.ts'
import { application, AS_OF, seededApp } from '../support/seeded-app.ts'
import type { SeededApp } from '../support/seeded-app.ts'

const isAnswer = withFormats(new Ajv2020({ strict: true, allowUnionTypes: true })).compile(ApplicationAnswer)
const key = (value: string = randomUUID()) => ({ 'idempotency-key': value })
const count = async ({ database }: SeededApp, table: string): Promise<number> =>
  (await database.pool.query(`select count(*) as n from ${table}`)).rows[0].n

t.test('one application, every programme answered, stored in one transaction', async (t) => {
  const service = await seededApp(t)
  const { post, get, database, heads } = service
  const outcomes = new Set<string>()
  for (const { number, personRef, householdRef } of heads.slice(0, 25)) {
    const response = await post('/v1/applications', application(number, { dwelling: { rooms: 3 } }), key())
    t.equal(response.statusCode, 201, response.body.slice(0, 300))
    const answer = response.json()
    t.ok(isAnswer(answer), JSON.stringify(isAnswer.errors))
    t.match(answer, { status: 'determined', asOf: AS_OF, household: { householdRef, person: { personRef, isHead: true } } })
    t.equal(answer.programmes.length, 7)
    t.equal(response.headers.location, `/v1/applications/${answer.id}`)
    for (const one of answer.programmes) {
      outcomes.add(one.outcome)
      t.equal(one.determinations.length, one.unit === 'person' ? answer.household.members.length : 1, one.programme)
      for (const unit of one.determinations) {
        t.ok(unit.id && unit.reasons.en.length > 0 && unit.reasons.ar.length > 0, one.programme)
        t.match(unit.reasons.ar.join(), /[\u0600-\u06ff]/)
        t.equal(unit.missing.length > 0, unit.outcome === 'undetermined', `${one.programme} ${unit.outcome}`)
      }
    }
    const read = await get(`/v1/applications/${answer.id}`)
    t.equal(read.body, response.body, 'read back byte for byte')
    const { rows } = await database.pool.query('select programme, person_ref, outcome from determination where application_id = $1', [
      answer.id,
    ])
    t.equal(rows.length, answer.programmes.flatMap((one: { determinations: unknown[] }) => one.determinations).length)
    const events = await database.pool.query("select body from audit_event where body like '%' || $1 || '%' order by id", [answer.id])
    t.match(
      events.rows.map(({ body }) => JSON.parse(body)),
      [
        { action: 'application.posted', entity: 'MODEE', personRef, householdRef, purpose: /intake/, outcome: 'determined' },
        { action: 'application.read', personRef, householdRef },
      ],
    )
  }
  t.ok(outcomes.has('eligible') && outcomes.has('ineligible') && !outcomes.has('withheld'), [...outcomes].join())
  t.equal(await count(service, 'declared_answers'), 25)
  t.match((await get(`/v1/applications/${randomUUID()}`)).json(), { code: 'application-not-found' })
  t.match((await get('/v1/applications/1')).json(), { code: 'request-invalid', pointer: 'params/id', expected: 'a UUID' })
  await noNumberLeaks(t, service)
})

t.test('a retry gets the same bytes and stores nothing; another body under the key is refused', async (t) => {
  const service = await seededApp(t, 10)
  const { post, heads, keyWith } = service
  const body = application(heads[0]?.number ?? '')
  const once = key()
  const first = await post('/v1/applications', body, once)
  const again = await post('/v1/applications', body, { 'idempotency-key': once['idempotency-key'].toUpperCase() })
  t.equal(again.body, first.body)
  t.equal(again.statusCode, 201)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.match((await post('/v1/applications', { ...body, remarks: 'x' }, once)).json(), { code: 'idempotency-key-reused', status: 422 })
  const other = await post('/v1/applications', body, { ...once, ...(await keyWith('applications:write')) })
  t.equal(other.statusCode, 201)
  t.not(other.json().id, first.json().id, 'another client’s key is another key')
  for (const [value, code] of [
    [undefined, 'idempotency-key-missing'],
    ['', 'idempotency-key-missing'],
    ['9001234567', 'idempotency-key-malformed'],
    ['x'.repeat(300), 'idempotency-key-malformed'],
  ] as const) {
    t.match(
      (await post('/v1/applications', body, value === undefined ? {} : { 'idempotency-key': value })).json(),
      { code, status: 400 },
      String(value),
    )
  }
  t.equal(await count(service, 'application'), 2)
})

t.test('twenty at once under one key are one application', async (t) => {
  const service = await seededApp(t, 10)
  const { post, heads } = service
  const body = application(heads[1]?.number ?? '')
  const once = key()
  const responses = await Promise.all(Array.from({ length: 20 }, () => post('/v1/applications', body, once)))
  t.same(new Set(responses.map(({ statusCode }) => statusCode)), new Set([201]))
  t.equal(new Set(responses.map(({ body: text }) => text)).size, 1)
  for (const table of ['application', 'idempotency_key', 'fact_snapshot', 'declared_answers'])
    t.equal(await count(service, table), 1, table)
  t.equal(await count(service, 'audit_event'), 20, 'whoever is told again is told on the record')
})

t.test('whoever cannot be tied to one household: stored all the same, and the answer says so', async (t) => {
  const service = await seededApp(t)
  const { post, database, heads } = service
  const { pool } = database
  const numberOf = async (personRef: number): Promise<string> =>
    (await pool.query('select number from identity.identifier where person_ref = $1', [personRef])).rows[0].number
  const dead = (
    await pool.query(
      'select person_ref from warehouse.cspd_death_info d where exists (select from identity.identifier i where i.person_ref = d.person_ref) limit 1',
    )
  ).rows[0]
  const [alone, twice] = heads.slice(0, 2) as [(typeof heads)[0], (typeof heads)[0]]
  await pool.query('update household_member set valid_to = current_date where person_ref = $1', [alone.personRef])
  await pool.query(
    "insert into household_member (household_ref, person_ref, is_head, relationship, basis, valid_from) values ($1, $2, false, 'other', 'booklet', '2020-01-01')",
    [heads[3]?.householdRef, twice.personRef],
  )
  const cases = [
    ['0000000000', 'person-not-found'],
    [dead ? await numberOf(dead.person_ref) : '', 'person-deceased'],
    [alone.number, 'household-not-found'],
    [twice.number, 'households-several'],
  ] as const
  for (const [number, status] of cases) {
    const response = await post('/v1/applications', application(number, { remarks: 'عائلة' }), key())
    t.equal(response.statusCode, 201, response.body)
    const answer = response.json()
    t.ok(isAnswer(answer), JSON.stringify(isAnswer.errors))
    t.match(answer, { status, programmes: [], household: null, resolution: { code: status, title: {}, hint: {}, stored: { ar: /حُفظ/ } } })
    t.match((await pool.query('select status, household_ref from application where id = $1', [answer.id])).rows, [
      { status, household_ref: null },
    ])
    const { rows } = await pool.query('select body from identity.unresolved_application where application_id = $1', [answer.id])
    t.equal(JSON.parse(rows[0].body).applicant.nationalId, number, 'what was sent is kept inside the vault')
    t.match((await post('/v1/determinations', { nationalId: number })).json(), { code: status, pointer: '/nationalId' })
    t.match((await post('/v1/households/lookup', { nationalId: number })).json(), { code: status })
  }
  await noNumberLeaks(t, service)
})

t.test('declared values stand beside administrative ones; what differs opens a question and refuses nobody', async (t) => {
  const service = await seededApp(t)
  const { post, database, heads, membersOf } = service
  const head = heads.find(({ number }) => number.startsWith('9')) ?? heads[0]
  const household = await membersOf(head?.householdRef ?? 0)
  const stranger = heads.find(({ householdRef }) => householdRef !== head?.householdRef)
  const members = [
    { nationalId: head?.number, relationship: 'head', birthDate: '1950-02-28', income: { wages: { amount: '100.500', period: 'month' } } },
    { nationalId: stranger?.number },
    { nationalId: '0000000001' },
  ]
  const expenses = { food: { amount: '9000', period: 'month' } }
  const body = application(head?.number ?? '', { members, expenses, remarks: `عند جاري ${stranger?.number} أو ٩٠٠١٢٣٤٥٦٧` })
  const answer = (await post('/v1/applications', body, key())).json()
  t.equal(answer.status, 'determined')
  const kinds = answer.questions.map(({ kind }: { kind: string }) => kind)
  t.ok(kinds.includes('member-not-in-household') && kinds.includes('member-unknown'), kinds.join())
  t.equal(kinds.filter((kind: string) => kind === 'member-not-declared').length, household.length - 1)
  const birth = answer.questions.find(({ fact }: { fact: string }) => fact === 'birthDate')
  t.match(birth, { kind: 'values-differ', personRef: head?.personRef, declared: '1950-02-28', shown: true, label: { ar: /الميلاد/ } })
  t.equal(await count(service, 'open_question'), answer.questions.length)
  const { rows } = await database.pool.query('select answers_text from declared_answers')
  t.notMatch(rows[0].answers_text, new RegExp(`${head?.number}|${stranger?.number}|0000000001|٩٠٠١٢`), 'answers hold references only')
  t.match(JSON.parse(rows[0].answers_text), {
    applicant: { personRef: head?.personRef },
    members: [{ personRef: head?.personRef }, {}, { personRef: null }],
  })
  const again = (await post('/v1/determinations', { nationalId: head?.number, store: true })).json()
  const { rows: snapshots } = await database.pool.query('select declared_by from fact_snapshot')
  t.same(new Set(snapshots.map(({ declared_by }) => declared_by)), new Set([answer.id]), 'a later determination uses what was declared')
  t.same(
    again.programmes.map(({ outcome }: { outcome: string }) => outcome),
    answer.programmes.map(({ outcome }: { outcome: string }) => outcome),
  )
  await noNumberLeaks(t, service)
})

t.test('somebody named twice, by an old number too, stays one member; what contradicts is not used', async (t) => {
  const service = await seededApp(t)
  const { post, database, heads, membersOf } = service
  const head = heads[0]
  const household = await membersOf(head?.householdRef ?? 0)
  await database.pool.query(
    `insert into identity.identifier (number, kind, person_ref, superseded_by) select '0000099999', kind, person_ref, number
     from identity.identifier where number = $1`,
    [head?.number],
  )
  const wages = (nationalId: string | undefined, amount: string, more = {}) => ({
    nationalId,
    income: { wages: { amount, period: 'month' } },
    ...more,
  })
  const answerTo = async (members: unknown[]) =>
    (await post('/v1/applications', application(head?.number ?? '', { members }), key())).json()
  const told = ({ household: { members }, programmes }: { household: { members: unknown[] }; programmes: Record<string, unknown>[] }) => ({
    members: members.length,
    programmes: programmes.map(({ programme, outcome, score }) => ({ programme, outcome, score })),
  })
  const once = await answerTo([wages(head?.number, '100')])
  const twice = await answerTo([wages(head?.number, '100'), wages(head?.number, '100')])
  const renewed = await answerTo([wages(head?.number, '100'), wages('0000099999', '100')])
  t.equal(once.household.members.length, household.length)
  t.same(told(twice), told(once))
  t.same(told(renewed), told(once))
  const kinds = (answer: { questions: { kind: string }[] }) => answer.questions.map(({ kind }) => kind)
  t.ok(kinds(renewed).includes('member-repeated') && !kinds(once).includes('member-repeated'))
  const silent = await answerTo([{ nationalId: head?.number }])
  t.same(told(await answerTo([wages(head?.number, '100'), wages(head?.number, '999')])), told(silent), 'neither 100 nor 999 nor 0')
  await noNumberLeaks(t, service)
})

t.test('numbers written into free text are taken out, whatever the digits', async (t) => {
  const service = await seededApp(t, 5)
  const { post, database, heads } = service
  const number = heads[0]?.number ?? ''
  const persian = Array.from(number)
    .map((digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)])
    .join('')
  const body = application(number, {
    applicant: { nationalId: number, email: `${number}@example.org`, mobile: '0791234567' },
    remarks: `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)} ${persian} 0781234567 2026-01-31 120.500`,
  })
  t.equal((await post('/v1/applications', body, key())).statusCode, 201)
  const { rows } = await database.pool.query('select answers from declared_answers')
  t.match(rows[0].answers, {
    applicant: { email: '[…]@example.org', mobile: '0791234567' },
    remarks: '[…] […] 0781234567 2026-01-31 120.500',
  })
  await noNumberLeaks(t, service)
})

t.test('bodies that the form refuses, each with its place', async (t) => {
  const service = await seededApp(t, 5)
  const { post, heads } = service
  const number = heads[0]?.number ?? ''
  const good = application(number)
  const with_ = (answers: Record<string, unknown>) => ({ ...good, ...answers })
  const member = (answers: Record<string, unknown>) => with_({ members: [{ nationalId: number, ...answers }] })
  const cases: [unknown, string, string?][] = [
    [{}, '/formVersion'],
    [[], ''],
    [with_({ formVersion: 2 }), '/formVersion'],
    [with_({ formVersion: '1' }), '/formVersion'],
    [with_({ applicant: {} }), '/applicant/nationalId'],
    [with_({ applicant: null }), '/applicant'],
    [with_({ applicant: { nationalId: 9001234567 } }), '/applicant/nationalId', 'national-id-malformed'],
    [with_({ applicant: { nationalId: '٩٠٠١٢٣٤٥٦٧' } }), '/applicant/nationalId', 'national-id-malformed'],
    [with_({ applicant: { nationalId: '900123456' } }), '/applicant/nationalId', 'national-id-malformed'],
    [with_({ applicant: { nationalId: number, mobile: '123' } }), '/applicant/mobile'],
    [with_({ applicant: { nationalId: number, email: 'x' } }), '/applicant/email'],
    [with_({ applicant: { nationalId: number, extra: 1 } }), '/applicant/extra'],
    [with_({ notice: {} }), '/notice/version'],
    [with_({ notice: { version: '1', shownOn: '2026-02-30' } }), '/notice/shownOn'],
    [with_({ address: { governorate: '99' } }), '/address/governorate'],
    [with_({ address: { governorate: 11 } }), '/address/governorate'],
    [with_({ dwelling: { rooms: '3' } }), '/dwelling/rooms'],
    [with_({ dwelling: { rooms: -1 } }), '/dwelling/rooms'],
    [with_({ dwelling: { rooms: 1.5 } }), '/dwelling/rooms'],
    [with_({ dwelling: { areaM2: 100 } }), '/dwelling/areaM2'],
    [with_({ dwelling: { rent: { amount: '10' } } }), '/dwelling/rent/period'],
    [with_({ dwelling: { rent: { amount: '10', period: 'year' } } }), '/dwelling/rent/period'],
    [with_({ dwelling: { rent: { amount: '1e3', period: 'month' } } }), '/dwelling/rent/amount'],
    [with_({ dwelling: { rent: { amount: '10.0001', period: 'month' } } }), '/dwelling/rent/amount'],
    [with_({ members: [] }), '/members'],
    [with_({ members: {} }), '/members'],
    [with_({ members: Array.from({ length: 61 }, () => ({ nationalId: number })) }), '/members'],
    [with_({ members: [{}] }), '/members/0/nationalId'],
    [with_({ members: [{ nationalId: 1 }] }), '/members/0/nationalId', 'national-id-malformed'],
    [member({ relationship: 'cousin' }), '/members/0/relationship'],
    [member({ birthDate: '28-02-1950' }), '/members/0/birthDate'],
    [member({ income: { wages: { amount: '-1', period: 'month' } } }), '/members/0/income/wages/amount'],
    [member({ 'a~b/c': 1 }), '/members/0/a~0b~1c'],
    [with_({ requestedProgrammes: ['none'] }), '/requestedProgrammes/0'],
    [with_({ requestedProgrammes: ['housing', 'housing'] }), '/requestedProgrammes'],
    [with_({ remarks: 'x'.repeat(2_001) }), '/remarks'],
    [with_({ remarks: null }), '/remarks'],
    [with_({ unknown: 1 }), '/unknown'],
  ]
  for (const [body, pointer, code = 'request-invalid'] of cases) {
    const response = await post('/v1/applications', body, key())
    t.match(response.json(), { status: 400, code, pointer }, JSON.stringify(body).slice(0, 200))
    t.match(response.headers['content-type'], /problem\+json/)
    t.notMatch(response.body, number)
  }
  t.equal((await post('/v1/applications', with_({ remarks: 'x'.repeat(300_000) }), key())).json().code, 'body-too-large')
  t.equal(await count(service, 'application'), 0)
})

/** INVARIANT: outside the vault no column and no log line holds a number that identifies somebody. */
async function noNumberLeaks(t: Tap.Test, { database, logged }: SeededApp): Promise<void> {
  const { rows: numbers } = await database.pool.query<{ number: string }>('select number from identity.identifier')
  const known = new Set([...numbers.map(({ number }) => number), '0000000000', '0000000001'])
  const texts = [logged()]
  for (const table of [
    'application',
    'determination',
    'fact_snapshot',
    'declared_answers',
    'open_question',
    'audit_event',
    'idempotency_key',
  ]) {
    const { rows } = await database.pool.query<{ text: string }>(`select to_jsonb(x)::text as text from ${table} x`)
    texts.push(...rows.map(({ text }) => text))
  }
  const leaked = texts.flatMap((text) => text.match(/(?<![0-9])[0-9]{10}(?![0-9])/g) ?? []).filter((digits) => known.has(digits))
  t.same(leaked, [], 'no National ID outside the vault')
}

declare namespace Tap {
  type Test = Pick<typeof t, 'same'>
}
