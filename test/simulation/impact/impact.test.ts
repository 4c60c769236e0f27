/** From a draft to its review with the impact in it: measured once, the same for maker and checker, and nothing of a person. */
import t, { type Test } from 'tap'
import type { ImpactOutcome } from '../../../src/simulation/impact/impact-outcome.ts'
import { entrants, leavers, marginAfter, marginBefore, type Transitions } from '../../../src/simulation/tabulate.ts'
import { SELECTED } from '../../../src/simulation/unit-states.ts'
import { shipped } from '../../programmes/authoring/support.ts'
import { CASH } from '../support/seeded-laboratory.ts'
import { NOTHING_SEEN, seededImpacts } from './support.ts'

const made = await seededImpacts(t, 300)
const { as, put, submit, seeded, withhold, outcome, startWorker } = made
const { pool } = seeded.database
const effectiveFrom = '2027-01-01'
const HEALTH = 'health-insurance'
const impactOf = async (who = 'maker', more = '') => as(who)('GET', `/v1/drafts/impact?effectiveFrom=${effectiveFrom}${more}`)
const giveUp = async (who: string): Promise<void> => {
  for (const { kind, id, etag } of (await as(who)('GET', '/v1/drafts')).json().drafts)
    await as(who)('DELETE', `/v1/drafts/${kind}/${encodeURIComponent(id)}`, undefined, { 'if-match': `"${etag}"` })
}
const events = async (action: string): Promise<number> =>
  (await pool.query('select from audit_event where body::jsonb ->> $1 = $2', ['action', action])).rowCount as number

const raised = () => {
  const ceiling = shipped('parameter', 'health-income-ceiling')
  ceiling.values.push({ from: effectiveFrom, value: 900, citation: 'Illustrative: test' })
  return ceiling
}

t.test('a draft is measured by a worker: until then there is a place to follow', async (t) => {
  t.match((await impactOf()).json(), { status: 404, code: 'draft-not-found' })
  await put('maker', 'parameter', 'health-income-ceiling', raised())
  const waiting = await impactOf('maker', '&wait=0')
  t.equal(waiting.statusCode, 202)
  t.match(waiting.headers, { location: /^\/v1\/drafts\/impact\?/, 'retry-after': '1' })
  t.same(waiting.json(), { status: 'queued', impact: null })
  t.equal((await impactOf('maker', '&wait=0')).statusCode, 202)
  t.equal(await events('impact.requested'), 1, 'asked again it is the same question')
  await startWorker()
  const answer = await impactOf('maker', '&wait=10')
  t.equal(answer.statusCode, 200, answer.body.slice(0, 400))
  const { impact } = answer.json()
  t.match(impact, { effectiveFrom, exact: false, snapshot: { hash: /^[0-9a-f]{64}$/, asOf: '2026-11-01', run: seeded.run } })
  const exact = await outcome()
  const health = exact.programmes.find(({ programme }) => programme === HEALTH)
  t.ok(health && movedInAll(health.transitions.all) > 0, 'a parameter of next year decides on the households of now')
  t.ok(
    health?.difference?.changes.some(({ from, to, witness }) => from === 'ineligible' && to === 'eligible' && witness),
    'a made-up household',
  )
  t.equal((await impactOf()).body, answer.body, 'the same draft on the same snapshot is the same bytes')
})

const movedInAll = (transitions: Transitions): number =>
  transitions.reduce((sum, row, from) => sum + row.reduce((own, { units }, to) => own + (from === to ? 0 : units), 0), 0)

/** Of every programme, in all and in every group of every breakdown. */
function holdsTogether(t: Test, { programmes }: ImpactOutcome): void {
  for (const { programme, transitions, before, after } of programmes) {
    t.equal(marginBefore(transitions.all, SELECTED).units, before.selected, programme)
    t.equal(marginAfter(transitions.all, SELECTED).units, after.selected, programme)
    for (const groups of [[transitions.all], ...Object.values(transitions.by)]) {
      for (const group of groups)
        t.equal(
          entrants(group).units - leavers(group).units,
          marginAfter(group, SELECTED).units - marginBefore(group, SELECTED).units,
          programme,
        )
      const sum = groups.reduce((all, group) => all + entrants(group).units, 0)
      t.equal(sum, entrants(transitions.all).units, 'groups make up the whole')
    }
  }
}

t.test('entrants less leavers are the difference of the counts, in every breakdown', async (t) => {
  holdsTogether(t, await outcome())
})

