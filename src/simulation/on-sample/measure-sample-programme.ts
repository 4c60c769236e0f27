/** How well one programme finds the poor of a sample: its errors per household and per person, and whom and where its money reaches. */
import type { Bundle } from '../../programmes/bundle.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import { coadyGroshHoddinott, concentrationCurve, concentrationIndex } from '../measures/concentration.ts'
import { Counter, shareOf } from '../measures/counted.ts'
import { curvePoints } from '../measures/curve.ts'
import { ExactSum, exactSums } from '../measures/exact-sum.ts'
import { quantileGroups } from '../measures/quantile.ts'
import { SELECTED, targetingOutcomeCode } from '../measures/targeting-outcome.ts'
import { errorsOfWeights, type TargetingErrors } from '../measures/targeting-errors.ts'
import type { MeasuredSample } from './measure-sample.ts'
import { monthlyOf, monthsOf } from './sample-parts.ts'
import { type ErrorSampling, errorSampling } from './error-sampling.ts'
import type { SampleList } from './select-sample.ts'

export type SampleErrors = Pick<
  TargetingErrors,
  'coverage' | 'inclusionError' | 'exclusionError' | 'leakage' | 'targetingAccuracy' | 'balancedPovertyAccuracy'
> & {
  /** Rows that the shares rest on; one that is selected in part is among the selected and among the others. */
  readonly rows: ErrorRows
  /** Absent of results that were stored without it. */
  readonly sampling?: ErrorSampling
  readonly missedBy: readonly { readonly outcome: string; readonly rows: number; readonly shareOfPoor: number | null }[]
}

export interface ErrorRows {
  readonly poorSelected: number
  readonly poorMissed: number
  readonly nonPoorSelected: number
  readonly nonPoorLeftOut: number
}

export interface SampleMoved {
  readonly rows: number
  /** Of the simulation's population. */
  readonly households: number
}

export interface SampleProgramme {
  readonly programme: string
  readonly period: string
  /** Rows that the figures rest on: of known welfare, poor among them, selected at least in part. */
  readonly rows: { readonly known: number; readonly poor: number; readonly selected: number }
  /** Households, and thousandths of the currency for the period, of the simulation's population. */
  readonly selected: number
  readonly spent: number
  readonly budget: number | null
  readonly places: number | null
  readonly stoppedByBudget: boolean
  readonly households: SampleErrors
  readonly persons: SampleErrors
  readonly coadyGroshHoddinott: number | null
  readonly concentrationIndex: number | null
  readonly concentration: readonly { readonly population: number; readonly amount: number | null }[]
  /** Tenths of persons by welfare, the poorest first. */
  readonly deciles: readonly { readonly rows: number; readonly coverage: number | null; readonly shareOfBenefit: number | null }[]
  /** Against the baseline; absent of the baseline itself. */
  readonly entrants?: SampleMoved
  readonly leavers?: SampleMoved
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)
const POOREST = 0.4
const TENTHS = 10
/** Shares of a row are quotients: what is smaller is their rounding, and nobody. */
const SHARE_MIN = 1e-9

/** `before`: the baseline's list, null in it where the baseline has none; null of the baseline itself. */
export function measureSampleProgramme(
  bundle: Bundle,
  list: SampleList,
  before: { readonly list: SampleList | null } | null,
  measured: MeasuredSample,
): SampleProgramme {
  const { households, persons, poor, order } = measured
  const { selected, benefitScale } = list
  const toThousandths = (amount: number): number => Math.round(amount * 10 ** (3 - benefitScale))
  const monthly = monthlyOf(list, monthsOf(bundle, list.programme))
  const paid = monthly.map((amount, row) => amount * (selected[row] as number) * (households[row] as number))
  const curve = concentrationCurve(order, paid)
  const counts = (isSo: (row: number) => boolean): number =>
    households.reduce((sum, weight, row) => sum + Number(weight > 0 && isSo(row)), 0)
  return {
    programme: list.programme,
    period: programmeOf(bundle, list.programme)?.programme.source.targeting.period ?? '',
    rows: {
      known: counts((row) => !Number.isNaN(poor[row] as number)),
      poor: counts((row) => poor[row] === 1),
      selected: counts((row) => (selected[row] as number) > 0),
    },
    selected: Math.round(total(selected.map((share, row) => share * (households[row] as number)))),
    spent: toThousandths(list.spent),
    budget: list.budget === null ? null : toThousandths(list.budget),
    places: list.places,
    stoppedByBudget: list.stoppedByBudget,
    households: { ...errorsBy(list, poor, households), sampling: errorSampling(list, poor, households, measured.design) },
    persons: { ...errorsBy(list, poor, persons), sampling: errorSampling(list, poor, persons, measured.design) },
    coadyGroshHoddinott: coadyGroshHoddinott(curve, POOREST),
    concentrationIndex: concentrationIndex(curve),
    concentration: curvePoints(curve, POINTS),
    deciles: decilesOf(measured, selected, paid),
    ...(before ? moved(before.list, selected, households) : {}),
  }
}

