/** Drafts, change sets, approval and what is in force on a day, through the routes. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import { checkChange } from '../../../src/programmes/authoring/changes/check-change.ts'
import { noteInForce } from '../../../src/programmes/authoring/changes/activate-change.ts'
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { exportVersions, pathOf } from '../../../src/programmes/export-versions.ts'
import { grantsMissingIn } from '../../../src/programmes/facts-granted.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import { storeShipped } from '../../../src/programmes/version-store.ts'
import { versionText } from '../../../src/programmes/version.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { editedKinds } from '../../../src/programmes/editor-schemas/editor-schemas.ts'
import { ruleContext } from '../../../src/programmes/difference/compare-rules.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { runCases } from '../../../src/language/programme/cases.ts'
import { checkRule } from '../../../src/language/rule/check.ts'
import { testDatabase } from '../../support/database.ts'
import { hostileRules, nestedDefinitions } from '../hostile-texts.ts'
import { authoringApp, shipped, TODAY, user } from './support.ts'

const database = await testDatabase(t)
const seen: string[] = []
const ask = await authoringApp(t, database, {
  differenceOf: async (before, after, programmes) => ({ before: before?.hash ?? null, after: after.hash, programmes }),
  impactOf: async () => (seen.push('impact'), null),
  suspicionsOf: async () => [],
})
const { as, put, submit, decide, activate } = ask
const ceiling = () => shipped('parameter', 'health-income-ceiling')
const inForceOn = async (on: string) => (await as('reader')('GET', `/v1/versions/in-force?on=${on}`)).json()
const versionOn = async (on: string, kind: string, id: string) =>
  (await inForceOn(on)).versions.filter((one: { kind: string; id: string }) => one.kind === kind && one.id === id)
const labelled = (kind: 'parameter' | 'definition', id: string, en: string) => {
  const json = shipped(kind, id)
  json.label.en = en
  return json
}
function checkedRule(json: unknown) {
  const { bundle } = shippedBundle()
  const { rule } = checkRule(json, ruleContext(bundle as NonNullable<typeof bundle>, 'household'))
  if (!rule) throw new Error('no rule')
  return rule
}
/** Submitted and approved by another. */
async function approved(effectiveFrom: string, drafts: readonly object[], who = 'maker') {
  const set = (await submit(who, effectiveFrom, drafts)).json()
  t.match((await decide('checker', 'approve', set)).json(), { status: 'approved', hash: set.hash })
  return set
}

t.test('the shipped versions are exported byte for byte', async (t) => {
  const folder = mkdtempSync(join(t.testdir(), 'export-'))
  const written = await exportVersions(database.pool, folder, TODAY)
  const files = shippedTexts().filter(({ kind }) => kind !== 'registry')
  t.equal(written.length, files.length)
  for (const path of written) t.ok(readFileSync(join(folder, path)).equals(readFileSync(join(projectRoot, path))), path)
  t.throws(() => pathOf({ kind: 'rule', id: '../../etc', version: 1 }), /no name for a file/)
})

t.test('a draft belongs to its author and is changed only by whoever saw it', async (t) => {
  const first = await put('maker', 'parameter', 'health-income-ceiling', ceiling())
  const url = '/v1/drafts/parameter/health-income-ceiling'
  t.match((await as('other')('GET', url)).json(), { code: 'draft-not-found' })
  t.match((await as('maker')('PUT', url, { source: '{}' })).json(), { code: 'if-match-missing', status: 428 })
  const two = await Promise.all(
    ['{"a":1}', '{"a":2}'].map((source) => as('maker')('PUT', url, { source }, { 'if-match': `"${first.etag}"` })),
  )
  t.same(
    two.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 412],
    'of two edits of one text one succeeds',
  )
  t.match((await as('maker')('DELETE', url, undefined, { 'if-match': first.etag })).json(), { code: 'draft-changed' })
  t.match((await as('maker')('DELETE', url)).json(), { code: 'if-match-missing' })
  const { etag } = (await as('maker')('GET', url)).json()
  t.equal((await as('maker')('DELETE', url, undefined, { 'if-match': etag })).statusCode, 204)
  t.match((await as('maker')('GET', '/v1/drafts')).json(), { drafts: [] })
  t.match((await as('maker')('PUT', '/v1/drafts/cases/housing', { source: '{}' })).json(), {
    code: 'request-invalid',
    pointer: 'params/id',
  })
  t.match((await as('maker')('PUT', '/v1/drafts/rule/hоusing', { source: '{}' })).json(), { code: 'request-invalid' }, 'a Cyrillic o')
  t.match((await as('maker')('PUT', '/v1/drafts/registry/ssc', { source: '{}' })).json(), {
    code: 'request-invalid',
    pointer: 'params/kind',
  })
})

