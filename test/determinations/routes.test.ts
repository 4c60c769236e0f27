import { randomUUID } from 'node:crypto'
import t from 'tap'
import { messages } from '../../src/language/messages.ts'
import { AS_OF, seededApp } from '../support/seeded-app.ts'

const HIDDEN = new RegExp(messages.en['value.hidden'])

interface Unit {
  readonly id: string
  readonly personRef: number | null
  readonly outcome: string
}
interface Programme {
  readonly programme: string
  readonly outcome: string
  readonly determinations: readonly Unit[]
  readonly score: { readonly point: string | null }
}

t.test('look-up, determination, reading, replay, explanation', async (t) => {
  const service = await seededApp(t, 80)
  const { post, get, database, heads, membersOf } = service
  const household =
    (await Promise.all(heads.slice(0, 60).map(({ householdRef }) => membersOf(householdRef)))).find(
      (members) => members.length >= 4 && members.some(({ relationship }) => relationship === 'spouse'),
    ) ?? []
  const [head, other] = household as [(typeof household)[0], (typeof household)[0]]
  const found = (await post('/v1/households/lookup', { nationalId: other.number })).json()
  t.match(found, { householdRef: head.householdRef, person: { personRef: other.personRef, isHead: false } })
  t.ok(found.members.some(({ personRef }: { personRef: number }) => personRef === head.personRef))

  const unstored = (await post('/v1/determinations', { nationalId: head.number })).json()
  t.match(unstored, { stored: false, asOf: AS_OF })
  t.equal((await database.pool.query('select count(*) as n from determination')).rows[0].n, 0)
  const response = await post('/v1/determinations', { nationalId: head.number, store: true })
  t.equal(response.statusCode, 201)
  const programmes = response.json().programmes as Programme[]
  t.same(
    programmes.map(({ outcome }) => outcome),
    unstored.programmes.map(({ outcome }: Programme) => outcome),
  )

  for (const { programme, determinations } of programmes) {
    for (const { id, outcome, personRef } of determinations) {
      t.match((await get(`/v1/determinations/${id}`)).json(), { id, outcome, personRef, programme: { id: programme }, applicationId: null })
      t.match((await get(`/v1/determinations/${id}/replay`)).json(), { same: true, outcome: { stored: outcome, replayed: outcome } })
      for (const lang of ['en', 'ar']) {
        const { statusCode, headers, body } = await get(`/v1/determinations/${id}/explanation?lang=${lang}`)
        t.equal(statusCode, 200, body.slice(0, 300))
        t.equal(headers['content-language'], lang)
        const explanation = JSON.parse(body)
        t.match(explanation, { determination: id, outcome, language: lang, reader: { personRef: head.personRef } })
        if (explanation.withheld === null) {
          t.ok(explanation.rule.sentences.length >= 2)
          checkSum(t, explanation.score)
          if (lang === 'ar') t.match(explanation.rule.sentences.join(' '), /المصدر|حسب ما ورد/)
        }
      }
    }
  }

  await t.test('a member’s values go to that member only', async (t) => {
    const perPerson = programmes.find(({ programme }) => programme === 'pwd-rehabilitation')?.determinations ?? []
    const spouse = household.find(({ relationship }) => relationship === 'spouse') as (typeof household)[0]
    const id = idOf(perPerson, spouse.personRef)
    t.match((await get(`/v1/determinations/${id}/explanation?lang=en`)).json(), { rule: null, score: null, withheld: /another member/ })
    const own = await post(`/v1/determinations/${id}/explanation?lang=ar`, { nationalId: spouse.number })
    t.match(own.json(), { withheld: null, reader: { personRef: spouse.personRef }, rule: { tree: {} } })
    const stranger = heads.find(({ householdRef }) => householdRef !== head.householdRef)
    t.match((await post(`/v1/determinations/${id}/explanation`, { nationalId: stranger?.number })).json(), {
      code: 'reader-not-member',
      status: 422,
    })
    const cash = programmes.find(({ programme }) => programme === 'unified-cash-transfer')?.determinations[0]
    const asSpouse = JSON.stringify(
      (await post(`/v1/determinations/${cash?.id}/explanation?lang=en`, { nationalId: spouse.number })).json(),
    )
    const asHead = JSON.stringify((await get(`/v1/determinations/${cash?.id}/explanation?lang=en`)).json())
    t.notMatch(asHead, HIDDEN)
    t.match(asSpouse, HIDDEN, 'the head’s own values are not told to the spouse')
  })

  await t.test('every reading of a person is in the audit trail', async (t) => {
    const { rows } = await database.pool.query('select action, count(*) as n from audit_event group by 1 order by 1')
    const seen = Object.fromEntries(rows.map(({ action, n }) => [action, n]))
    t.equal(seen['household.looked-up'], 1)
    t.equal(seen['household.determined'], 2)
    t.ok(seen['determination.read'] >= 7 && seen['determination.replayed'] >= 7 && seen['determination.explained'] >= 14)
    const { rows: events } = await database.pool.query('select body from audit_event')
    for (const { body } of events) {
      const event = JSON.parse(body)
      t.ok(event.actor && event.purpose !== 'none stated' && event.requestId && event.personRef && event.read.length > 0, body)
    }
    t.match((await post('/v1/audit/verify', {})).json(), { intact: true, waiting: 0, broken: null })
  })

  await t.test('what is stored never changes, and a replay would see it', async (t) => {
    const [{ id }] = programmes.flatMap(({ determinations }) => determinations) as [Unit]
    await t.rejects(database.pool.query("update determination set outcome = 'eligible'"), { code: '23001' })
    await t.rejects(database.pool.query('delete from fact_snapshot'), { code: '23001' })
    const forged =
      "begin; set local session_replication_role = replica; update determination set body = replace(body, '\"outcome\"', '\"outcome\" ') where id = '" +
      id +
      "'; commit"
    await database.pool.query(forged)
    t.match((await get(`/v1/determinations/${id}/replay`)).json(), { same: false })
    await database.pool.query("begin; set local session_replication_role = replica; update fact_snapshot set facts = facts || ' '; commit")
    t.match((await get(`/v1/determinations/${id}/replay`)).json(), { code: 'replay-not-possible', status: 409 })
  })
})