/** Weights of the poor and of the others by outcome: a row that is selected in part counts for each part. */
function errorsBy({ outcomes }: SampleList, poor: Float64Array, weights: Float64Array): SampleErrors {
  const counter = new Counter()
  const [poorBy, nonPoorBy] = [exactSums(outcomes.length), exactSums(outcomes.length)]
  const poorRows = outcomes.map(() => 0)
  const rows = { poorSelected: 0, poorMissed: 0, nonPoorSelected: 0, nonPoorLeftOut: 0 }
  for (let row = 0; row < poor.length; row++) {
    const weight = weights[row] as number
    if (!counter.take(weight, !Number.isNaN(poor[row] as number))) continue
    const into = poor[row] === 1 ? poorBy : nonPoorBy
    outcomes.forEach((shares, outcome) => into[outcome]?.add(weight * (shares[row] as number)))
    const own = (outcomes[SELECTED]?.[row] as number) > SHARE_MIN
    const rest = 1 - (outcomes[SELECTED]?.[row] as number) > SHARE_MIN
    if (poor[row] === 1) {
      rows.poorSelected += Number(own)
      rows.poorMissed += Number(rest)
      outcomes.forEach((shares, outcome) => {
        if ((shares[row] as number) > SHARE_MIN) poorRows[outcome] = (poorRows[outcome] as number) + 1
      })
    } else {
      rows.nonPoorSelected += Number(own)
      rows.nonPoorLeftOut += Number(rest)
    }
  }
  const [ofPoor, ofOthers] = [poorBy.map((sum) => sum.value()), nonPoorBy.map((sum) => sum.value())]
  const { coverage, inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy, missedBy } = errorsOfWeights(
    ofPoor,
    ofOthers,
    counter.value(),
  )
  return {
    rows,
    coverage,
    inclusionError,
    exclusionError,
    leakage,
    targetingAccuracy,
    balancedPovertyAccuracy,
    missedBy: missedBy.map(({ outcome, shareOfPoor }) => ({
      outcome,
      rows: poorRows[targetingOutcomeCode(outcome)] as number,
      shareOfPoor,
    })),
  }
}

function decilesOf({ order, persons }: MeasuredSample, selected: Float64Array, paid: Float64Array): SampleProgramme['deciles'] {
  const decile = quantileGroups(order, TENTHS)
  const rows = new Float64Array(TENTHS + 1)
  const [all, reached, money] = [exactSums(TENTHS + 1), exactSums(TENTHS + 1), exactSums(TENTHS + 1)]
  for (let row = 0; row < decile.length; row++) {
    const group = decile[row] as number
    rows[group] = (rows[group] as number) + 1
    all[group]?.add(persons[row] as number)
    reached[group]?.add((persons[row] as number) * (selected[row] as number))
    money[group]?.add(paid[row] as number)
  }
  // Whoever's welfare is unknown is in no tenth, and still paid.
  const spent = total(paid)
  return Array.from({ length: TENTHS }, (_, tenth) => ({
    rows: rows[tenth + 1] as number,
    coverage: shareOf(reached[tenth + 1]?.value() ?? 0, all[tenth + 1]?.value() ?? 0),
    shareOfBenefit: shareOf(money[tenth + 1]?.value() ?? 0, spent),
  }))
}

function moved(before: SampleList | null, selected: Float64Array, households: Float64Array): Pick<SampleProgramme, 'entrants' | 'leavers'> {
  const by = (sign: 1 | -1): SampleMoved => {
    const sum = new ExactSum()
    let rows = 0
    for (let row = 0; row < selected.length; row++) {
      const share = sign * ((selected[row] as number) - (before?.selected[row] ?? 0))
      if (share <= SHARE_MIN || households[row] === 0) continue
      rows++
      sum.add(share * (households[row] as number))
    }
    return { rows, households: Math.round(sum.value()) }
  }
  return { entrants: by(1), leavers: by(-1) }
}

function total(terms: Float64Array): number {
  const sum = new ExactSum()
  for (const term of terms) sum.add(term)
  return sum.value()
}