t.test('what rules decide, asked by meaning', async (t) => {
  const get = async (url: string) => (await as('reader')('GET', url)).json()
  const same = await get('/v1/programmes/health-insurance/rules/1/diff?against=1&asOf=2026-11-01')
  t.match(same, { asOf: '2026-11-01', equivalent: true, changes: Array.from({ length: 6 }, () => ({ verdict: 'none', witness: null })) })
  t.match(await get('/v1/programmes/health-insurance/rules/1/diff?against=7'), { code: 'version-not-found', pointer: 'query/against' })
  t.match(await get('/v1/programmes/no-such/rules/1/diff?against=1'), { code: 'version-not-found' })
  t.match(await get('/v1/programmes/health-insurance/rules/1/diff?against=1&asOf=soon'), { code: 'request-invalid' })

  const before = shipped('rule', 'health-insurance')
  const after = structuredClone(before)
  after.conditions.all[1].any[1].all[1].operator = 'lessThan'
  const post = async (body: object) => (await as('reader')('POST', '/v1/rules/diff', body)).json()
  const [old, young] = [before, after].map((rule) => JSON.stringify(rule)) as [string, string]
  const { equivalent, changes } = await post({ before: old, after: young, asOf: '2026-11-01' })
  t.equal(equivalent, false)
  t.same(
    changes.flatMap(({ from, to, verdict }: { from: string; to: string; verdict: string }) =>
      verdict === 'none' ? [] : [`${from} ${to}`],
    ),
    ['eligible ineligible', 'eligible undetermined', 'undetermined ineligible'],
    'a stricter limit makes nobody eligible',
  )
  const { witness } = changes[0]
  t.match(witness, {
    facts: { wageMean12m: '300.000' },
    isSmallest: true,
    suggestedCase: { facts: { wageMean12m: 300 }, outcome: 'ineligible' },
  })
  t.ok(witness.mayBeImpossible.length > 0, 'what binds facts is said')
  t.match([witness.words.en.household.join(), witness.words.ar.household.join()], [/JOD 300 a month/, /300 دينار شهريًا/])
  t.match([witness.words.en.after[0], witness.words.ar.after[0]], ['Not eligible.', 'غير مؤهل.'])
  // The suggested case is one that the later rule passes.
  const suggested = { programme: 'health-insurance', cases: [witness.suggestedCase] }
  const { condition } = checkedRule(after)
  t.match(
    runCases(condition, suggested, () => ({ healthIncomeCeiling: 300, insuredWageCeiling: 300, yieldCeiling: 300, carAgeLimitHealth: 7 })),
    [{ passed: true, outcome: 'ineligible' }],
  )
  t.match(await post({ before: old, after: '{"id": 1}' }), {
    code: 'rule-not-comparable',
    pointer: '/after',
    errors: [{ code: 'missing-key' }],
  })
  t.match(await post({ before: old, after: young, unit: 'village' }), { code: 'request-invalid' })

  t.match(await get('/v1/programmes/health-insurance/overlap?with=housing'), { possible: true, witness: { isSmallest: true } })
  t.match(await get('/v1/programmes/health-insurance/overlap?with=pwd-rehabilitation'), { code: 'units-not-comparable' })
  t.match(await get('/v1/programmes/health-insurance/overlap?with=nothing'), { code: 'version-not-found', pointer: 'query/with' })
  const { parts } = await get('/v1/programmes/health-insurance/rules/1/parts')
  t.match(parts[0], { pointer: '/conditions', canBeTrue: true, canBeFalse: true, canBeUnknown: true, isSuperfluous: false })
  t.match(await get('/v1/programmes/health-insurance/rules/9/parts'), { code: 'version-not-found' })
})

t.test('schemas for editors, by the catalogue in force', async (t) => {
  for (const kind of editedKinds) {
    const answer = await as('reader')('GET', `/v1/schemas/${kind}`)
    t.equal(answer.statusCode, 200, kind)
    t.match(answer.json(), { $schema: /json-schema/, type: 'object' }, kind)
  }
  const { $defs } = (await as('reader')('GET', '/v1/schemas/rule')).json()
  t.ok($defs.fact.enum.includes('householdSize'))
  t.match((await as('reader')('GET', '/v1/schemas/registry')).json(), { code: 'request-invalid', pointer: 'params/kind' })
})

