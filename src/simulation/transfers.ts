/** What a programme pays to whom: its amount per month by household. */
import type { ListedUnits } from './household-outcomes.ts'
import type { Measured } from './measure-policies.ts'
import { inSharedMemory } from './shared-memory.ts'

export interface MonthlyTransfers {
  /** Household rows of the snapshot that are paid, ascending. */
  readonly rows: Uint32Array
  /** Beside each row, thousandths of the currency per month and household. */
  readonly amounts: Float64Array
}

export const MONTHS = { month: 1, quarter: 3, year: 12 } as const

/** An amount for a period of `months` is spread over them, rounded to the thousandth; several persons of a household can be paid. */
export function monthlyTransfers({ states, householdOf }: ListedUnits, months: number, measured: Pick<Measured, 'rows'>): MonthlyTransfers {
  const { rows: units, benefit } = states
  const rows = new Uint32Array(units.length)
  const amounts = new Float64Array(units.length)
  let count = 0
  for (let unit = 0; unit < units.length; unit++) {
    const sum = Math.round((benefit[unit] as number) / months)
    if (sum === 0) continue
    const own = units[unit] as number
    const household = measured.rows[householdOf ? (householdOf[own] as number) : own] as number
    if (count > 0 && rows[count - 1] === household) amounts[count - 1] = (amounts[count - 1] as number) + sum
    else {
      rows[count] = household
      amounts[count++] = sum
    }
  }
  return inSharedMemory({ rows: rows.subarray(0, count), amounts: amounts.subarray(0, count) })
}
