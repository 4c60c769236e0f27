/** What became of every unit that a programme looked at: one state for each row, and what it is paid. */
import type { ProgrammeColumns } from '../determinations/bulk/nation.ts'
import { STATUSES } from '../targeting/outcome.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'

/** The index is the code. */
export const STATES = ['ineligible', 'undetermined', 'left-out', 'waitlisted', 'selected'] as const
export type UnitState = (typeof STATES)[number]

export const SELECTED = STATES.indexOf('selected')

export interface UnitStates {
  /** By household row of the population or, for a programme that is judged per person, by person row. */
  readonly state: Uint8Array
  /** Of the selected, the amount for the targeting period in whole units of the benefit's scale; 0 for the others. */
  readonly benefit: Float64Array
}

const OF_STATUS = STATUSES.map((status) => STATES.indexOf(status))

export function unitStates({ truth }: ProgrammeColumns, { household, person, allocation, benefit }: ProgrammeList): UnitStates {
  // Of those that a rule does not make eligible, false and unknown are the first two states.
  const states = { state: truth.slice(), benefit: new Float64Array(truth.length) }
  const rows = person ?? household
  for (let unit = 0; unit < rows.length; unit++) {
    const row = rows[unit] as number
    const state = OF_STATUS[allocation.status[unit] as number] as number
    states.state[row] = state
    if (state === SELECTED) states.benefit[row] = benefit[unit] as number
  }
  return states
}