t.test('what formulas score, asked by meaning', async (t) => {
  const get = async (url: string) => (await as('reader')('GET', url)).json()
  const url = '/v1/formulas/welfare-ranking/versions/1/diff'
  t.match(await get(`${url}?against=1&asOf=2026-11-01`), { asOf: '2026-11-01', equivalent: true, differsIn: [], witness: null })
  t.match(await get(`${url}?against=9`), { code: 'version-not-found', pointer: 'query/against' })
  t.match(await get('/v1/formulas/no-such/versions/1/diff?against=1'), { code: 'version-not-found' })
  const [before, after] = [shipped('formula', 'welfare-ranking'), shipped('formula', 'welfare-ranking')]
  after.terms.reverse()
  const texts = (): object => ({ before: JSON.stringify(before), after: JSON.stringify(after) })
  const post = async (body: object) => (await as('reader')('POST', '/v1/formulas/diff', body)).json()
  t.match(await post(texts()), { equivalent: true }, 'the order of terms means nothing')
  after.intercept += 0.5
  const { equivalent, witness } = await post(texts())
  t.equal(equivalent, false)
  t.equal((Number(witness.after.score) - Number(witness.before.score)).toFixed(6), '0.500000')
  const answers = await Promise.all(Array.from({ length: 12 }, () => as('reader')('POST', '/v1/formulas/diff', texts())))
  const codes = new Set(answers.map(({ statusCode }) => statusCode))
  t.ok(codes.size === 2 && codes.has(200) && codes.has(503), 'few at a time, as questions about rules')
  t.match(await post({ before: JSON.stringify(before), after: '{}' }), {
    code: 'rule-not-comparable',
    pointer: '/after',
    errors: [{ code: 'missing-key' }],
  })
})

t.test('every fault of a change at once, with its place', async (t) => {
  const rule = shipped('rule', 'health-insurance')
  rule.version = 2
  rule.conditions.all[1].any[1].all[0].fact = 'incomTotalMonthly'
  rule.legalBasis = []
  const cases = shipped('cases', 'programme/health-insurance')
  cases.cases = cases.cases.slice(0, 1)
  await put('faulty', 'rule', 'health-insurance', rule)
  await put('faulty', 'cases', 'programme/health-insurance', cases)
  await put('faulty', 'definition', 'owns-no-dwelling', { ...shipped('definition', 'owns-no-dwelling'), id: 'another' })
  const found = (await as('faulty')('POST', '/v1/drafts/check', { effectiveFrom: '2027-01-01' })).json()
  const codes = found.diagnostics.map(({ code, pointer }: { code: string; pointer: string }) => `${code} ${pointer}`)
  for (const wanted of [
    'effective-date-differs rule/health-insurance#/effectiveFrom',
    'rule-not-named rule/health-insurance/2#/version',
    'fact-unknown rule/health-insurance/2#/conditions/all/1/any/1/all/0/fact',
    'id-differs definition/owns-no-dwelling#/id',
  ])
    t.ok(codes.includes(wanted), `${wanted} of\n${codes.join('\n')}`)
  const drafts = (await as('faulty')('GET', '/v1/drafts'))
    .json()
    .drafts.map(({ kind, id, etag }: Record<string, string>) => ({ kind, id, etag }))
  t.match((await submit('faulty', '2027-01-01', drafts)).json(), { code: 'change-set-refused', status: 422, errors: [{}] })
  t.match((await submit('faulty', '2026-10-31', drafts)).json(), { code: 'effective-date-past' })
  t.match((await submit('faulty', '2027-01-01', [...drafts, drafts[0]])).json(), { code: 'request-invalid', pointer: '/drafts' })
  const few = drafts.filter(({ kind }: { kind: string }) => kind === 'cases')
  const refused = (await submit('faulty', '2027-01-01', few)).json()
  t.match(refused, { code: 'change-set-refused' })
  t.ok(
    refused.errors.every(({ code, severity }: Record<string, string>) => severity === 'warning' || code === 'case-coverage'),
    'fewer cases than are required block a submission',
  )
  cases.cases[0].outcome = 'ineligible'
  const failing = [
    await put('faulty', 'cases', 'programme/health-insurance', {
      ...shipped('cases', 'programme/health-insurance'),
      cases: [cases.cases[0], ...shipped('cases', 'programme/health-insurance').cases.slice(1)],
    }),
  ]
  t.match((await submit('faulty', '2027-01-01', failing)).json().errors[0], {
    code: 'case-fails',
    pointer: 'cases/programme/health-insurance#',
  })
})

