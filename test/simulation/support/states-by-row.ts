/** States of units told by row, ineligible ones too, as what is measured holds them. */
import type { UnitStates } from '../../../src/simulation/unit-states.ts'

export interface StatesByRow {
  readonly state: Uint8Array
  readonly outcome?: Uint8Array
  readonly benefit: Float64Array
}

/** Those that are not ineligible, ascending. */
export function statesByRow({ state, outcome = state, benefit }: StatesByRow): UnitStates {
  const rows = Uint32Array.from([...state.keys()].filter((row) => state[row] !== 0))
  return {
    rows,
    state: Uint8Array.from(rows, (row) => state[row] as number),
    outcome: Uint8Array.from(rows, (row) => outcome[row] as number),
    benefit: Float64Array.from(rows, (row) => benefit[row] as number),
  }
}
