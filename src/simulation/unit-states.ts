/** What became of every unit that a programme looked at: its state, why it is not selected, and what it is paid. */
import type { ProgrammeColumns } from '../determinations/bulk/nation.ts'
import { type Reason, REASONS, STATUSES } from '../targeting/outcome.ts'
import { thousandths } from '../targeting/lists/list-cells.ts'
import type { MeasuredList } from './measure-tasks.ts'
import { type TargetingOutcome, targetingOutcomeCode } from './measures/targeting-outcome.ts'

/** The index is the code. */
export const STATES = ['ineligible', 'undetermined', 'left-out', 'waitlisted', 'selected'] as const
export type UnitState = (typeof STATES)[number]

export const SELECTED = STATES.indexOf('selected')

/** By household row of the population or, for a programme that is judged per person, by person row. */
export interface UnitStates {
  readonly state: Uint8Array
  /** In the words of targeting errors. */
  readonly outcome: Uint8Array
  /** Of the selected, the amount for the targeting period in whole units of the benefit's scale; 0 for the others. */
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

const OF_STATUS = STATUSES.map((status) => STATES.indexOf(status))
const OF_REASON = REASONS.map((reason) => targetingOutcomeCode(outcomeOfReason(reason)))
/** Of those that are not listed, by the truth of the rule; what is true is listed. */
const OF_TRUTH = (['ineligible', 'undetermined', 'undetermined'] as const).map(targetingOutcomeCode)

export function unitStates(
  { truth }: Pick<ProgrammeColumns, 'truth'>,
  { household, person, allocation, benefit }: MeasuredList['list'],
): UnitStates {
  // Of those that a rule does not make eligible, false and unknown are the first two states.
  const found = { state: truth.slice(), outcome: new Uint8Array(truth.length), benefit: new Float64Array(truth.length) }
  for (let row = 0; row < truth.length; row++) found.outcome[row] = OF_TRUTH[truth[row] as number] as number
  const rows = person ?? household
  for (let unit = 0; unit < rows.length; unit++) {
    const row = rows[unit] as number
    const state = OF_STATUS[allocation.status[unit] as number] as number
    found.state[row] = state
    found.outcome[row] = OF_REASON[allocation.reason[unit] as number] as number
    if (state === SELECTED) found.benefit[row] = benefit[unit] as number
  }
  return found
}

/** The same with amounts in thousandths of the currency, whatever the scale of the benefit. */
export function unitStatesInThousandths({ truth, list }: MeasuredList): UnitStates {
  const states = unitStates({ truth }, list)
  const { benefit } = states
  const rows = list.person ?? list.household
  if (list.benefitScale !== 3)
    for (let unit = 0; unit < rows.length; unit++) {
      const row = rows[unit] as number
      benefit[row] = thousandths(benefit[row] as number, list.benefitScale)
    }
  return states
}