t.test('maker and checker are different persons, and keys are none', async (t) => {
  const draft = await put('maker', 'parameter', 'elder-age', labelled('parameter', 'elder-age', 'Elder age (1)'))
  t.match((await submit('key', '2027-01-01', [draft])).json(), { code: 'person-required', status: 403 })
  const set = (await submit('maker', '2027-01-01', [draft])).json()
  t.match(set, { status: 'submitted', required: [], author: { id: 'user-maker' } })
  t.match((await submit('maker', '2027-01-01', [draft])).json(), { code: 'draft-changed' }, 'a draft waits in one change set')
  t.match((await decide('maker', 'approve', set)).json(), { code: 'approver-is-author' })
  t.match((await decide('maker', 'reject', set, 'no')).json(), { code: 'approver-is-author' })
  t.match((await decide('key', 'approve', set)).json(), { code: 'person-required' })
  t.match((await decide('checker', 'approve', { id: set.id, hash: '0'.repeat(64) })).json(), { code: 'change-set-differs' })
  t.match((await activate(set)).json(), { code: 'change-set-not-approved' })
  t.equal((await as('checker')('POST', `/v1/change-sets/${set.id}/comments`, { text: 'Why?' })).statusCode, 204)
  const review = (await as('checker')('GET', `/v1/change-sets/${set.id}/review`)).json()
  t.match(review, {
    comments: [{ text: 'Why?', by: { id: 'user-checker' } }],
    check: { diagnostics: [], versions: [{ kind: 'parameter', id: 'elder-age', version: 2 }] },
    meaning: { difference: { available: true, answer: { programmes: [] } }, impact: { available: false }, grantsMissing: [] },
  })
  t.same(
    review.texts[0].lines
      .filter(({ op }: { op: string }) => op !== 'same')
      .map(({ op }: { op: string }) => op)
      .includes('added'),
    true,
  )
  t.equal((await decide('checker', 'reject', set)).json().code, 'request-invalid', 'whoever rejects says why')
  t.match((await decide('checker', 'reject', set, 'too early')).json(), { status: 'rejected' })
  t.match((await decide('second', 'approve', set)).json(), { code: 'change-set-decided' })
  const again = (await submit('maker', '2027-01-01', [draft])).json()
  t.equal(again.hash, set.hash, 'the same content has the same hash')
  t.match((await as('checker')('POST', `/v1/change-sets/${again.id}/withdraw`, {})).json(), { code: 'author-required' })
  t.match((await as('maker')('POST', `/v1/change-sets/${again.id}/withdraw`, {})).json(), { status: 'withdrawn' })
  await t.rejects(
    database.pool.query('insert into change_set_approval values ($1, $2, $3, $2, $2, $2)', [again.id, user('maker').id, again.hash]),
    { code: '23514' },
    'the second wall: nobody approves his own, whatever the service does',
  )
  await t.rejects(
    database.pool.query("insert into change_set_approval values ($1, $2, $3, 'x', 'x', 'x')", [again.id, user('maker').id, '0'.repeat(64)]),
    { code: '23503' },
    'nor another hash',
  )
  await t.rejects(database.pool.query("update change_set set status = 'approved' where id = $1", [again.id]), { code: '23001' })
  await t.rejects(database.pool.query('update change_set_text set source = null'), { code: '23001' })
  const { rows } = await database.pool.query("select action from audit_event where body like '%' || $1 || '%' order by recorded_at", [
    set.id,
  ])
  t.same(
    rows.map(({ action }) => action),
    ['change-set.submitted', 'change-set.commented', 'change-set.rejected'],
  )
})

