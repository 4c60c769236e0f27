/** What became of households, where a programme judges their persons: a household is reached when one of them is. */
import { type TargetingOutcome, targetingOutcomeCode } from './measures/targeting-outcome.ts'
import type { UnitStates } from './unit-states.ts'

/** Units of a list, with the household row of each person row where persons are judged; null: units are households. */
export interface ListedUnits {
  readonly states: UnitStates
  /** The persons of a household stand together. */
  readonly householdOf: Uint32Array | null
}

/** By household row of the population, ascending. */
export interface HouseholdOutcomes {
  readonly households: Uint32Array
  /** In the words of targeting errors. */
  readonly outcome: Uint8Array
}

/** Of each household the best that became of one of its persons; `undetermined`: 1 by household row where one is listed nowhere and undetermined. */
export function householdOutcomes({ states: { rows, outcome }, householdOf }: ListedUnits, undetermined: Uint8Array): HouseholdOutcomes {
  if (!householdOf) return { households: rows, outcome }
  const households = new Uint32Array(rows.length)
  const best = new Uint8Array(rows.length)
  let count = 0
  for (let unit = 0; unit < rows.length; unit++) {
    const household = householdOf[rows[unit] as number] as number
    const own = outcome[unit] as number
    if (count === 0 || households[count - 1] !== household) {
      households[count] = household
      best[count++] = undetermined[household] === 1 && (RANK[UNDETERMINED] as number) < (RANK[own] as number) ? UNDETERMINED : own
    } else if ((RANK[own] as number) < (RANK[best[count - 1] as number] as number)) best[count - 1] = own
  }
  return { households: households.subarray(0, count), outcome: best.subarray(0, count) }
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
const UNDETERMINED = targetingOutcomeCode('undetermined')
const RANK = Uint8Array.from(BY_RANK, (_, code) => BY_RANK.indexOf(code))
