/** What became of the units of a programme that are listed or undetermined: their state, why they are not selected, and what they are paid. */
import { FALSE, UNKNOWN } from '../kernel/truth.ts'
import { type Reason, REASONS, STATUSES } from '../targeting/outcome.ts'
import { thousandths } from '../targeting/lists/list-cells.ts'
import type { MeasuredList } from './measure-tasks.ts'
import { type TargetingOutcome, targetingOutcomeCode } from './measures/targeting-outcome.ts'

/** The index is the code. */
export const STATES = ['ineligible', 'undetermined', 'left-out', 'waitlisted', 'selected'] as const
export type UnitState = (typeof STATES)[number]

export const SELECTED = STATES.indexOf('selected')
export const UNDETERMINED = STATES.indexOf('undetermined')

/** Of some units, ascending. */
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
const UNDETERMINED_OUTCOME = targetingOutcomeCode('undetermined')

/** Of the units of a list. */
export function listedStates({
  household,
  person,
  benefit,
  benefitScale,
  allocation: { status, reason },
}: MeasuredList['list']): UnitStates {
  const rows = person ?? household
  const found = { rows, state: new Uint8Array(rows.length), outcome: new Uint8Array(rows.length), benefit: new Float64Array(rows.length) }
  for (let unit = 0; unit < rows.length; unit++) {
    const state = OF_STATUS[status[unit] as number] as number
    found.state[unit] = state
    found.outcome[unit] = OF_REASON[reason[unit] as number] as number
    if (state === SELECTED) found.benefit[unit] = thousandths(benefit[unit] as number, benefitScale)
  }
  return found
}

/** Rows of the units whose rule is unknown and that are not listed: truth and enrolments alone say which, in whatever order a list is taken. */
export function undeterminedRows({ truth, list }: MeasuredList): Uint32Array {
  const listed = list.person ?? list.household
  const taken = new Set<number>()
  for (let unit = 0; unit < listed.length; unit++) {
    const row = listed[unit] as number
    // INVARIANT: a rule that is false lists nobody.
    if (truth[row] === FALSE) throw new Error(`row ${row} is on the list of ${list.programme} and not eligible`)
    if (truth[row] === UNKNOWN) taken.add(row)
  }
  const rows = new Uint32Array(truth.length + 1)
  let count = 0
  for (let row = 0; row < truth.length; row++) {
    // Written in any case, and kept or not: truths come in no order that a processor could foresee.
    rows[count] = row
    count += truth[row] === UNKNOWN ? 1 : 0
  }
  const found = rows.slice(0, count)
  return taken.size === 0 ? found : found.filter((row) => !taken.has(row))
}

/** Of all units whose rule is not false; every other one is ineligible and paid nothing. */
export function unitStates(one: MeasuredList): UnitStates {
  const [listed, undetermined] = [listedStates(one.list), undeterminedRows(one)]
  const units = listed.rows.length + undetermined.length
  const found = {
    rows: new Uint32Array(units),
    state: new Uint8Array(units).fill(UNDETERMINED),
    outcome: new Uint8Array(units).fill(UNDETERMINED_OUTCOME),
    benefit: new Float64Array(units),
  }
  let [unit, other] = [0, 0]
  for (let at = 0; at < units; at++) {
    const isListed = other === undetermined.length || (listed.rows[unit] as number) < (undetermined[other] as number)
    found.rows[at] = (isListed ? listed.rows[unit] : undetermined[other++]) as number
    if (!isListed) continue
    found.state[at] = listed.state[unit] as number
    found.outcome[at] = listed.outcome[unit] as number
    found.benefit[at] = listed.benefit[unit++] as number
  }
  return found
}

/** All are ineligible where a side does not have the programme. */
export const NOBODY_JUDGED: UnitStates = {
  rows: new Uint32Array(0),
  state: new Uint8Array(0),
  outcome: new Uint8Array(0),
  benefit: new Float64Array(0),
}
