/**
 * What may be told of cells to somebody who may not see exact results: counts below ten are suppressed, the others moved by a noise that
 * their contents decide, money follows the moved count and is rounded, and an amount that one unit dominates is suppressed.
 * So the difference of two results that one household sets apart is lost in the noise of the two. Margins are moved on their own: cells need
 * not add up to them.
 */
import { DIGITS, DOMINANCE_PERCENT, LEAST_UNITS, noiseOf } from '../access/disclosure/cell-noise.ts'
import type { Cell } from './tabulate.ts'

/** Null where it is suppressed. */
export interface DisclosedCell {
  readonly units: number | null
  readonly persons: number | null
  readonly before: number | null
  readonly after: number | null
}

export const exactCell = ({ units, persons, before, after }: Cell): DisclosedCell => ({ units, persons, before, after })

export const SUPPRESSED: DisclosedCell = { units: null, persons: null, before: null, after: null }

export function disclosedCell({ units, persons, key, ...money }: Cell): DisclosedCell {
  if (units === 0) return { units: 0, persons: 0, before: 0, after: 0 }
  if (units < LEAST_UNITS) return SUPPRESSED
  const noise = noiseOf(key)
  const moved = (count: number): number => Math.max(LEAST_UNITS, count + noise)
  // Of a margin only some may be paid on one side: as few as would be suppressed by themselves, or one.
  const amount = (sum: number, paid: number, largest: number): number | null => {
    if (paid === 0) return 0
    if (paid < LEAST_UNITS || largest * 100 > sum * DOMINANCE_PERCENT) return null
    return toDigits((sum / paid) * moved(paid))
  }
  return {
    units: moved(units),
    persons: Math.round((persons / units) * moved(units)),
    before: amount(money.before, money.paidBefore, money.largestBefore),
    after: amount(money.after, money.paidAfter, money.largestAfter),
  }
}

/** An index, such as a Gini, to three places: less than one household of a nation moves. */
export const disclosedIndex = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Math.round(value * 1000) / 1000

/** The same for every number in a tree of measures; texts and flags stay. */
export function disclosedMeasures<T>(measures: T): T {
  if (typeof measures === 'number') return disclosedIndex(measures) as T
  if (Array.isArray(measures)) return measures.map((one: unknown) => disclosedMeasures(one)) as T
  if (typeof measures !== 'object' || measures === null) return measures
  return Object.fromEntries(Object.entries(measures).map(([key, value]: [string, unknown]) => [key, disclosedMeasures(value)])) as T
}

/** A count that has no key of its own: to the nearest ten, suppressed below it. */
export const disclosedCount = (count: number): number | null => (count === 0 ? 0 : count < LEAST_UNITS ? null : Math.round(count / 10) * 10)

function toDigits(amount: number): number {
  if (amount === 0) return 0
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(amount))) + 1 - DIGITS)
  return Math.round(amount / step) * step
}
