/** What a scenario does to poverty, inequality and targeting, beside the baseline: everybody in the snapshot, by their reference welfare. */
import type { Words } from '../language/fact-space.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import { atRiskOfPoverty } from './measures/at-risk-of-poverty.ts'
import { coadyGroshHoddinott, concentrationCurve, concentrationIndex } from './measures/concentration.ts'
import { curvePoints } from './measures/curve.ts'
import { type GroupRate, ratesOfCounts } from './measures/fairness.ts'
import { fgt } from './measures/fgt.ts'
import { gini, lorenzCurve, s80s20 } from './measures/lorenz.ts'
import { reachedByDecile } from './measures/reached-by-decile.ts'
import { targetingErrors } from './measures/targeting-errors.ts'
import { SELECTED as REACHED, type TargetingOutcome, targetingOutcomeCode } from './measures/targeting-outcome.ts'
import { welfareOrder, type WelfareOrder } from './measures/welfare-order.ts'
import { monthlyTransfers } from './transfers.ts'
import type { UnitStates } from './unit-states.ts'

/** By household row of the snapshot, whoever the population of the run is. */
export interface Measured {
  /** Thousandths of the currency per person and month; NaN unknown. */
  readonly welfare: Float64Array
  readonly persons: Uint32Array
  /** Thousandths per person and month: poor is strictly below. */
  readonly line: number
  readonly breakdowns: readonly LabelledBreakdown[]
  /** Ordered once: persons by welfare before any transfer. */
  readonly order: WelfareOrder
  /** Poor before any transfer: 1, 0, NaN where welfare is unknown. */
  readonly poor: Float64Array
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
}

export interface PolicyMeasures {
  /** Of persons, after the programmes' transfers; null where nobody's welfare is known. */
  readonly poverty: { readonly headcount: number | null; readonly povertyGap: number | null; readonly severity: number | null }
  readonly inequality: {
    readonly gini: number | null
    readonly s80s20: number | null
    readonly atRiskOfPoverty: number | null
    readonly medianGap: number | null
  }
  /** Share of persons and of welfare, at every twentieth of the persons. */
  readonly lorenz: readonly { readonly population: number; readonly amount: number | null }[]
  readonly programmes: readonly ProgrammeMeasures[]
}

export interface ProgrammeMeasures {
  readonly programme: string
  /** Of households. */
  readonly coverage: number | null
  readonly inclusionError: number | null
  readonly exclusionError: number | null
  readonly leakage: number | null
  readonly targetingAccuracy: number | null
  readonly balancedPovertyAccuracy: number | null
  readonly missedBy: readonly { readonly outcome: string; readonly shareOfPoor: number | null }[]
  /** Share of the money that reaches the poorest two fifths, over two fifths. */
  readonly coadyGroshHoddinott: number | null
  readonly concentrationIndex: number | null
  readonly concentration: readonly { readonly population: number; readonly amount: number | null }[]
  /** Tenths of persons by welfare, the poorest first: share reached, and share of the money. */
  readonly deciles: readonly { readonly coverage: number | null; readonly shareOfBenefit: number | null }[]
  readonly fairness: readonly GroupFairness[]
}

/** The error of exclusion by group: the poor who are not selected, of the poor. */
export interface GroupFairness {
  readonly breakdown: string
  readonly groups: readonly (Omit<GroupRate, 'group' | 'units' | 'unknownUnits'> & { readonly group: Words })[]
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)
const POOREST = 0.4
/** Groups of fewer poor households are not spoken of. */
const LEAST_POOR = 50
const TENTHS = 10

export function measurePolicy(decision: Decision, states: readonly UnitStates[], measured: Measured): PolicyMeasures {
  const { welfare, persons, line } = measured
  const transfers = monthlyTransfers(decision, states, measured.rows, welfare.length)
  const raised = welfare.map((value, row) => value + (persons[row] === 0 ? 0 : (transfers.total[row] as number) / (persons[row] as number)))
  const after = welfareOrder(raised, persons)
  const lorenz = lorenzCurve(after)
  const { headcount, povertyGap, severity } = fgt(raised, line, persons)
  const { rate, medianGap } = atRiskOfPoverty(after)
  return {
    poverty: { headcount, povertyGap, severity },
    inequality: { gini: gini(lorenz), s80s20: s80s20(lorenz), atRiskOfPoverty: rate, medianGap },
    lorenz: curvePoints(lorenz, POINTS),
    programmes: decision.lists.map((list, place) =>
      kept(measured, list, () =>
        measureProgramme(
          decision,
          list,
          { states: states[place] as UnitStates, amount: transfers.byProgramme[place] as Float64Array },
          measured,
        ),
      ),
    ),
  }
}

const known = new WeakMap<Measured, WeakMap<ProgrammeList, ProgrammeMeasures>>()