t.test('a shared text alone is a change of every programme that reads it: shown, and held to the grants', async (t) => {
  const set = async (kind: 'definition' | 'parameter' | 'catalogue' | 'codeLists', id: string, json: unknown) => {
    const made = (await submit('maker', '2027-01-15', [await put('maker', kind, id, json)])).json()
    t.match(made, { status: 'submitted' }, JSON.stringify(made).slice(0, 900))
    return made
  }
  const reviewOf = async ({ id }: { id: string }) => (await as('checker')('GET', `/v1/change-sets/${id}/review`)).json()
  // Says the same, and reads one fact more.
  const near = shipped('definition', 'near-poverty-line')
  const owned = { fact: 'ownsDwellingParcel', operator: 'equal', value: true }
  near.conditions = { any: [near.conditions, { all: [near.conditions, owned] }] }
  const wider = await set('definition', 'near-poverty-line', near)
  const { check, meaning } = await reviewOf(wider)
  t.same(check.programmes, ['pwd-rehabilitation'])
  t.same(meaning.difference.answer.programmes, ['pwd-rehabilitation'])
  t.match(meaning.descriptions, [{ programme: 'pwd-rehabilitation', en: [{}], ar: [{}] }])
  t.ok(meaning.protectedFacts.length > 0 && check.conditions.length > 0)
  const texts = [{ kind: 'definition', id: 'near-poverty-line', source: JSON.stringify(near) }] as const
  const checked = await checkChange(database, { texts, effectiveFrom: '2027-01-15' })
  const found = await grantsMissingIn(database.pool)(checked.bundle as Bundle, checked.programmes, '2027-01-15')
  t.ok(found.some(({ programme, fact }) => programme === 'pwd-rehabilitation' && fact === 'ownsDwellingParcel'))
  await decide('checker', 'approve', wider)
  ask.setMissing([{ programme: 'pwd-rehabilitation', agency: 'HCD', fact: 'ownsDwellingParcel' }])
  t.match((await activate(wider)).json(), { code: 'grants-missing', status: 409 })
  ask.setMissing([])
  t.equal((await as('maker')('POST', `/v1/change-sets/${wider.id}/withdraw`, {})).statusCode, 200)

  const income = shipped('catalogue', 'income')
  for (const fact of income.facts) if (fact.id === 'wageMean12m') fact.label.en += ' (renamed)'
  const lists = shipped('codeLists', 'code-lists')
  lists.governorate['11'].en += ' (renamed)'
  for (const [kind, id, json, reached] of [
    ['parameter', 'health-income-ceiling', labelled('parameter', 'health-income-ceiling', 'Ceiling'), 'health-insurance'],
    ['catalogue', 'income', income, 'health-insurance'],
    ['codeLists', 'code-lists', lists, 'unified-cash-transfer'],
  ] as const) {
    const changed = await set(kind, id, json)
    const { programmes } = (await reviewOf(changed)).check
    t.ok(programmes.includes(reached), `${kind}: ${programmes.join()}`)
    await as('maker')('POST', `/v1/change-sets/${changed.id}/withdraw`, {})
  }
  const unread = await set('parameter', 'minimum-wage', shipped('parameter', 'minimum-wage'))
  t.same((await reviewOf(unread)).check.programmes, [], 'a text that says what it said changes nothing')
  await as('maker')('POST', `/v1/change-sets/${unread.id}/withdraw`, {})
})

t.test('an edit voids what was approved in part; each entity of the committee decides once', async (t) => {
  const json = shipped('catalogue', 'business')
  const facts = json.facts as { label: { en: string } }[]
  ;(facts[0] as { label: { en: string } }).label.en += ' (renamed)'
  const draft = await put('maker', 'catalogue', 'business', json)
  const set = (await submit('maker', '2027-02-01', [draft])).json()
  t.same(set.required, ['MODEE', 'MOPIC', 'NAF'])
  t.match((await decide('someone-at-SSC', 'approve', set)).json(), { code: 'approver-entity', expected: 'MODEE, MOPIC, NAF' })
  t.match((await decide('one-at-NAF', 'approve', set)).json(), { status: 'submitted' })
  t.match((await decide('two-at-NAF', 'approve', set)).json(), { code: 'change-set-decided' }, 'one person of an entity')
  t.match((await decide('one-at-MODEE', 'approve', set)).json(), { status: 'submitted' })
  const edited = await put('maker', 'catalogue', 'business', { ...json, facts: facts.toReversed() })
  t.match((await decide('one-at-MOPIC', 'approve', set)).json(), { code: 'change-set-decided' }, 'the edit voided it')
  const next = (await submit('maker', '2027-02-01', [edited])).json()
  t.not(next.hash, set.hash)
  for (const who of ['one-at-NAF', 'one-at-MODEE', 'one-at-MOPIC']) await decide(who, 'approve', next)
  const review = (await as('reader')('GET', `/v1/change-sets/${next.id}/review`)).json()
  t.equal(review.changeSet.status, 'approved')
  t.ok(review.approvals.every(({ hash }: { hash: string }) => hash === next.hash) && review.approvals.length === 3)
  t.match(
    (await as('maker')('GET', '/v1/drafts')).json().drafts.filter(({ id }: { id: string }) => id === 'business'),
    [],
    'approved drafts are gone',
  )
})

