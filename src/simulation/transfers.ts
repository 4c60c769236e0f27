/** What a policy pays to whom: each programme's amount per month by household. */
import type { Decision } from './decide.ts'
import type { UnitStates } from './unit-states.ts'

/** By household row of the snapshot, thousandths of the currency per month and household. */
export interface MonthlyTransfers {
  readonly total: Float64Array
  /** In the order of the lists. */
  readonly byProgramme: readonly Float64Array[]
}

export const MONTHS = { month: 1, quarter: 3, year: 12 } as const

/** `rows`: row of the snapshot by household row of the decision; an amount for a period is spread over its months, rounded to the thousandth. */
export function monthlyTransfers(
  { bundle, nation, lists }: Decision,
  states: readonly UnitStates[],
  rows: Uint32Array,
  households: number,
): MonthlyTransfers {
  const total = new Float64Array(households)
  const byProgramme = lists.map(({ programme, unit }, place) => {
    const months = MONTHS[bundle.programmes.find(({ id }) => id === programme)?.programme.source.targeting.period ?? 'month']
    const { benefit } = states[place] as UnitStates
    const amounts = new Float64Array(households)
    for (let row = 0; row < benefit.length; row++) {
      const amount = benefit[row] as number
      if (amount === 0) continue
      const household = rows[unit === 'person' ? (nation.householdOf[row] as number) : row] as number
      amounts[household] = (amounts[household] as number) + Math.round(amount / months)
    }
    for (let household = 0; household < households; household++)
      total[household] = (total[household] as number) + (amounts[household] as number)
    return amounts
  })
  return { total, byProgramme }
}