/** A list that a scenario shares with its baseline is measured once. */
function kept(measured: Measured, list: ProgrammeList, measure: () => ProgrammeMeasures): ProgrammeMeasures {
  const lists = known.get(measured) ?? new WeakMap<ProgrammeList, ProgrammeMeasures>()
  known.set(measured, lists)
  const found = lists.get(list) ?? measure()
  lists.set(list, found)
  return found
}

interface Paid {
  readonly states: UnitStates
  /** Thousandths per month, by household row of the snapshot. */
  readonly amount: Float64Array
}

function measureProgramme(decision: Decision, list: ProgrammeList, { states, amount }: Paid, measured: Measured): ProgrammeMeasures {
  const { order, poor } = measured
  const outcome = outcomesOf(decision, list, states, measured)
  const { missedBy, coverage, ...errors } = targetingErrors({ poor, outcome })
  const { inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy } = errors
  const curve = concentrationCurve(order, amount)
  const reached = outcome.map((code) => (code === REACHED ? 1 : 0))
  return {
    programme: list.programme,
    coverage,
    inclusionError,
    exclusionError,
    leakage,
    targetingAccuracy,
    balancedPovertyAccuracy,
    missedBy: missedBy.map(({ outcome: name, shareOfPoor }) => ({ outcome: name, shareOfPoor })),
    coadyGroshHoddinott: coadyGroshHoddinott(curve, POOREST),
    concentrationIndex: concentrationIndex(curve),
    concentration: curvePoints(curve, POINTS),
    deciles: reachedByDecile(order, reached, amount, TENTHS)
      .slice(1)
      .map((one) => ({ coverage: one.coverage, shareOfBenefit: one.shareOfBenefit })),
    fairness: fairnessOf(measured.breakdowns, poor, reached),
  }
}

/** One walk for all breakdowns: the poor of each group, and those of them whom the programme misses. */
function fairnessOf(breakdowns: readonly LabelledBreakdown[], poor: Float64Array, reached: Uint8Array): GroupFairness[] {
  const counts = breakdowns.map(({ groups }) => ({
    units: new Float64Array(groups + 1),
    numerator: new Float64Array(groups + 1),
    unknownUnits: new Float64Array(groups + 1),
  }))
  for (let row = 0; row < poor.length; row++) {
    const likelihood = poor[row] as number
    if (likelihood === 0) continue
    for (let b = 0; b < breakdowns.length; b++) {
      const { codes, groups } = breakdowns[b] as LabelledBreakdown
      const { units, numerator, unknownUnits } = counts[b] as (typeof counts)[number]
      const code = Math.min(codes[row] as number, groups)
      const into = Number.isNaN(likelihood) ? unknownUnits : units
      into[code] = (into[code] as number) + 1
      if (likelihood === 1 && reached[row] !== 1) numerator[code] = (numerator[code] as number) + 1
    }
  }
  return breakdowns.map(({ id, groups, labels }, b) => {
    const { units, numerator, unknownUnits } = counts[b] as (typeof counts)[number]
    const own = Array.from(units, (count, code) => ({
      units: count,
      numerator: numerator[code] as number,
      unknownUnits: unknownUnits[code] as number,
    }))
    const rates = ratesOfCounts(own, { reference: 'rest', unitsMin: LEAST_POOR })
    return {
      breakdown: id,
      groups: rates
        .slice(0, groups)
        .map(({ group: code, units: _units, unknownUnits: _unknown, ...rate }) => ({ ...rate, group: labels[code] as Words })),
    }
  })
}

/** What kept a household out, in the words of targeting errors; whoever the run was not about is not registered. A household is reached when one of its persons is. */
function outcomesOf({ nation }: Decision, list: ProgrammeList, { outcome }: UnitStates, { rows, welfare }: Measured): Uint8Array {
  const found = new Uint8Array(welfare.length).fill(targetingOutcomeCode('unregistered'))
  const best = new Uint8Array(nation.householdRefs.length).fill(WORST)
  if (list.unit === 'household') best.set(outcome)
  else
    outcome.forEach(
      (code, person) =>
        (best[nation.householdOf[person] as number] = Math.min(best[nation.householdOf[person] as number] as number, RANK[code] as number)),
    )
  for (let row = 0; row < rows.length; row++) {
    const code = best[row] as number
    found[rows[row] as number] =
      list.unit === 'household' ? code : code === WORST ? targetingOutcomeCode('ineligible') : (BY_RANK[code] as number)
  }
  return found
}

/** From the best that can become of one of several persons to the least. */
const ORDER: readonly TargetingOutcome[] = [
  'selected',
  'no-budget',
  'no-place',
  'served-by-another',
  'past-threshold',
  'undetermined',
  'ineligible',
  'unregistered',
]
const BY_RANK = ORDER.map(targetingOutcomeCode)
const RANK = BY_RANK.map((_, code) => BY_RANK.indexOf(code))
const WORST = 255
