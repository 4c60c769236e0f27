/** How well a programme finds the poor: coverage, errors of inclusion and exclusion with their reasons, and accuracy. */
import { Counter, type Counted, shareOf, weightOf, type Weights } from './counted.ts'
import { exactSums } from './exact-sum.ts'
import { checkLikelihood } from './poverty-rate-of-likelihoods.ts'
import { SELECTED, TARGETING_OUTCOMES, type TargetingOutcome } from './targeting-outcome.ts'

/** Columns by row. */
export interface Targeted {
  /** Likelihood of being poor, 0 to 1; 0 or 1 where it is certain (`poorBelow`); NaN unknown. */
  readonly poor: Float64Array
  /** Index of TARGETING_OUTCOMES. */
  readonly outcome: Uint8Array
  readonly weights?: Weights | undefined
}

/** Weights of those whose poverty is known; a likelihood counts for as much on either side. */
export interface TargetingTable {
  readonly poorSelected: number
  readonly poorMissed: number
  readonly nonPoorSelected: number
  readonly nonPoorLeftOut: number
}

/** Shares, 0 to 1 unless said otherwise; null where nobody is in the denominator. */
export interface TargetingErrors extends TargetingTable {
  /** Selected of all. */
  readonly coverage: number | null
  /** Selected of the poor: coverage of the poor, sensitivity. */
  readonly povertyAccuracy: number | null
  /** Not selected of the poor: Coady, Grosh & Hoddinott's error of exclusion, IRIS's undercoverage. */
  readonly exclusionError: number | null
  /** Non-poor of the selected: the error of inclusion. */
  readonly inclusionError: number | null
  /** Non-poor selected, over the poor: IRIS's leakage. Exceeds 1 where more non-poor are selected than there are poor. */
  readonly leakage: number | null
  /** Rightly selected or rightly left out, of all: total accuracy. */
  readonly targetingAccuracy: number | null
  /** Balanced poverty accuracy: poverty accuracy − |exclusion error − leakage|, at most 1, without a lower bound. */
  readonly balancedPovertyAccuracy: number | null
  readonly missedBy: readonly MissedPoor[]
  readonly counted: Counted
}

/** The poor whom one reason kept out. The shares of all reasons add up to the exclusion error. */
export interface MissedPoor {
  readonly outcome: Exclude<TargetingOutcome, 'selected'>
  readonly poorWeight: number
  readonly shareOfPoor: number | null
}

/**
 * Unknown poverty is neither: it is left out and counted. An undetermined unit is not selected, so that a poor one is missed for that reason.
 * Sources: Cornia & Stewart 1993; Coady, Grosh & Hoddinott 2004, ch. 2; IRIS Center 2005 for USAID (leakage, undercoverage, BPAC).
 */
export function targetingErrors({ poor, outcome, weights }: Targeted): TargetingErrors {
  const counter = new Counter()
  const poorBy = exactSums(TARGETING_OUTCOMES.length)
  const nonPoorBy = exactSums(TARGETING_OUTCOMES.length)
  for (let row = 0; row < poor.length; row++) {
    const code = outcome[row] as number
    if (!(code < TARGETING_OUTCOMES.length)) throw new RangeError(`row ${row} has the outcome ${code}`)
    const p = checkLikelihood(poor[row] as number, row)
    const weight = weightOf(weights, row)
    if (!counter.take(weight, !Number.isNaN(p))) continue
    poorBy[code]?.add(weight * p)
    nonPoorBy[code]?.add(weight * (1 - p))
  }
  return errorsOfWeights(
    poorBy.map((sum) => sum.value()),
    nonPoorBy.map((sum) => sum.value()),
    counter.value(),
  )
}

/** The same of weights that were added up before, by outcome: of the poor, and of the others. */
export function errorsOfWeights(poorWeights: readonly number[], nonPoorWeights: readonly number[], counted: Counted): TargetingErrors {
  const table = {
    poorSelected: poorWeights[SELECTED] as number,
    poorMissed: total(poorWeights.slice(1)),
    nonPoorSelected: nonPoorWeights[SELECTED] as number,
    nonPoorLeftOut: total(nonPoorWeights.slice(1)),
  }
  const allPoor = table.poorSelected + table.poorMissed
  const missedBy = TARGETING_OUTCOMES.flatMap((name, code) =>
    name === 'selected'
      ? []
      : [{ outcome: name, poorWeight: poorWeights[code] as number, shareOfPoor: shareOf(poorWeights[code] as number, allPoor) }],
  )
  return { ...table, ...errorsOf(table), missedBy, counted }
}

type Errors = Omit<TargetingErrors, keyof TargetingTable | 'missedBy' | 'counted'>

/** The measures of a two by two table, such as a published one. */
export function errorsOf({ poorSelected, poorMissed, nonPoorSelected, nonPoorLeftOut }: TargetingTable): Errors {
  const poor = poorSelected + poorMissed
  const selected = poorSelected + nonPoorSelected
  const all = poor + nonPoorSelected + nonPoorLeftOut
  return {
    coverage: shareOf(selected, all),
    povertyAccuracy: shareOf(poorSelected, poor),
    exclusionError: shareOf(poorMissed, poor),
    inclusionError: shareOf(nonPoorSelected, selected),
    leakage: shareOf(nonPoorSelected, poor),
    targetingAccuracy: shareOf(poorSelected + nonPoorLeftOut, all),
    balancedPovertyAccuracy: shareOf(poorSelected - Math.abs(poorMissed - nonPoorSelected), poor),
  }
}

/** In the fixed order of the outcomes, so that the order of rows does not matter. */
const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)
