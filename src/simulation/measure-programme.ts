/** How well one programme finds the poor: its errors, whom it reaches in which tenth, where its money goes, and whether it treats groups alike. */
import { countKeyed, type Keyed, keyedAt, keyedCounts, keyedRest, keyedSum, NO_UNITS } from '../kernel/keyed-counts.ts'
import type { Words } from '../language/fact-space.ts'
import type { ProgrammeBehind } from './behind.ts'
import type { HouseholdOutcomes } from './household-outcomes.ts'
import type { Measured } from './measure-policies.ts'
import { coadyGroshHoddinott, concentrationIndex, concentrationOfFew } from './measures/concentration.ts'
import { curvePoints } from './measures/curve.ts'
import { type GroupCount, type GroupRate, ratesOfCounts } from './measures/fairness.ts'
import { reachedRowsByDecile } from './measures/reached-by-decile.ts'
import { errorsOfWeights } from './measures/targeting-errors.ts'
import { SELECTED as REACHED, TARGETING_OUTCOMES, type TargetingOutcome } from './measures/targeting-outcome.ts'
import { KINDS, NON_POOR, POOR, standingOf, UNKNOWN } from './standing.ts'
import type { MonthlyTransfers } from './transfers.ts'
import { twentiethsOf } from './twentieths.ts'
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
  /** Absent of results that were stored without. */
  readonly behind?: ProgrammeBehind
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

/** What one list does by itself. Whoever it does not name is undetermined or ineligible. */
export interface ListOutcome {
  readonly outcomes: HouseholdOutcomes
  readonly undetermined: UndeterminedUnits
  readonly transfers: MonthlyTransfers
}

export function measureProgramme(programme: string, list: ListOutcome, measured: Measured): ProgrammeMeasures {
  const { order } = measured
  const { transfers } = list
  const { reached, reachedPoor, poorBy, nonPoorBy, counted } = countOutcomes(list, measured)
  const units = (all: readonly Keyed[]): number[] => all.map((one) => one.units)
  const { missedBy, coverage, ...errors } = errorsOfWeights(units(poorBy), units(nonPoorBy), counted)
  const { inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy } = errors
  const curve = concentrationOfFew(order, transfers)
  const amounts = amountsOf(reached, transfers)
  const { fairness, groups } = fairnessOf(measured, reachedPoor)
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
    deciles: reachedRowsByDecile(order, reached, amounts, TENTHS)
      .slice(1)
      .map((one) => ({ coverage: one.coverage, shareOfBenefit: one.shareOfBenefit })),
    fairness,
    behind: { poorBy, nonPoorBy, twentieths: twentiethsOf(measured, reached, amounts), groups },
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
  const counts = keyedCounts(TARGETING_OUTCOMES.length * KINDS)
  const reached = new Uint32Array(households.length)
  const reachedPoor = { rows: new Uint32Array(households.length), keys: new Uint32Array(households.length) }
  const listedToo = keyedCounts(KINDS)
  let [count, poorCount] = [0, 0]
  for (let i = 0; i < households.length; i++) {
    const household = households[i] as number
    const row = measured.rows[household] as number
    const [code, kind] = [outcome[i] as number, standing[row] as number]
    const key = measured.keys[row] as number
    countKeyed(counts, code * KINDS + kind, key)
    if (undetermined.households[household] === 1) countKeyed(listedToo, kind, key)
    if (code !== REACHED) continue
    reached[count++] = row
    if (kind !== POOR) continue
    reachedPoor.rows[poorCount] = row
    reachedPoor.keys[poorCount++] = key
  }
  // Whoever the run was not about is not registered.
  const of = (kind: number): Keyed[] => {
    const named = TARGETING_OUTCOMES.map((_, code) => keyedAt(counts, code * KINDS + kind))
    const left = undetermined.standing ? keyedRest(keyedAt(undetermined.standing, kind), keyedAt(listedToo, kind)) : NO_UNITS
    const others: Partial<Record<TargetingOutcome, Keyed>> = {
      undetermined: left,
      ineligible: keyedRest(keyedAt(registered, kind), keyedSum([...named, left])),
      unregistered: unregistered[kind] as Keyed,
    }
    return TARGETING_OUTCOMES.map((name, code) => keyedSum([named[code] as Keyed, others[name] ?? NO_UNITS]))
  }
  const [nonPoorBy, poorBy, unknownBy] = [of(NON_POOR), of(POOR), of(UNKNOWN)]
  const [{ units }, { units: unknownUnits }] = [keyedSum([...nonPoorBy, ...poorBy]), keyedSum(unknownBy)]
  return {
    reached: reached.subarray(0, count),
    reachedPoor: { rows: reachedPoor.rows.subarray(0, poorCount), keys: reachedPoor.keys.subarray(0, poorCount) },
    poorBy,
    nonPoorBy,
    counted: { units, weight: units, unknownUnits, unknownWeight: unknownUnits },
  }
}

/** Rows of the snapshot, with the record key beside each. */
interface RowsWithKeys {
  readonly rows: Uint32Array
  readonly keys: Uint32Array
}

/** The poor of each group whom the programme misses: all of them but those it reaches. */
function fairnessOf(
  measured: Measured,
  { rows, keys }: RowsWithKeys,
): { readonly fairness: GroupFairness[]; readonly groups: ProgrammeBehind['groups'] } {
  const { groups: known } = standingOf(measured)
  const counted = measured.breakdowns.map(({ codes, groups }, b) => {
    const reached = keyedCounts(groups + 1)
    for (let i = 0; i < rows.length; i++) countKeyed(reached, Math.min(codes[rows[i] as number] as number, groups), keys[i] as number)
    const { poor } = known[b] as (typeof known)[number]
    return Array.from(poor.units, (_, code) => ({
      poor: keyedAt(poor, code),
      missed: keyedRest(keyedAt(poor, code), keyedAt(reached, code)),
    }))
  })
  const fairness = measured.breakdowns.map(({ id, labels }, b): GroupFairness => {
    const { unknownUnits } = known[b] as (typeof known)[number]
    const own = (counted[b] ?? []).map(({ poor, missed }, code) => ({
      units: poor.units,
      numerator: missed.units,
      unknownUnits: unknownUnits[code] as number,
    }))
    return { breakdown: id, groups: fairnessOfGroups(own, labels) }
  })
  return { fairness, groups: counted }
}

/** By group, the unknown last: it is held against, and not named. */
export const fairnessOfGroups = (counts: readonly GroupCount[], labels: readonly Words[]): GroupFairness['groups'] =>
  ratesOfCounts(counts, { reference: 'rest', unitsMin: LEAST_POOR })
    .slice(0, counts.length - 1)
    .map(({ group, units: _units, unknownUnits: _unknown, ...rate }) => ({ ...rate, group: labels[group] as Words }))