t.test('a refusal that tells something of a person is in the audit trail, without the number', async (t) => {
  const { post, database, heads, membersOf } = await seededApp(t, 10)
  const [head, stranger] = heads as [(typeof heads)[0], (typeof heads)[0]]
  const children = (await membersOf(stranger.householdRef)).filter(({ isHead }) => !isHead)
  const dead = children[0] ?? stranger
  await database.pool.query(
    "insert into warehouse.cspd_death_info (person_ref, certificate_no, death_date, load_id, seq) values ($1, 'x', '2020-01-01', 1, 1)",
    [dead.personRef],
  )
  const stored = (await post('/v1/determinations', { nationalId: head.number, store: true })).json()
  const id = stored.programmes[0].determinations[0].id
  const before = (await database.pool.query('select count(*) as n from audit_event')).rows[0].n
  for (const nationalId of [dead.number, '0000000000']) {
    for (const url of ['/v1/households/lookup', '/v1/determinations', `/v1/determinations/${id}/explanation`]) {
      t.equal((await post(url, { nationalId })).statusCode >= 400, true)
    }
  }
  if (dead !== stranger)
    t.match((await post(`/v1/determinations/${id}/explanation`, { nationalId: stranger.number })).json(), { code: 'reader-not-member' })
  const { rows } = await database.pool.query<{ body: string }>('select body from audit_event order by id offset $1', [before])
  const events = rows.map(({ body }) => JSON.parse(body))
  const outcomes = events.map(({ action, outcome, personRef }) => [action, outcome, personRef ?? null])
  const actions = ['household.looked-up', 'household.determined', 'determination.explained']
  t.same(outcomes.slice(0, 6), [
    ...actions.map((action) => [action, 'person-deceased', dead.personRef]),
    ...actions.map((action) => [action, 'person-not-found', null]),
  ])
  if (dead !== stranger) t.same(outcomes[6], ['determination.explained', 'reader-not-member', stranger.personRef])
  t.notMatch(JSON.stringify(events), new RegExp(`${dead.number}|0000000000|${stranger.number}`))
})

