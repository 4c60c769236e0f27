/** What became of whom in one list: households by outcome and by whether they are poor, and their persons. */
import { type KeyedPersons, personsSum } from './behind.ts'
import type { HouseholdOutcomes } from './household-outcomes.ts'
import type { Measured } from './measure-policies.ts'
import { SELECTED as REACHED, TARGETING_OUTCOMES, type TargetingOutcome } from './measures/targeting-outcome.ts'
import { countPersons, personCounts, personsAt, personsRest } from './person-counts.ts'
import { KINDS, NON_POOR, POOR, standingOf, UNKNOWN } from './standing.ts'
import type { MonthlyTransfers } from './transfers.ts'
import type { UndeterminedUnits } from './undetermined-units.ts'

/** What one list does by itself. Whoever it does not name is undetermined or ineligible. */
export interface ListOutcome {
  readonly outcomes: HouseholdOutcomes
  readonly undetermined: UndeterminedUnits
  readonly transfers: MonthlyTransfers
}

/** By outcome, of the poor, of the others and of those whose welfare is unknown. */
export interface OutcomesBy {
  readonly poorBy: readonly KeyedPersons[]
  readonly nonPoorBy: readonly KeyedPersons[]
  readonly unknownBy: readonly KeyedPersons[]
}

export interface CountedOutcomes extends OutcomesBy {
  /** Rows of the snapshot that are reached, ascending. */
  readonly reached: Uint32Array
}

export function countOutcomes({ outcomes: { households, outcome }, undetermined }: ListOutcome, measured: Measured): CountedOutcomes {
  const { standing, registered, unregistered } = standingOf(measured)
  const counts = personCounts(TARGETING_OUTCOMES.length * KINDS)
  const listedToo = personCounts(KINDS)
  const reached = new Uint32Array(households.length)
  let count = 0
  for (let i = 0; i < households.length; i++) {
    const household = households[i] as number
    const row = measured.rows[household] as number
    const [code, kind] = [outcome[i] as number, standing[row] as number]
    const [key, size] = [measured.keys[row] as number, measured.persons[row] as number]
    countPersons(counts, code * KINDS + kind, key, size)
    if (undetermined.households[household] === 1) countPersons(listedToo, kind, key, size)
    if (code === REACHED) reached[count++] = row
  }
  // Whoever the run was not about is not registered.
  const of = (kind: number): KeyedPersons[] => {
    const named = TARGETING_OUTCOMES.map((_, code) => personsAt(counts, code * KINDS + kind))
    const left = undetermined.standing ? personsRest(personsAt(undetermined.standing, kind), personsAt(listedToo, kind)) : NOBODY
    const others: Partial<Record<TargetingOutcome, KeyedPersons>> = {
      undetermined: left,
      ineligible: personsRest(personsAt(registered, kind), personsSum([...named, left])),
      unregistered: unregistered[kind] as KeyedPersons,
    }
    return TARGETING_OUTCOMES.map((name, code) => personsSum([named[code] as KeyedPersons, others[name] ?? NOBODY]))
  }
  return { reached: reached.subarray(0, count), poorBy: of(POOR), nonPoorBy: of(NON_POOR), unknownBy: of(UNKNOWN) }
}

const NOBODY: KeyedPersons = { units: 0, key: 0, persons: 0 }
