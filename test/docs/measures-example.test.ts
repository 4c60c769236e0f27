/** The example of docs/explanation/measures.md: its tables, and the sums done by hand in it, are what the measures compute. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { atRiskOfPoverty } from '../../src/simulation/measures/at-risk-of-poverty.ts'
import { atkinson } from '../../src/simulation/measures/atkinson.ts'
import { coadyGroshHoddinott, concentrationCurve, concentrationIndex } from '../../src/simulation/measures/concentration.ts'
import { ordinate } from '../../src/simulation/measures/curve.ts'
import { ratesByGroup } from '../../src/simulation/measures/fairness.ts'
import { fgtBeforeAfter } from '../../src/simulation/measures/fgt-before-after.ts'
import { fgt, watts } from '../../src/simulation/measures/fgt.ts'
import { gini, lorenzCurve, s80s20, welfareShares } from '../../src/simulation/measures/lorenz.ts'
import { measureDefinitions } from '../../src/simulation/measures/measure-definitions.ts'
import { nearCutOff } from '../../src/simulation/measures/near-cut-off.ts'
import { poorBelow } from '../../src/simulation/measures/poverty-line.ts'
import { povertyRateOfLikelihoods } from '../../src/simulation/measures/poverty-rate-of-likelihoods.ts'
import { povertyShortfall } from '../../src/simulation/measures/poverty-shortfall.ts'
import { quantile } from '../../src/simulation/measures/quantile.ts'
import { kendallTauB, spearman } from '../../src/simulation/measures/rank-correlation.ts'
import { rankMoves } from '../../src/simulation/measures/rank-moves.ts'
import { reachedByDecile } from '../../src/simulation/measures/reached-by-decile.ts'
import { targetingErrors } from '../../src/simulation/measures/targeting-errors.ts'
import { SELECTED, targetingOutcomeCode, type TargetingOutcome } from '../../src/simulation/measures/targeting-outcome.ts'
import { meanLogDeviation, theil } from '../../src/simulation/measures/theil.ts'
import { welfareOrder } from '../../src/simulation/measures/welfare-order.ts'
import { samplingErrorOfShare } from '../../src/simulation/on-sample/sampling-errors.ts'
import { type Cell, tabulate } from '../../src/simulation/tabulate.ts'
import { SELECTED as SELECTED_STATE, type UnitStates } from '../../src/simulation/unit-states.ts'
import { statesByRow } from '../simulation/support/states-by-row.ts'
import { valueOf } from './arithmetic.ts'

const LINE = 100
const page = readFileSync(join(projectRoot, 'docs/explanation/measures.md'), 'utf8')
const rows = (pattern: RegExp): string[][] =>
  page
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )

const households = rows(/^\| [A-J] \|/)
const numbers = (column: number): Float64Array => Float64Array.from(households, (cells) => Number(cells[column]))
const outcomes = (column: number): Uint8Array =>
  Uint8Array.from(households, (cells) => targetingOutcomeCode(cells[column] as TargetingOutcome))
const persons = Uint8Array.from(numbers(1))
const [welfare, likelihood, benefit, score, benefitAfter] = [numbers(2), numbers(4), numbers(6), numbers(7), numbers(9)]
const rural = Uint8Array.from(households, (cells) => Number(cells[3] === 'rural'))
const [outcome, outcomeAfter] = [outcomes(5), outcomes(8)]
const selected = (codes: Uint8Array): Uint8Array => codes.map((code) => Number(code === SELECTED))

/** By the first cell of a line of the results: the measure's id, and what of it. */
function computed(): Readonly<Record<string, unknown>> {
  const order = welfareOrder(welfare, persons)
  const lorenz = lorenzCurve(order)
  const poverty = fgt(welfare, LINE, persons)
  const risk = atRiskOfPoverty(order)
  const poor = poorBelow(welfare, LINE)
  const errors = targetingErrors({ poor, outcome, weights: persons })
  const missed = (name: TargetingOutcome) => errors.missedBy.find((one) => one.outcome === name)?.shareOfPoor
  const money = concentrationCurve(order, benefit)
  const change = fgtBeforeAfter(
    welfare,
    benefit.map((amount, row) => amount / (persons[row] as number)),
    LINE,
    persons,
  ).change
  const halves = reachedByDecile(order, selected(outcome), benefit, 2)
  const moves = rankMoves(welfareOrder(welfare), welfareOrder(score), 5)
  const states = (codes: Uint8Array, amount: Float64Array): UnitStates =>
    statesByRow({ state: selected(codes).map((one) => one * SELECTED_STATE), outcome: codes, benefit: amount })
  const [before, after] = [states(outcome, benefit), states(outcomeAfter, benefitAfter)]
  const counted = { before, after, householdOf: null, persons: Uint32Array.from(persons), keys: new Uint32Array(persons.length) }
  const cell = (from: number, to: number): Cell => tabulate(counted, []).all[from]?.[to] as Cell
  const [stay, enter, leave] = [cell(SELECTED_STATE, SELECTED_STATE), cell(0, SELECTED_STATE), cell(SELECTED_STATE, 0)]
  const near = nearCutOff(welfare, LINE, 10, persons)
  // Households that were drawn one by one, of the whole country.
  const each = Int32Array.from(persons, (_, row) => row)
  const singly = { rows: each, clusterOf: each, stratumOf: new Int32Array(persons.length) }
  const numerator = poor.map((p, row) => (outcome[row] === SELECTED ? 0 : p))
  const [urbanRate, ruralRate] = ratesByGroup({ numerator, denominator: poor, weights: persons }, rural, 2, { reference: 1, unitsMin: 2 })
  return {
    'poverty-headcount': poverty.headcount,
    'poverty-gap': poverty.povertyGap,
    'poverty-severity': poverty.severity,
    watts: watts(welfare, LINE, { weights: persons }).value,
    'poverty-shortfall': povertyShortfall(welfare, LINE, persons).money,
    'poverty-change headcount': change.headcount,
    'poverty-change gap': change.povertyGap,
    'poverty-change severity': change.severity,
    'poverty-rate-of-likelihoods': povertyRateOfLikelihoods(likelihood, persons).rate,
    'at-risk-of-poverty-threshold': risk.threshold,
    'at-risk-of-poverty-rate': risk.rate,
    'at-risk-of-poverty-gap': risk.medianGap,
    'quantile median': quantile(order, 1, 2),
    'lorenz-curve 0.2': ordinate(lorenz, 0.2),
    'welfare-shares poorest tenth': welfareShares(lorenz)?.[0],
    gini: gini(lorenz),
    's80-s20': s80s20(lorenz),
    'mean-log-deviation': meanLogDeviation(welfare, { weights: persons }).value,
    theil: theil(welfare, persons).value,
    'atkinson 2': atkinson(welfare, 2, persons).value,
    coverage: errors.coverage,
    'poverty-accuracy': errors.povertyAccuracy,
    'exclusion-error': errors.exclusionError,
    'exclusion-error unregistered': missed('unregistered'),
    'exclusion-error no-place': missed('no-place'),
    'inclusion-error': errors.inclusionError,
    leakage: errors.leakage,
    'targeting-accuracy': errors.targetingAccuracy,
    'balanced-poverty-accuracy': errors.balancedPovertyAccuracy,
    'concentration-curve 0.4': ordinate(money, 0.4),
    'concentration-index': concentrationIndex(money),
    'coady-grosh-hoddinott 0.4': coadyGroshHoddinott(money, 0.4),
    'reached-by-decile poorer half': halves[1]?.benefit,
    'reached-by-decile better half': halves[2]?.benefit,
    'sampling-error poor households': samplingErrorOfShare(poor, new Float64Array(10).fill(1), singly)?.standardError,
    spearman: spearman(welfare, score).value,
    'kendall-tau-b': kendallTauB(welfare, score).value,
    'rank-moves same fifth': moves.moved.sameGroup,
    'rank-moves greatest': moves.moved.greatestDistance,
    'transitions stay selected': stay.persons,
    'transitions newly selected': enter.persons,
    'transitions gained': enter.after - enter.before,
    'transitions no longer selected': leave.persons,
    'transitions lost': leave.before - leave.after,
    'near-cut-off below': near.below,
    'near-cut-off at': near.at,
    'near-cut-off share': near.share,
    'group-rate urban': urbanRate?.rate,
    'group-rate rural': ruralRate?.rate,
    'group-rate rural low': ruralRate?.interval?.low,
    'group-rate rural high': ruralRate?.interval?.high,
    'group-difference': urbanRate?.difference?.value,
    'group-ratio': urbanRate?.ratio?.value,
  }
}