t.test('the reviewer sees what the author saw; exact by a permission, audited', async (t) => {
  const draft = (await impactOf()).json()
  const { drafts } = (await as('maker')('GET', '/v1/drafts')).json()
  const set = (
    await submit(
      'maker',
      effectiveFrom,
      drafts.map(({ kind, id, etag }: Record<string, string>) => ({ kind, id, etag })),
    )
  ).json()
  t.equal(typeof set.id, 'string', JSON.stringify(set).slice(0, 600))
  const review = (await as('checker')('GET', `/v1/change-sets/${set.id}/review`)).json()
  t.ok(review.meaning, JSON.stringify(review).slice(0, 300))
  t.match(review.meaning.impact, { available: true, answer: { status: 'completed', follow: `/v1/change-sets/${set.id}/impact` } })
  t.same(review.meaning.impact.answer.impact, draft.impact)
  const own = await as('checker')('GET', `/v1/change-sets/${set.id}/impact`)
  t.same(own.json(), draft)
  t.equal(await events('impact.requested'), 1, 'nothing was measured again')
  const exact = await as('checker')('GET', `/v1/change-sets/${set.id}/impact?exact=true`)
  t.equal(exact.json().impact.households, (await outcome()).households)
  t.equal(await events('impact.read-exact'), 1)
  withhold('MODEE', { ...NOTHING_SEEN, decideOnly: (await made.deps.rights('NAF')).facts })
  t.match((await as('checker')('GET', `/v1/change-sets/${set.id}/impact?exact=true`)).json(), { status: 403, code: 'facts-not-granted' })
  t.equal(
    (await as('checker')('GET', `/v1/change-sets/${set.id}/impact`)).statusCode,
    200,
    'who may decide by facts reads protected counts',
  )
  withhold('MODEE', NOTHING_SEEN)
  t.match((await as('checker')('GET', `/v1/change-sets/${set.id}/impact`)).json(), { status: 403, code: 'facts-not-granted' })
  const shown = (await as('checker')('GET', `/v1/change-sets/${set.id}/review`)).json().meaning.impact
  t.match(shown.answer, { status: 'not-computable', problem: 'facts-not-granted' }, 'the rest of the review is there')
  withhold('MODEE', await made.deps.rights('NAF'))
  await as('maker')('POST', `/v1/change-sets/${set.id}/withdraw`, {})
  t.match((await as('checker')('GET', `/v1/change-sets/${set.id}/impact`)).json(), { status: 409, code: 'change-set-decided' })
})

t.test('a draft that changes nothing moves nobody', async (t) => {
  await giveUp('maker')
  const same = shipped('programme', HEALTH)
  same.names.en += ' (renamed)'
  await put('maker', 'programme', HEALTH, same)
  const { impact } = (await impactOf('maker', '&wait=10')).json()
  t.equal(impact.programmes.length, 1)
  const zero = { units: 0, persons: 0, before: 0, after: 0 }
  let told = 0
  const untold = { units: null, persons: null, before: null, after: null }
  t.match(impact.programmes[0], { programme: HEALTH, presence: 'both', spent: { difference: 0 }, difference: { equivalent: true } })
  const { all, by, undetermined, dependsOnMissing } = impact.programmes[0]
  for (const group of [all, ...Object.values(by).flat()] as {
    entrants: { units: number | null }
    leavers: object
    selectedBefore: object
    selectedAfter: object
  }[]) {
    // Of a group of few nothing is told, nought included.
    const isFew = group !== all && group.entrants.units === null
    t.same([group.entrants, group.leavers], isFew ? [untold, untold] : [zero, zero])
    if (!isFew) told++
    t.same(group.selectedBefore, group.selectedAfter, 'the same contents have the same noise')
  }
  t.ok(told > 10, `${told} groups that are not few`)
  const nobody = { units: 0, persons: 0 }
  t.same([undetermined.added, undetermined.settled, dependsOnMissing.newly, dependsOnMissing.noLonger], [nobody, nobody, nobody, nobody])
  t.equal(impact.unaltered.length, 6)
  holdsTogether(t, await outcome())
})

t.test('a formula by which a programme ranks', async (t) => {
  await giveUp('maker')
  const formula = { ...shipped('formula', 'welfare-ranking'), version: 2, effectiveFrom }
  const linear = formula.terms.find((term: object) => 'weight' in term)
  linear.weight = Number(linear.weight) * 3
  await put('maker', 'formula', 'welfare-ranking', formula)
  const cashText = { ...shipped('programme', CASH), formula: { id: 'welfare-ranking', version: 2 } }
  await put('maker', 'programme', CASH, cashText)
  const answer = await impactOf('maker', '&wait=10')
  t.equal(answer.statusCode, 200, answer.body.slice(0, 600))
  const exact = await outcome()
  holdsTogether(t, exact)
  const cash = exact.programmes.find(({ programme }) => programme === CASH)
  t.match(cash, { presence: 'both', difference: { equivalent: true } }, 'the rule is as it was')
  t.ok(cash && movedInAll(cash.transitions.all) > 0, 'the order is not')
})

