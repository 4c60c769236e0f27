/** What a programme pays to whom: its amount per month by household. */
import type { MeasuredList } from './measure-tasks.ts'
import type { Measured } from './measure-policies.ts'
import type { UnitStates } from './unit-states.ts'

export interface MonthlyTransfers {
  /** Household rows of the snapshot that are paid. */
  readonly rows: Uint32Array
  /** Beside each row, thousandths of the currency per month and household. */
  readonly amounts: Float64Array
}

export const MONTHS = { month: 1, quarter: 3, year: 12 } as const

export interface Transferring {
  /** Of the programme's period. */
  readonly months: number
  /** Household row by person row of the population. */
  readonly householdOf: Uint32Array
  readonly measured: Pick<Measured, 'rows' | 'welfare'>
}

/** An amount for a period is spread over its months, rounded to the thousandth. */
export function monthlyTransfers(
  { unit, household: households, person }: MeasuredList['list'],
  { benefit }: UnitStates,
  { months, householdOf, measured: { rows, welfare } }: Transferring,
): MonthlyTransfers {
  const placeOf = new Uint32Array(unit === 'person' ? welfare.length : 0)
  const paid = new Uint32Array(households.length)
  const amounts = new Float64Array(households.length)
  const units = person ?? households
  let count = 0
  // Only units of the list are paid.
  for (let i = 0; i < units.length; i++) {
    const unitRow = units[i] as number
    const sum = Math.round((benefit[unitRow] as number) / months)
    if (sum === 0) continue
    const household = rows[unit === 'person' ? (householdOf[unitRow] as number) : unitRow] as number
    // Several persons of a household can be paid; a household is a unit once.
    const known = unit === 'person' ? (placeOf[household] as number) : 0
    if (known > 0) amounts[known - 1] = (amounts[known - 1] as number) + sum
    else {
      paid[count] = household
      amounts[count++] = sum
      if (unit === 'person') placeOf[household] = count
    }
  }
  return { rows: paid.slice(0, count), amounts: amounts.slice(0, count) }
}
