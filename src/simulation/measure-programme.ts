/** How well one programme finds the poor: its errors, whom it reaches in which tenth, where its money goes, and whether it treats groups alike. */
import type { ProgrammeBehind } from './behind.ts'
import { countOutcomes, type ListOutcome, type OutcomesBy } from './count-outcomes.ts'
import { fairnessOf } from './fairness-of-programme.ts'
import type { FairnessMeasure, GroupRates } from './group-fairness.ts'
import type { Measured } from './measure-policies.ts'
import { coadyGroshHoddinott, concentrationIndex, concentrationOfFew } from './measures/concentration.ts'
import { curvePoints } from './measures/curve.ts'
import { reachedRowsByDecile } from './measures/reached-by-decile.ts'
import { errorsOfWeights } from './measures/targeting-errors.ts'
import { householdsOf, type WelfareOrder } from './measures/welfare-order.ts'
import type { MonthlyTransfers } from './transfers.ts'
import { twentiethsOf } from './twentieths.ts'

export interface ProgrammeErrors {
  readonly coverage: number | null
  readonly inclusionError: number | null
  readonly exclusionError: number | null
  readonly leakage: number | null
  readonly targetingAccuracy: number | null
  readonly balancedPovertyAccuracy: number | null
  readonly missedBy: readonly { readonly outcome: string; readonly shareOfPoor: number | null }[]
}

export interface Incidence {
  readonly coverage: number | null
  readonly shareOfBenefit: number | null
}

/** Errors count households; incidence is by persons. */
export interface ProgrammeMeasures extends ProgrammeErrors {
  readonly programme: string
  /** Errors where each household counts as often as it has persons. Absent of results that were stored without it. */
  readonly persons?: ProgrammeErrors
  /** Incidence by tenths of households. Absent of results that were stored without it. */
  readonly households?: { readonly coadyGroshHoddinott: number | null; readonly deciles: readonly Incidence[] }
  /** Share of the money that reaches the poorest two fifths, over two fifths. */
  readonly coadyGroshHoddinott: number | null
  readonly concentrationIndex: number | null
  readonly concentration: readonly { readonly population: number; readonly amount: number | null }[]
  /** Tenths of persons by welfare, the poorest first: share reached, and share of the money. */
  readonly deciles: readonly Incidence[]
  readonly fairness: readonly GroupFairness[]
  /** Absent of results that were stored without. */
  readonly behind?: ProgrammeBehind
}

/** An error by group; of exclusion in results that were stored without its name. */
export interface GroupFairness extends GroupRates {
  readonly measure?: FairnessMeasure
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)
const POOREST = 0.4
const TENTHS = 10

export function measureProgramme(programme: string, list: ListOutcome, measured: Measured): ProgrammeMeasures {
  const { order } = measured
  const { transfers } = list
  const { reached, ...counted } = countOutcomes(list, measured)
  const { poorBy, nonPoorBy } = counted
  const curve = concentrationOfFew(order, transfers)
  const byHousehold = householdsOf(order)
  const amounts = amountsOf(reached, transfers)
  const { fairness, groups } = fairnessOf(measured, reached)
  const decilesBy = (by: WelfareOrder): Incidence[] =>
    reachedRowsByDecile(by, reached, amounts, TENTHS)
      .slice(1)
      .map(({ coverage, shareOfBenefit }) => ({ coverage, shareOfBenefit }))
  return {
    programme,
    ...errorsBy(counted, 'units'),
    persons: errorsBy(counted, 'persons'),
    households: {
      // The same money by place, whatever those who stand there count for.
      coadyGroshHoddinott: coadyGroshHoddinott({ ...curve, cumulativeWeight: byHousehold.cumulativeWeight }, POOREST),
      deciles: decilesBy(byHousehold),
    },
    coadyGroshHoddinott: coadyGroshHoddinott(curve, POOREST),
    concentrationIndex: concentrationIndex(curve),
    concentration: curvePoints(curve, POINTS),
    deciles: decilesBy(order),
    fairness,
    behind: {
      poorBy,
      nonPoorBy,
      twentieths: twentiethsOf({ measured, order }, reached, amounts),
      byHouseholds: twentiethsOf({ measured, order: byHousehold }, reached, amounts),
      groups,
    },
  }
}

/** `by`: whether each household counts once, or as often as it has persons. */
function errorsBy({ poorBy, nonPoorBy, unknownBy }: OutcomesBy, by: 'units' | 'persons'): ProgrammeErrors {
  const own = (all: OutcomesBy['poorBy']): number[] => all.map((one) => one[by])
  const sum = (all: OutcomesBy['poorBy']): number => own(all).reduce((total, one) => total + one, 0)
  const [units, unknownUnits] = [sum(poorBy) + sum(nonPoorBy), sum(unknownBy)]
  const counted = { units, weight: units, unknownUnits, unknownWeight: unknownUnits }
  const { missedBy, ...errors } = errorsOfWeights(own(poorBy), own(nonPoorBy), counted)
  const { coverage, inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy } = errors
  return {
    coverage,
    inclusionError,
    exclusionError,
    leakage,
    targetingAccuracy,
    balancedPovertyAccuracy,
    missedBy: missedBy.map(({ outcome, shareOfPoor }) => ({ outcome, shareOfPoor })),
  }
}

/** Beside each row that is reached, what it is paid; both ascend. */
function amountsOf(reached: Uint32Array, { rows, amounts }: MonthlyTransfers): Float64Array {
  const found = new Float64Array(reached.length)
  let paid = 0
  for (let i = 0; i < reached.length && paid < rows.length; i++) if (reached[i] === rows[paid]) found[i] = amounts[paid++] as number
  // INVARIANT: whoever is paid is reached.
  if (paid < rows.length) throw new Error(`household row ${rows[paid]} is paid and not reached`)
  return found
}
