/** What became of the units that a programme does not plainly find ineligible: their state, why they are not selected, and what they are paid. */
import { FALSE } from '../kernel/truth.ts'
import { type Reason, REASONS, STATUSES } from '../targeting/outcome.ts'
import { thousandths } from '../targeting/lists/list-cells.ts'
import type { MeasuredList } from './measure-tasks.ts'
import { type TargetingOutcome, targetingOutcomeCode } from './measures/targeting-outcome.ts'

/** The index is the code. */
export const STATES = ['ineligible', 'undetermined', 'left-out', 'waitlisted', 'selected'] as const
export type UnitState = (typeof STATES)[number]

export const SELECTED = STATES.indexOf('selected')

/** Of the units whose rule is not false, ascending; every other unit is ineligible and paid nothing. */
export interface UnitStates {
  /** Household rows of the population or, for a programme that is judged per person, person rows. */
  readonly rows: Uint32Array
  readonly state: Uint8Array
  /** In the words of targeting errors. */
  readonly outcome: Uint8Array
  /** Of the selected, the amount for the targeting period in thousandths of the currency; 0 for the others. */
  readonly benefit: Float64Array
}

const OUTCOME_OF_REASON: Readonly<Record<Reason, TargetingOutcome>> = {
  'within-quota': 'selected',
  'left-over-place': 'selected',
  'enrolled-kept': 'selected',
  'enrolled-kept-undetermined': 'selected',
  'excluded-by-programme': 'served-by-another',
  'undetermined-too-long': 'undetermined',
  'benefit-unknown': 'undetermined',
  'no-score': 'undetermined',
  'past-entry-threshold': 'past-threshold',
  'past-exit-threshold': 'past-threshold',
  'budget-exhausted': 'no-budget',
  'quota-full': 'no-place',
  'no-places': 'no-place',
}

/** Why a unit of a list is where it is, in the words of targeting errors. */
export const outcomeOfReason = (reason: Reason): TargetingOutcome => OUTCOME_OF_REASON[reason]

const OF_STATUS = Uint8Array.from(STATUSES, (status) => STATES.indexOf(status))
const OF_REASON = Uint8Array.from(REASONS, (reason) => targetingOutcomeCode(outcomeOfReason(reason)))
const UNDETERMINED = { state: STATES.indexOf('undetermined'), outcome: targetingOutcomeCode('undetermined') }

/** One walk over truths and list together: the list's rows ascend, its rule is true for them or, where they are enrolled, unknown. */
export function unitStates({ truth, list }: MeasuredList): UnitStates {
  const { household, person, benefit, benefitScale, allocation } = list
  const { status, reason } = allocation
  const listed = person ?? household
  const found = statesOf(countNotFalse(truth))
  let [count, unit] = [0, 0]
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === FALSE) continue
    found.rows[count] = row
    if (unit < listed.length && listed[unit] === row) {
      const state = OF_STATUS[status[unit] as number] as number
      found.state[count] = state
      found.outcome[count] = OF_REASON[reason[unit] as number] as number
      if (state === SELECTED) found.benefit[count] = thousandths(benefit[unit] as number, benefitScale)
      unit++
    } else {
      found.state[count] = UNDETERMINED.state
      found.outcome[count] = UNDETERMINED.outcome
    }
    count++
  }
  // INVARIANT: nobody is listed whom the rule makes ineligible, or twice.
  if (unit < listed.length) throw new Error(`row ${listed[unit]} is on the list of ${list.programme} and not eligible`)
  return found
}

/** All are ineligible where a side does not have the programme. */
export const NOBODY_JUDGED: UnitStates = statesOf(0)

function statesOf(units: number): UnitStates {
  return {
    rows: new Uint32Array(units),
    state: new Uint8Array(units),
    outcome: new Uint8Array(units),
    benefit: new Float64Array(units),
  }
}

function countNotFalse(truth: Uint8Array): number {
  let count = 0
  for (let row = 0; row < truth.length; row++) if (truth[row] !== FALSE) count++
  return count
}
