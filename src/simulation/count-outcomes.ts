/** What became of whom in one list: households by outcome and by whether they are poor, and their persons. */
import type { HouseholdOutcomes } from './household-outcomes.ts'
import type { Measured } from './measure-policies.ts'
import type { Counted } from './measures/counted.ts'
import { SELECTED as REACHED, TARGETING_OUTCOMES, type TargetingOutcome } from './measures/targeting-outcome.ts'
import { KINDS, NON_POOR, POOR, standingOf, UNKNOWN } from './standing.ts'
import type { MonthlyTransfers } from './transfers.ts'
import type { UndeterminedUnits } from './undetermined-units.ts'

/** What one list does by itself. Whoever it does not name is undetermined or ineligible. */
export interface ListOutcome {
  readonly outcomes: HouseholdOutcomes
  readonly undetermined: UndeterminedUnits
  readonly transfers: MonthlyTransfers
}

/** By outcome, of the poor and of the others. */
export interface OutcomeWeights {
  readonly poorBy: readonly number[]
  readonly nonPoorBy: readonly number[]
  readonly counted: Counted
}

export interface CountedOutcomes {
  /** Rows of the snapshot that are reached, ascending. */
  readonly reached: Uint32Array
  /** Where each household counts once. */
  readonly households: OutcomeWeights
  /** Where it counts as often as it has persons. */
  readonly persons: OutcomeWeights
}

export function countOutcomes({ outcomes: { households, outcome }, undetermined }: ListOutcome, measured: Measured): CountedOutcomes {
  const { standing, registered, unregistered } = standingOf(measured)
  const cells = TARGETING_OUTCOMES.length * KINDS
  const [counts, people] = [new Float64Array(cells), new Float64Array(cells)]
  const reached = new Uint32Array(households.length)
  const left = { households: [...(undetermined.standing ?? NOBODY)], persons: [...(undetermined.standingPersons ?? NOBODY)] }
  let count = 0
  for (let i = 0; i < households.length; i++) {
    const household = households[i] as number
    const row = measured.rows[household] as number
    const [code, kind] = [outcome[i] as number, standing[row] as number]
    const size = measured.persons[row] as number
    const cell = code * KINDS + kind
    counts[cell] = (counts[cell] as number) + 1
    people[cell] = (people[cell] as number) + size
    if (undetermined.households[household] === 1) {
      left.households[kind] = (left.households[kind] as number) - 1
      left.persons[kind] = (left.persons[kind] as number) - size
    }
    if (code === REACHED) reached[count++] = row
  }
  const of = (named: Float64Array, who: 'households' | 'persons'): OutcomeWeights =>
    outcomeWeights(named, left[who], registered[who], unregistered[who])
  return { reached: reached.subarray(0, count), households: of(counts, 'households'), persons: of(people, 'persons') }
}

const NOBODY = [0, 0, 0]
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

/** `named`: by outcome and kind; `left`: undetermined and not named. */
function outcomeWeights(
  named: Float64Array,
  left: readonly number[],
  registered: readonly number[],
  unregistered: readonly number[],
): OutcomeWeights {
  // Whoever the run was not about is not registered.
  const of = (kind: number): number[] => {
    const own = TARGETING_OUTCOMES.map((_, code) => named[code * KINDS + kind] as number)
    const others: Partial<Record<TargetingOutcome, number>> = {
      undetermined: left[kind] as number,
      ineligible: (registered[kind] as number) - sum(own) - (left[kind] as number),
      unregistered: unregistered[kind] as number,
    }
    return TARGETING_OUTCOMES.map((name, code) => (own[code] as number) + (others[name] ?? 0))
  }
  const [nonPoorBy, poorBy, unknownBy] = [of(NON_POOR), of(POOR), of(UNKNOWN)]
  const [units, unknownUnits] = [sum(nonPoorBy) + sum(poorBy), sum(unknownBy)]
  return { poorBy, nonPoorBy, counted: { units, weight: units, unknownUnits, unknownWeight: unknownUnits } }
}
