/** Truth of the rule and place on the list, put together into one state for each row. */
import t from 'tap'
import type { ProgrammeColumns } from '../../src/determinations/bulk/nation.ts'
import { SELECTED, STATES, unitStates } from '../../src/simulation/unit-states.ts'
import { reasonCode, statusCode } from '../../src/targeting/outcome.ts'
import type { ProgrammeList } from '../../src/targeting/run/select.ts'

/** Rows 0 to 6: false, unknown, four eligible, and one unknown that holds a place. */
const columns = { truth: Uint8Array.of(0, 1, 2, 2, 2, 2, 1) } as unknown as ProgrammeColumns
const list = (rows: number[], byPerson: boolean): ProgrammeList =>
  ({
    household: Uint32Array.from(rows, (row) => (byPerson ? row + 100 : row)),
    person: byPerson ? Uint32Array.from(rows) : null,
    benefit: Float64Array.of(40, NaN, 60, 70, 80),
    allocation: {
      status: Uint8Array.from((['selected', 'left-out', 'waitlisted', 'selected', 'selected'] as const).map(statusCode)),
      reason: Uint8Array.from(
        (['within-quota', 'benefit-unknown', 'no-places', 'left-over-place', 'enrolled-kept-undetermined'] as const).map(reasonCode),
      ),
    },
  }) as unknown as ProgrammeList

for (const byPerson of [false, true])
  t.test(byPerson ? 'by person' : 'by household', async (t) => {
    const { state, benefit } = unitStates(columns, list([2, 3, 4, 5, 6], byPerson))
    t.same(
      [...state].map((code) => STATES[code]),
      ['ineligible', 'undetermined', 'selected', 'left-out', 'waitlisted', 'selected', 'selected'],
    )
    t.same([...benefit], [0, 0, 40, 0, 0, 70, 80], 'only the selected are paid; what is unknown is paid to nobody')
    t.same([...columns.truth], [0, 1, 2, 2, 2, 2, 1], 'the columns are not written into')
  })

t.test('the last state is the selected one, and an empty list leaves truths', async (t) => {
  t.equal(SELECTED, 4)
  const { state } = unitStates({ truth: Uint8Array.of(0, 1) } as unknown as ProgrammeColumns, list([], false))
  t.same([...state], [0, 1])
})
