/** What a scenario does to poverty, inequality and targeting, beside the baseline: everybody in the snapshot, by their reference welfare. */
import type { Words } from '../language/fact-space.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import { atRiskOfPoverty } from './measures/at-risk-of-poverty.ts'
import { coadyGroshHoddinott, concentrationCurve, concentrationIndex } from './measures/concentration.ts'
import { curvePoints } from './measures/curve.ts'
import { type GroupRate, ratesByGroup } from './measures/fairness.ts'
import { fgt } from './measures/fgt.ts'
import { gini, lorenzCurve, s80s20 } from './measures/lorenz.ts'
import { poorBelow } from './measures/poverty-line.ts'
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
const PERSON_WEIGHTED = 10

export function measurePolicy(decision: Decision, states: readonly UnitStates[], measured: Measured): PolicyMeasures {
  const { welfare, persons, line, order } = measured
  const transfers = monthlyTransfers(decision, states, measured.rows, welfare.length)
  const raised = welfare.map((value, row) => value + (persons[row] === 0 ? 0 : (transfers.total[row] as number) / (persons[row] as number)))
  const after = welfareOrder(raised, persons)
  const lorenz = lorenzCurve(after)
  const { headcount, povertyGap, severity } = fgt(raised, line, persons)
  const { rate, medianGap } = atRiskOfPoverty(after)
  const poor = poorBelow(welfare, line)
  return {
    poverty: { headcount, povertyGap, severity },
    inequality: { gini: gini(lorenz), s80s20: s80s20(lorenz), atRiskOfPoverty: rate, medianGap },
    lorenz: curvePoints(lorenz, POINTS),
    programmes: decision.lists.map((list, place) => {
      const outcome = outcomesOf(decision, list, states[place] as UnitStates, measured)
      const { coverage, inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy, missedBy } = targetingErrors({
        poor,
        outcome,
      })
      const amount = transfers.byProgramme[place] as Float64Array
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
        deciles: reachedByDecile(order, reached, amount, PERSON_WEIGHTED)
          .slice(1)
          .map((one) => ({ coverage: one.coverage, shareOfBenefit: one.shareOfBenefit })),
        fairness: measured.breakdowns.map((breakdown) => fairnessOf(breakdown, poor, reached)),
      }
    }),
  }
}

function fairnessOf({ id, codes, groups, labels }: LabelledBreakdown, poor: Float64Array, reached: Uint8Array): GroupFairness {
  const missed = poor.map((likelihood, row) => (reached[row] === 1 ? 0 : likelihood))
  const group = codes.map((code) => Math.min(code, groups))
  const rates = ratesByGroup({ numerator: missed, denominator: poor }, group, groups + 1, { reference: 'rest', unitsMin: LEAST_POOR })
  return {
    breakdown: id,
    groups: rates
      .slice(0, groups)
      .map(({ group: code, units: _units, unknownUnits: _unknown, ...rate }) => ({ ...rate, group: labels[code] as Words })),
  }
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
