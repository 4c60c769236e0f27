/** What all programmes cost together: their periods differ, so each is put on a year of twelve months or four quarters, which is exact. */
import { MONTHS } from './transfers.ts'

interface Sides {
  readonly before: number | null
  readonly after: number | null
}

/** What is told of a programme, for its own period. */
export interface ProgrammeCost {
  readonly period: string
  readonly spent: Sides
  readonly budget: Sides
}

/** Thousandths of the currency. Null where a part is withheld or, of budgets, without a limit. */
export interface YearlyCost {
  readonly spent: Sides & { readonly difference: number | null }
  readonly budget: Sides
}

/** An amount for a period of that name in as many of them as a year has. */
export const yearly = (amount: number | null, period: string): number | null =>
  amount === null ? null : amount * (12 / MONTHS[period as keyof typeof MONTHS])

export function yearlyCost(programmes: readonly ProgrammeCost[]): YearlyCost {
  const sum = (of: (one: ProgrammeCost) => number | null): number | null =>
    programmes.reduce<number | null>((total, one) => {
      const own = yearly(of(one), one.period)
      return total === null || own === null ? null : total + own
    }, 0)
  const spent = { before: sum((one) => one.spent.before), after: sum((one) => one.spent.after) }
  const difference = spent.before === null || spent.after === null ? null : spent.after - spent.before
  return { spent: { ...spent, difference }, budget: { before: sum((one) => one.budget.before), after: sum((one) => one.budget.after) } }
}