t.test('what is in force follows from the dates: scheduled, in between, taken back, and brought back again', async (t) => {
  const elder = (text: string) => put('maker', 'parameter', 'elder-age', labelled('parameter', 'elder-age', text))
  const intervals = async () =>
    (await as('reader')('GET', '/v1/versions/parameter/elder-age'))
      .json()
      .versions.map((one: Record<string, unknown>) => [one['version'], one['status'], one['effectiveFrom'], one['effectiveTo']])
  const june = await approved('2027-06-01', [await elder('June')])
  t.match((await activate(june)).json(), { status: 'scheduled' })
  t.match((await activate(june)).json(), { code: 'change-set-not-approved' }, 'once')
  const march = await approved('2027-03-01', [await elder('March')])
  await activate(march)
  t.same(await intervals(), [
    [1, 'active', '0001-01-01', '2027-03-01'],
    [2, 'active', '2027-06-01', null],
    [3, 'active', '2027-03-01', '2027-06-01'],
  ])
  for (const [day, version] of [
    ['2027-02-28', 1],
    ['2027-03-01', 3],
    ['2027-05-31', 3],
    ['2027-06-01', 2],
    ['2031-01-01', 2],
  ] as const)
    t.match(await versionOn(day, 'parameter', 'elder-age'), [{ version }], day)
  const collides = await approved('2027-03-01', [await elder('March too')])
  t.match((await activate(collides)).json(), { code: 'change-set-collides' })
  t.match((await as('maker')('POST', `/v1/change-sets/${march.id}/withdraw`, {})).json(), { status: 'withdrawn' })
  t.match(await versionOn('2027-03-01', 'parameter', 'elder-age'), [{ version: 1, effectiveTo: '2027-06-01' }], 'no gap is left')
  t.match((await activate(collides)).json(), { status: 'scheduled' })
  await t.rejects(
    database.pool.query(
      "insert into object_version (kind, id, version, hash, source, effective_from, status, origin) values ('parameter', 'elder-age', 99, repeat('0', 64), '{}', '2027-07-01', 'active', 'x')",
    ),
    { code: '23P01' },
    'the second wall: no two on one day',
  )
  ask.setToday('2027-06-01')
  t.teardown(() => ask.setToday(TODAY))
  t.match(
    (await as('maker')('POST', `/v1/change-sets/${june.id}/withdraw`, {})).json(),
    { code: 'change-set-decided' },
    'what holds is not taken back',
  )
  const noted = await Promise.all([1, 2, 3].map(() => noteInForce(database, dayNumber('2027-06-01') as number)))
  t.same(new Set(noted.flat()), new Set([june.id, collides.id]), 'three workers note each change once')
  t.equal(noted.flat().length, 2)
  t.same(await noteInForce(database, dayNumber('2027-06-01') as number), [])
  const back = await approved('2027-06-01', [await put('maker', 'parameter', 'elder-age', shipped('parameter', 'elder-age'))])
  t.match((await activate(back)).json(), { status: 'in-force' })
  const [now] = await versionOn('2027-06-01', 'parameter', 'elder-age')
  const [before] = await versionOn('2026-12-01', 'parameter', 'elder-age')
  t.equal(now.hash, before.hash, 'an earlier content is in force again, by a new approval')
  t.equal(now.version, 5)
})

