/** What a programme pays to whom: its amount per month by household. */
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import type { UnitStates } from './unit-states.ts'

export interface MonthlyTransfers {
  /** By household row of the snapshot, thousandths of the currency per month and household; 0 for whoever is paid nothing. */
  readonly amount: Float64Array
  /** Rows that are paid. */
  readonly rows: Uint32Array
}

export const MONTHS = { month: 1, quarter: 3, year: 12 } as const

/** `rows`: row of the snapshot by household row of the decision; an amount for a period is spread over its months, rounded to the thousandth. */
export function monthlyTransfers(
  { bundle, nation }: Decision,
  { programme, unit, household: households, person }: ProgrammeList,
  { benefit }: UnitStates,
  { rows, welfare }: { readonly rows: Uint32Array; readonly welfare: Float64Array },
): MonthlyTransfers {
  const months = MONTHS[bundle.programmes.find(({ id }) => id === programme)?.programme.source.targeting.period ?? 'month']
  const amount = new Float64Array(welfare.length)
  const paid = new Uint32Array(households.length)
  let count = 0
  // Only units of the list are paid.
  for (const unitRow of person ?? households) {
    const sum = Math.round((benefit[unitRow] as number) / months)
    if (sum === 0) continue
    const household = rows[unit === 'person' ? (nation.householdOf[unitRow] as number) : unitRow] as number
    if (amount[household] === 0) paid[count++] = household
    amount[household] = (amount[household] as number) + sum
  }
  return { amount, rows: paid.subarray(0, count) }
}