t.test('every measure of the registry has a line; each value and each sum by hand is what is computed', async (t) => {
  t.equal(households.length, 10)
  const values = computed()
  const results = rows(/^\| `[a-z]/).map(([key = '', name, value, hand]) => ({ key: key.replaceAll('`', ''), name, value, hand }))
  t.same(
    results.map(({ key }) => key),
    Object.keys(values),
  )
  const idOf = (key: string): string => key.split(' ')[0] as string
  t.same([...new Set(results.map(({ key }) => idOf(key)))].toSorted(), [...measureDefinitions.keys()].toSorted())
  for (const { key, name, value, hand = '' } of results) {
    const number = values[key] as number
    t.equal(
      value,
      number
        .toFixed(4)
        .replace(/\.?0+$/, '')
        .replace('-', '−'),
      key,
    )
    const byHand = valueOf(hand)
    t.ok(Math.abs(byHand - number) < 1e-9, `${key}: ${hand} is ${byHand}, computed ${number}`)
    t.equal(name, measureDefinitions.get(idOf(key))?.name.ar, key)
  }
})

t.test('what the text says of the ten', async (t) => {
  const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, number) => sum + number, 0)
  const [people, amount] = [total(persons), total(welfare.map((y, row) => y * (persons[row] as number)))]
  t.same([people, amount, amount / people], [40, 4800, 120])
  t.match(page, 'Forty persons have 4,800 in all, 120 each on average.')
  t.equal(fgt(welfare, LINE, persons).poorWeight, 20)
  t.same(
    [...benefit].flatMap((money, row) => (money > 0 ? [money / (persons[row] as number)] : [])),
    [20, 20, 15, 8],
  )
  t.match(page, '20 a person for A and C, 15 for E and 8 for F')
  t.same([selected(outcome), selected(outcomeAfter)].map(total), [4, 4], 'the same four places')
})

t.test('arithmetic on the page is read as people read it', async (t) => {
  t.equal(valueOf('2 + 3 · 4'), 14)
  t.equal(valueOf('1 − 2 − (3 − 4)/2'), -0.5)
  t.equal(valueOf('√(9) + ln(1) + 2²'), 7)
  t.equal(valueOf('−|3 − 5|'), -2)
  for (const wrong of ['', '2 +', '2 3', 'x', '(1']) t.throws(() => valueOf(wrong))
})