t.test('a change that no longer fits what is in force is not put into force', async (t) => {
  ask.setMissing([{ programme: 'housing', agency: 'MOSD', fact: 'widows' }])
  const one = await approved('2027-08-01', [
    await put('maker', 'parameter', 'crowding-limit', labelled('parameter', 'crowding-limit', 'Crowding')),
  ])
  t.match((await activate(one)).json(), { code: 'grants-missing', status: 409 })
  ask.setMissing([])
  // Taking a definition away that rules name: refused; together with a later change as well.
  const gone = await put('maker', 'definition', 'owns-no-dwelling', null)
  const refused = (await submit('maker', '2027-08-01', [gone])).json()
  t.ok(refused.errors.some(({ code }: { code: string }) => code === 'definition-unknown'))
  const fresh = { ...shipped('definition', 'owns-no-dwelling'), id: 'lives-elsewhere' }
  const added = await approved('2027-08-01', [await put('maker', 'definition', 'lives-elsewhere', fresh)])
  const [a, b] = await Promise.all([activate(one), activate(added)])
  t.ok([a, b].some(({ statusCode }) => statusCode === 200))
  for (const [set, answer] of [
    [one, a],
    [added, b],
  ] as const)
    if (answer.statusCode !== 200) {
      t.match(answer.json(), { code: 'versions-changed', status: 409 }, 'what was compiled beside it may not be what holds')
      t.equal((await activate(set)).statusCode, 200)
    }
  // A later change that stands on it: the earlier is not taken back under it, nor are cases taken away from a programme.
  const rule = { ...shipped('rule', 'in-kind'), version: 2, effectiveFrom: '2027-08-15' }
  rule.conditions.all.push({ condition: 'lives-elsewhere' })
  const withoutCases = await put('maker', 'cases', 'programme/in-kind', null)
  const bare = (await submit('maker', '2027-08-15', [withoutCases])).json()
  t.ok(bare.errors.some(({ code }: { code: string }) => code === 'case-coverage'))
  const named = { ...shipped('programme', 'in-kind'), rule: { id: 'in-kind', version: 2 } }
  const onIt = [await put('maker', 'rule', 'in-kind', rule), await put('maker', 'programme', 'in-kind', named)]
  const worked = shipped('cases', 'programme/in-kind')
  for (const one of worked.cases) Object.assign(one.facts, { ownsDwellingParcel: false, tenure: 'rented' })
  const later = (await submit('maker', '2027-08-15', [...onIt, await put('maker', 'cases', 'programme/in-kind', worked)])).json()
  await decide('checker', 'approve', later)
  t.equal((await activate(later)).statusCode, 200)
  t.match((await as('maker')('POST', `/v1/change-sets/${added.id}/withdraw`, {})).json(), {
    code: 'change-set-needed',
    errors: [{ code: 'definition-unknown' }],
  })
  t.match((await as('maker')('POST', `/v1/change-sets/${later.id}/withdraw`, {})).json(), { status: 'withdrawn' })
  const retire = await approved('2027-09-01', [await put('maker', 'definition', 'lives-elsewhere', null)])
  t.equal((await activate(retire)).statusCode, 200)
  t.match(await versionOn('2027-08-31', 'definition', 'lives-elsewhere'), [{ version: 1, effectiveTo: '2027-09-01' }])
  t.same(await versionOn('2027-09-01', 'definition', 'lives-elsewhere'), [])
  ask.setToday('2028-01-01')
  const late = (
    await submit('maker', '2028-01-01', [
      await put('maker', 'parameter', 'crowding-limit', labelled('parameter', 'crowding-limit', 'Late')),
    ])
  ).json()
  await decide('checker', 'approve', late)
  ask.setToday('2028-01-02')
  t.match((await activate(late)).json(), { code: 'effective-date-past' })
  ask.setToday(TODAY)
})

t.test('a rule keeps what is pinned, and the product never overwrites a ministry', async (t) => {
  const versions = versionsOf(database)
  const before = await versions.inForce(dayNumber('2026-12-01') as number)
  const rule = { ...shipped('rule', 'housing'), version: 2, effectiveFrom: '2026-12-01' }
  rule.description.en += ' Second version.'
  const programme = { ...shipped('programme', 'housing'), rule: { id: 'housing', version: 2 } }
  const drafts = [await put('maker', 'rule', 'housing', rule), await put('maker', 'programme', 'housing', programme)]
  const set = await approved('2026-12-01', drafts)
  const review = (await as('checker')('GET', `/v1/change-sets/${set.id}/review`)).json()
  t.ok(
    review.meaning.protectedFacts.some(
      ({ fact, basis }: { fact: string; basis: { ar: string } }) => fact === 'widows' && /قانون/.test(basis.ar),
    ),
  )
  t.same(review.check.programmes, ['housing'])
  t.equal((await activate(set)).statusCode, 200)
  const after = await versionsOf(database).inForce(dayNumber('2026-12-01') as number)
  t.equal(after.programmes.find(({ id }) => id === 'housing')?.ruleRef.version, 2)
  t.equal(
    (await versionsOf(database).inForce(dayNumber('2026-11-30') as number)).programmes.find(({ id }) => id === 'housing')?.ruleRef.version,
    1,
  )
  t.equal(
    (await versionsOf(database).byHash(before.hash)).programmes.find(({ id }) => id === 'housing')?.ruleRef.version,
    1,
    'what was pinned compiles as it was',
  )
  t.equal(after.hash, (await inForceOn('2026-12-01')).versionSet)
  // A new release of the product ships other texts of the same objects, and another rule under the number that the ministry took.
  const released = shippedTexts().map((text) => {
    if (text.kind === 'programme' && text.id === 'housing') return again(text, { ...(text.json as object), sources: ['released'] })
    return text
  })
  const other = { ...rule, description: { ...rule.description, en: 'the product’s second' } }
  await database.transaction(({ client }) =>
    storeShipped(client, [...released, versionText('rule', 'housing', JSON.stringify(other), other)]),
  )
  t.equal((await versionsOf(database).inForce(dayNumber('2026-12-01') as number)).hash, after.hash)
})

