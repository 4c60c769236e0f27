/** How well one programme finds the poor: its errors, whom it reaches in which tenth, where its money goes, and whether it treats groups alike. */
import { type FairnessMeasure, groupRates, type GroupRates } from './group-fairness.ts'
import type { HouseholdOutcomes } from './household-outcomes.ts'
import type { Measured } from './measure-policies.ts'
import { coadyGroshHoddinott, concentrationIndex, concentrationOfFew } from './measures/concentration.ts'
import { curvePoints } from './measures/curve.ts'
import { reachedRowsByDecile } from './measures/reached-by-decile.ts'
import { errorsOfWeights } from './measures/targeting-errors.ts'
import { SELECTED as REACHED, TARGETING_OUTCOMES, type TargetingOutcome } from './measures/targeting-outcome.ts'
import { KINDS, NON_POOR, POOR, standingOf, UNKNOWN } from './standing.ts'
import type { MonthlyTransfers } from './transfers.ts'
import type { UndeterminedUnits } from './undetermined-units.ts'

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

/** An error by group; of exclusion in results that were stored without its name. */
export interface GroupFairness extends GroupRates {
  readonly measure?: FairnessMeasure
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)
const POOREST = 0.4
const TENTHS = 10

/** What one list does by itself. Whoever it does not name is undetermined or ineligible. */
export interface ListOutcome {
  readonly outcomes: HouseholdOutcomes
  readonly undetermined: UndeterminedUnits
  readonly transfers: MonthlyTransfers
}

export function measureProgramme(programme: string, list: ListOutcome, measured: Measured): ProgrammeMeasures {
  const { order } = measured
  const { transfers } = list
  const { reached, poorBy, nonPoorBy, counted } = countOutcomes(list, measured)
  const { missedBy, coverage, ...errors } = errorsOfWeights(poorBy, nonPoorBy, counted)
  const { inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy } = errors
  const curve = concentrationOfFew(order, transfers)
  return {
    programme,
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
    deciles: reachedRowsByDecile(order, reached, amountsOf(reached, transfers), TENTHS)
      .slice(1)
      .map((one) => ({ coverage: one.coverage, shareOfBenefit: one.shareOfBenefit })),
    fairness: fairnessOf(measured, reached),
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

/** Households by outcome and by whether they are poor, with the snapshot's rows of those that are reached, ascending. */
function countOutcomes({ outcomes: { households, outcome }, undetermined }: ListOutcome, measured: Measured) {
  const { standing, registered, unregistered } = standingOf(measured)
  const counts = new Float64Array(TARGETING_OUTCOMES.length * KINDS)
  const reached = new Uint32Array(households.length)
  const left = (undetermined.standing ?? []).slice()
  let count = 0
  for (let i = 0; i < households.length; i++) {
    const household = households[i] as number
    const row = measured.rows[household] as number
    const [code, kind] = [outcome[i] as number, standing[row] as number]
    counts[code * KINDS + kind] = (counts[code * KINDS + kind] as number) + 1
    left[kind] = (left[kind] as number) - (undetermined.households[household] as number)
    if (code === REACHED) reached[count++] = row
  }
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
  // Whoever the run was not about is not registered.
  const of = (kind: number): number[] => {
    const named = TARGETING_OUTCOMES.map((_, code) => counts[code * KINDS + kind] as number)
    const others: Partial<Record<TargetingOutcome, number>> = {
      undetermined: left[kind] as number,
      ineligible: (registered[kind] as number) - sum(named) - (left[kind] as number),
      unregistered: unregistered[kind] as number,
    }
    return TARGETING_OUTCOMES.map((name, code) => (named[code] as number) + (others[name] ?? 0))
  }
  const [nonPoorBy, poorBy, unknownBy] = [of(NON_POOR), of(POOR), of(UNKNOWN)]
  const [units, unknownUnits] = [sum(nonPoorBy) + sum(poorBy), sum(unknownBy)]
  return {
    reached: reached.subarray(0, count),
    poorBy,
    nonPoorBy,
    counted: { units, weight: units, unknownUnits, unknownWeight: unknownUnits },
  }
}

/** The poor of each group whom the programme misses, and the others whom it reaches instead. */
function fairnessOf(measured: Measured, reached: Uint32Array): GroupFairness[] {
  const { groups: known, standing } = standingOf(measured)
  const errors = measured.breakdowns.map((breakdown, b) => {
    const { codes, groups } = breakdown
    const { poorUnits, unknownUnits } = known[b] as (typeof known)[number]
    const selected = new Float64Array((groups + 1) * KINDS)
    for (const row of reached) {
      const cell = Math.min(codes[row] as number, groups) * KINDS + (standing[row] as number)
      selected[cell] = (selected[cell] as number) + 1
    }
    const of = (code: number, kind: number): number => selected[code * KINDS + kind] as number
    const exclusion = Array.from(poorUnits, (units, code) => ({
      units,
      numerator: units - of(code, POOR),
      unknownUnits: unknownUnits[code] as number,
    }))
    const inclusion = Array.from(poorUnits, (_, code) => ({
      units: of(code, POOR) + of(code, NON_POOR),
      numerator: of(code, NON_POOR),
      unknownUnits: of(code, UNKNOWN),
    }))
    return { exclusion: groupRates(breakdown, exclusion), inclusion: groupRates(breakdown, inclusion) }
  })
  return [
    ...errors.map(({ exclusion }) => ({ measure: 'exclusionError' as const, ...exclusion })),
    ...errors.map(({ inclusion }) => ({ measure: 'inclusionError' as const, ...inclusion })),
  ]
}