t.test('a condition that nobody fails is warned of, once the impact is known', async (t) => {
  await giveUp('maker')
  const rule = { ...shipped('rule', HEALTH), version: 2, effectiveFrom }
  const because = { en: 'Fewer than a hundred members', ar: 'أقل من مئة فرد' }
  rule.conditions.all.push({
    name: 'not-huge',
    because,
    citation: 'Illustrative: test',
    fact: 'householdSize',
    operator: 'lessThan',
    value: 100,
  })
  await put('maker', 'rule', HEALTH, rule)
  await put('maker', 'programme', HEALTH, { ...shipped('programme', HEALTH), rule: { id: HEALTH, version: 2 } })
  const warnings = async (): Promise<{ code: string; pointer: string; messageAr: string }[]> =>
    (await as('maker')('POST', '/v1/drafts/check', { effectiveFrom }))
      .json()
      .diagnostics.filter(({ code }: { code: string }) => code === 'excludes-nobody')
  t.same(await warnings(), [], 'nobody has looked')
  const answer = await impactOf('maker', '&wait=10')
  t.equal(answer.statusCode, 200, 'cases that are lacking do not keep it from being measured')
  const place = `rule/${HEALTH}/2#/conditions/all/2`
  t.ok(answer.json().impact.excludesNobody.some(({ pointer }: { pointer: string }) => pointer === place))
  const found = await warnings()
  t.match(
    found.find(({ pointer }) => pointer === place),
    { messageAr: /أقل من مئة فرد/, severity: 'warning' },
  )
  t.notOk(
    found.some(({ pointer }) => pointer.endsWith('/all/0')),
    'somebody is insured otherwise',
  )
})

t.test('a programme that goes, and one that comes', async (t) => {
  await giveUp('maker')
  await put('maker', 'programme', 'in-kind', null)
  const id = 'winter-help'
  await put('maker', 'programme', id, { ...shipped('programme', 'in-kind'), id, rule: { id, version: 1 } })
  await put('maker', 'rule', id, { ...shipped('rule', 'in-kind'), id, version: 1, effectiveFrom })
  const answer = await impactOf('maker', '&wait=10')
  t.equal(answer.statusCode, 200, answer.body.slice(0, 600))
  const { programmes } = await outcome()
  const of = (programme: string) => programmes.find((one) => one.programme === programme)
  const [gone, come] = [of('in-kind'), of(id)]
  t.match(gone, { presence: 'gone', after: { selected: 0, spent: 0 }, difference: null })
  t.match(come, { presence: 'new', before: { selected: 0, spent: 0 }, difference: null })
  t.equal(gone?.before.selected, come?.after.selected, 'one takes the other’s place')
  t.equal(gone && leavers(gone.transitions.all).units, gone?.before.selected)
  holdsTogether(t, await outcome())
})

t.test('what stands in the way is told with its place, in both languages', async (t) => {
  await giveUp('maker')
  const rule = { ...shipped('rule', HEALTH), version: 2, effectiveFrom }
  rule.conditions.all[0].condition = 'no-such-definition'
  await put('maker', 'rule', HEALTH, rule)
  const faulty = await impactOf()
  t.match(faulty.json(), { status: 422, code: 'change-set-refused' })
  t.ok(faulty.json().errors.some(({ pointer }: { pointer: string }) => pointer.startsWith(`rule/${HEALTH}/2#/conditions`)))
  await giveUp('maker')
  const programme = shipped('programme', HEALTH)
  programme.targeting.period = 'year'
  await put('maker', 'programme', HEALTH, programme)
  const refused = (await impactOf('maker', '&wait=10')).json()
  t.match(refused, { status: 409, code: 'impact-refused', errors: [{ code: 'change-of-measure', messageAr: /برنامج/ }] })
  t.match((await impactOf()).json(), { code: 'impact-refused' }, 'and stays so, at once')
  t.match((await as('maker')('GET', '/v1/drafts/impact?effectiveFrom=yesterday')).json(), { status: 400 })
  t.match((await impactOf('maker', '&drafts=rule/none')).json(), { status: 404, code: 'draft-not-found' })
  await pool.query("update run set snapshot = repeat('0', 64)")
  t.match((await impactOf()).json(), { status: 409, code: 'impact-no-snapshot' })
})