const again = (text: ReturnType<typeof shippedTexts>[number], json: object) => versionText(text.kind, text.id, JSON.stringify(json), json)

t.test('hostile texts are refused within 50 ms', async (t) => {
  const deep = `${'{"all":['.repeat(3_000)}${']}'.repeat(3_000)}`
  const rule = (conditions: unknown) =>
    JSON.stringify({ ...shipped('rule', 'housing'), version: 7, effectiveFrom: '2029-01-01', conditions })
  const atOnce: Record<string, string> = {
    deep,
    wide: `{"all":[${'1,'.repeat(40_000)}1]}`,
    huge: '{"value": 123456789012345678901234567890}',
    exponent: '{"value": 1e999999}',
    twice: '{"a":1,"a":2}',
    half: '{"a":"\\ud800"}',
    list: '[]',
  }
  for (const [name, source] of Object.entries(atOnce)) {
    const before = process.cpuUsage()
    const answer = await as('hostile')('PUT', '/v1/drafts/rule/housing', { source })
    // Of this process: what else the machine does counts for nothing. Work that grows with what was sent takes ten times as long.
    const { user, system } = process.cpuUsage(before)
    t.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${name}: ${answer.statusCode}`)
    t.ok(user + system < 1_000_000, `${name}: ${(user + system) / 1000} ms of work`)
  }
  const refused = Object.values(hostileRules({})).map((json) => (json as { readonly conditions: unknown }).conditions)
  for (const conditions of [
    ...refused,
    { all: [{ constructor: 1 }] },
    { all: [{ fact: 'hоuseholdSize', operator: 'equal', value: 1 }] },
    'x',
    null,
  ]) {
    const draft = await as('hostile')('GET', '/v1/drafts/rule/housing')
    const more = draft.statusCode === 200 ? { 'if-match': String(draft.headers['etag']) } : {}
    const saved = await as('hostile')('PUT', '/v1/drafts/rule/housing', { source: rule(conditions) }, more)
    // Numbers that no decimal keeps are not even saved.
    if (saved.statusCode === 422) continue
    t.equal(saved.statusCode, 200)
    const answer = await as('hostile')('POST', '/v1/drafts/check', { effectiveFrom: '2029-01-01' })
    t.equal(answer.statusCode, 200)
    // That no programme names it is said of every draft here.
    const faults = answer
      .json()
      .diagnostics.filter(({ severity, code }: Record<string, string>) => severity === 'error' && code !== 'rule-not-named')
    t.ok(faults.length > 0, JSON.stringify(conditions)?.slice(0, 80))
  }
  // Definitions that refer twice to the next: 2^200 leaves in two hundred lines; an author has no more drafts than that.
  const definitions = nestedDefinitions(201)
  for (const json of definitions.slice(0, 200)) await put('nester', 'definition', json.id, json)
  const { statusCode, body } = await as('nester')('PUT', '/v1/drafts/definition/n200', { source: JSON.stringify(definitions[200]) })
  t.match([statusCode, JSON.parse(body)], [409, { code: 'drafts-too-many' }])
  const told = (await as('nester')('POST', '/v1/drafts/check', { effectiveFrom: '2029-01-01' })).json()
  t.ok(told.diagnostics.some(({ code }: { code: string }) => code === 'condition-too-deep'))
  // Texts of every kind that are JSON and nothing else: findings, never a failure of ours.
  for (const kind of ['codeLists', 'catalogue', 'definition', 'parameter', 'formula', 'rule', 'programme', 'cases'] as const)
    for (const json of [
      {},
      { version: 9, rule: null, facts: [null], values: [{}], cases: [null], conditions: [] },
      { __x: { toString: 1 }, id: 7, version: 9, terms: 1 },
    ]) {
      const id = kind === 'cases' ? 'programme/housing' : 'housing'
      await put('fuzz', kind, id, json)
      const answer = await as('fuzz')('POST', '/v1/drafts/check', { effectiveFrom: '2029-01-01', drafts: [{ kind, id }] })
      t.equal(answer.statusCode, 200, `${kind} ${JSON.stringify(json)}: ${answer.body.slice(0, 200)}`)
    }
})