t.test('refusals', async (t) => {
  const { post, get, heads } = await seededApp(t, 5)
  const nationalId = heads[0]?.number
  for (const url of ['/v1/determinations', '/v1/households/lookup']) {
    for (const [body, code, pointer] of [
      [{}, 'national-id-malformed', ''],
      [{ nationalId: 9001234567 }, 'national-id-malformed', '/nationalId'],
      [{ nationalId: '٩٠٠١٢٣٤٥٦٧' }, 'national-id-malformed', '/nationalId'],
      [{ nationalId: '12345' }, 'national-id-malformed', '/nationalId'],
      [{ nationalId, more: 1 }, 'request-invalid', '/more'],
      [{ nationalId: '0000000000' }, 'person-not-found', '/nationalId'],
    ] as const) {
      t.match(
        (await post(url, body)).json(),
        pointer === '' ? { code: 'request-invalid', pointer: '/nationalId' } : { code, pointer },
        `${url} ${JSON.stringify(body)}`,
      )
    }
  }
  t.match((await post('/v1/determinations', { nationalId, store: 'true' })).json(), { code: 'request-invalid', pointer: '/store' })
  t.match((await post('/v1/determinations', { nationalId, asOf: '2026-13-01' })).json(), { code: 'request-invalid', pointer: '/asOf' })
  t.match((await post('/v1/determinations', { nationalId, asOf: '2999-01-01' })).json(), { code: 'as-of-not-available' })
  t.match((await post('/v1/determinations', { nationalId, asOf: '1970-01-01' })).json(), {
    code: 'as-of-not-available',
    status: 422,
    expected: /programmes/,
  })
  t.match((await post('/v1/determinations', { nationalId, asOf: '2026-10-31' })).json(), {
    code: 'as-of-not-available',
    pointer: '/asOf',
    expected: /lived in this household/,
  })
  t.match((await post('/v1/evaluate', { programmes: 'all', facts: [{}], asOf: '1970-01-01' })).json(), { code: 'as-of-not-available' })
  for (const path of ['', '/replay', '/explanation']) {
    t.match((await get(`/v1/determinations/${randomUUID()}${path}`)).json(), { code: 'determination-not-found' })
    t.match((await get(`/v1/determinations/9001234567${path}`)).json(), { code: 'request-invalid', pointer: 'params/id' })
  }
  t.match((await get(`/v1/determinations/${randomUUID()}/explanation?lang=fr`)).json(), {
    code: 'request-invalid',
    pointer: 'querystring/lang',
  })
})

const idOf = (units: readonly Unit[], personRef: number): string => units.find((unit) => unit.personRef === personRef)?.id ?? ''

interface Score {
  readonly score: string | null
  readonly intercept: string
  readonly terms: readonly { readonly contribution: string | null }[]
  readonly hidden: { readonly contribution: string | null } | null
}

/** Contributions add up to the score, to the last digit. */
function checkSum(t: { equal: (a: unknown, b: unknown, message: string) => unknown }, score: Score | null): void {
  if (score === null || score.score === null) return
  const micro = (text: string | null | undefined): bigint => BigInt((text ?? '0').replace('.', ''))
  const sum = score.terms.reduce(
    (total, { contribution }) => total + micro(contribution),
    micro(score.intercept) + micro(score.hidden?.contribution),
  )
  t.equal(sum, micro(score.score), 'contributions add up')
}
