/** Ranks as rules read them: by the programme's own formula, from wherever the household stands, told with the run. */
import t from 'tap'
import { canonicalJson } from '../../src/kernel/canonical.ts'
import { determine, judge } from '../../src/determinations/determine.ts'
import { programmeAnswers } from '../../src/determinations/outcome-answer.ts'
import { readSnapshotText, snapshotText } from '../../src/determinations/snapshot-text.ts'
import { formulasRanked, standingsOf } from '../../src/determinations/standing.ts'
import type { AssembledHousehold, FormulaStanding } from '../../src/households/assembled.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { readFactValues } from '../../src/language/fact-json.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { randomHouseholds } from '../bench/support/random-household.ts'
import { entangledBundle } from './bulk/entangled-bundle.ts'

const { bundle: shipped } = shippedBundle()
if (!shipped) throw new Error('the shipped files do not check')
const bundle: Bundle = shipped
const RUN = '0192f000-0000-7000-8000-000000000001'
const KIND = 'in-kind'
const [formula] = formulasRanked(bundle)
if (!formula) throw new Error('no shipped rule reads a rank')

/** Everything that the rule reads but the rank, which decides. */
const facts = {
  governorate: '22',
  enrolledCashOnList: false,
  enrolledMonthlyOnList: false,
  zakatMonthly: 0,
  incomePerCapitaMonthly: 120,
  povertyLine: 100,
  wentWithoutFood: false,
}
const standing = (percentile: number, change: Partial<FormulaStanding> = {}): FormulaStanding => ({
  formula: formula.ref.hash,
  rank: percentile * 10,
  percentile,
  run: { id: RUN, asOf: '2026-11-01', isProvisional: true },
  ...change,
})
const household = (standings?: readonly FormulaStanding[]): AssembledHousehold => ({
  householdRef: 1,
  asOf: dayNumber('2026-12-01') as number,
  household: readFactValues(bundle.catalogue.household, facts, '').values,
  members: [],
  sources: [],
  applicationId: null,
  ...(standings ? { standings } : {}),
})
const outcomeOf = async (assembled: AssembledHousehold): Promise<string | undefined> =>
  (await determine(bundle, assembled)).units.find(({ programme }) => programme === KIND)?.outcome

t.test('the rank decides, by both engines; without one nothing is decided', async (t) => {
  t.equal(await outcomeOf(household()), 'undetermined')
  t.equal(await outcomeOf(household([])), 'undetermined')
  t.equal(await outcomeOf(household([standing(30)])), 'eligible')
  t.equal(await outcomeOf(household([standing(31)])), 'ineligible')
  t.equal(await outcomeOf(household([standing(0)])), 'undetermined', 'nobody without a score has a place')
  t.equal(
    await outcomeOf(household([standing(30, { formula: 'f'.repeat(64) })])),
    'undetermined',
    'a place by another formula is another place',
  )
})

t.test('whoever is judged next does not inherit a rank', async (t) => {
  const outcome = (assembled: AssembledHousehold) =>
    judge(bundle, assembled, new Set()).find(({ programme }) => programme === KIND)?.outcome
  t.same([outcome(household([standing(30)])), outcome(household())], ['eligible', 'undetermined'])
})

t.test('each programme reads the rank of its own formula', async (t) => {
  const entangled = entangledBundle()
  const of = (id: string) => entangled.programmes.find((one) => one.id === id)
  const [scorecard, welfare] = [of(KIND)?.formula, of('unified-cash-transfer')?.formula]
  t.ok(scorecard && welfare && scorecard !== welfare)
  t.same(formulasRanked(entangled), [scorecard])
  const both = (own: number, other: number) =>
    household([standing(own, { formula: scorecard?.ref.hash as string }), standing(other, { formula: welfare?.ref.hash as string })])
  const read = (assembled: AssembledHousehold): string | undefined =>
    judge(entangled, { ...assembled, household: readFactValues(entangled.catalogue.household, facts, '').values }, new Set()).find(
      ({ programme }) => programme === KIND,
    )?.outcome
  t.not(read(both(30, 90)), read(both(90, 30)))
  t.equal(read(both(30, 90)), read(both(30, 10)))
})

t.test('reasons say that it is provisional and by which run, and only where a rank is told', async (t) => {
  const assembled = household([standing(12)])
  const { units } = await determine(bundle, assembled)
  const answers = programmeAnswers(bundle, assembled, units, { reader: null, viewer: 'citizen' })
  const reasons = (id: string) => answers.find(({ programme }) => programme === id)?.determinations[0]?.reasons
  const { en, ar } = reasons(KIND) ?? { en: [], ar: [] }
  t.equal(en.length, 3)
  t.ok(
    [...en, ...ar].every((sentence) => !/provisional|مؤقتة/.test(sentence)),
    'the first three are about other facts',
  )
  const only = { ...bundle, programmes: bundle.programmes.filter(({ id }) => id === KIND) }
  const late = household([standing(31)])
  const [told] = programmeAnswers(only, late, (await determine(only, late)).units, { reader: null, viewer: 'citizen' })
  const rank = told?.determinations[0]?.reasons
  t.match(
    rank?.en.find((sentence) => /percentile/.test(sentence)),
    `Welfare percentile: percentile 31 (provisional: from run ${RUN} of 1 November 2026)`,
  )
  t.match(rank?.ar.join(' '), new RegExp(`قيمة مؤقتة: من عملية التشغيل ${RUN} بتاريخ`))
  t.equal(rank?.en.filter((sentence) => /provisional/.test(sentence)).length, 1)
})

t.test('stored facts hold the standing, canonical as written, and those without one are as they always were', async (t) => {
  const { catalogue } = bundle
  const assembled = household([standing(12)])
  const text = snapshotText(assembled, catalogue)
  t.equal(canonicalJson(JSON.parse(text)), text)
  t.same(readSnapshotText(text, catalogue).standings, assembled.standings)
  const plain = snapshotText(household(), catalogue)
  t.equal(snapshotText(household([]), catalogue), plain)
  t.same(Object.keys(JSON.parse(plain) as object), ['household', 'members'])
  t.equal(snapshotText({ ...assembled, ...readSnapshotText(text, catalogue) }, catalogue), text)
  t.same(readSnapshotText(plain, catalogue).standings, [])
})

t.test('who has no point score is not asked about', async (t) => {
  const asked: number[] = []
  const place = async ({ score }: { readonly score: number }) => {
    asked.push(score)
    return standing(50)
  }
  const [complete] = randomHouseholds(bundle.catalogue, 1, 3) as [AssembledHousehold]
  t.same(await standingsOf(bundle, complete.household, place), [standing(50)])
  t.same(asked, [judge(bundle, complete, new Set()).find(({ programme }) => programme === KIND)?.score?.point])
  t.same(await standingsOf(bundle, complete.household, async () => null), [])
  const strict = { ...formula, score: () => ({ point: NaN, lo: 0, hi: 1 }) }
  const unscored = { ...bundle, programmes: bundle.programmes.map((one) => ({ ...one, formula: strict })) }
  t.same(await standingsOf(unscored, complete.household, place), [])
  t.equal(asked.length, 1)
})
