/**
 * What may be told of cells to somebody who may not see exact results: counts below ten are suppressed, the others moved by a noise that
 * their contents decide, money follows the moved count and is rounded, and an amount that one unit dominates is suppressed.
 * So the difference of two results that one household sets apart is lost in the noise of the two. Margins are moved on their own: cells need
 * not add up to them.
 */
import { DIGITS, DOMINANCE_PERCENT, LEAST_UNITS, noiseOf } from '../access/disclosure/cell-noise.ts'
import type { Keyed } from '../kernel/keyed-counts.ts'
import type { KeyedPersons } from './behind.ts'
import type { Cell } from './tabulate.ts'

/** Null where it is suppressed. */
export interface DisclosedCell {
  readonly units: number | null
  readonly persons: number | null
  readonly before: number | null
  readonly after: number | null
}

/** Of a cell of few. */
export const SUPPRESSED: DisclosedCell = { units: null, persons: null, before: null, after: null }

export const exactCell = ({ units, persons, before, after }: Cell): DisclosedCell => ({ units, persons, before, after })

export function disclosedCell({ units, persons, key, ...money }: Cell): DisclosedCell {
  if (units === 0) return { units: 0, persons: 0, before: 0, after: 0 }
  if (isFew(units)) return SUPPRESSED
  const noise = noiseOf(key)
  const moved = (count: number): number => Math.max(LEAST_UNITS, count + noise)
  // Of a margin only some may be paid on one side: as few as would be suppressed by themselves, or one.
  const amount = (sum: number, paid: number, largest: number): number | null => {
    if (paid === 0) return 0
    if (paid < LEAST_UNITS || isDominated(sum, largest)) return null
    return toDigits((sum / paid) * moved(paid))
  }
  return {
    units: moved(units),
    persons: Math.round((persons / units) * moved(units)),
    before: amount(money.before, money.paidBefore, money.largestBefore),
    after: amount(money.after, money.paidAfter, money.largestAfter),
  }
}

/** One unit holds so much of an amount that it nearly is the amount. */
export const isDominated = (sum: number, largest: number): boolean => largest * 100 > sum * DOMINANCE_PERCENT

/** Some, and too few of them to tell. */
export const isFew = (units: number): boolean => units > 0 && units < LEAST_UNITS

/** Of cells that are not few: nobody, or as many as their contents make of them, never fewer than ten. */
export const movedUnits = ({ units, key }: Keyed): number => (units === 0 ? 0 : Math.max(LEAST_UNITS, units + noiseOf(key)))

/** What the moved count makes of an amount that all who are counted have, their persons or their money: that many times the amount. */
export const stretch = (of: Keyed): number => (of.units === 0 ? 1 : movedUnits(of) / of.units)

/** A count as the cell that it is of is told. */
export const disclosedUnits = (counted: Keyed): number | null => (isFew(counted.units) ? null : movedUnits(counted))

/** Few are in a part, or in the whole and not in it: either follows from the other. */
export const hidesPart = (part: Keyed, whole: Keyed): boolean => isFew(part.units) || isFew(whole.units - part.units)

/** Part of a whole, both as they are told. Null where either side is few, or nobody is in the whole. */
export const disclosedRate = (part: Keyed, whole: Keyed): number | null =>
  whole.units === 0 || hidesPart(part, whole) ? null : disclosedIndex(movedUnits(part) / movedUnits(whole))

/** The same of their persons. */
export const disclosedPersonsRate = (part: KeyedPersons, whole: KeyedPersons): number | null =>
  whole.persons === 0 || hidesPart(part, whole)
    ? null
    : disclosedIndex(Math.min(1, (part.persons * stretch(part)) / (whole.persons * stretch(whole))))

const PLACES = 3

/**
 * An index, such as a Gini, to three places, and to fewer where one of the `units` that it is of could move the last: to two of a hundred. `span`: how
 * far the index reaches. Null of fewer than ten.
 */
export function disclosedIndex(value: number | null, units = Infinity, span = 1): number | null {
  if (value === null || !Number.isFinite(value) || units < LEAST_UNITS) return null
  // Counted in whole numbers: a logarithm can come to just below one.
  let places = 0
  while (places < PLACES && 10 ** (places + 1) * span <= units) places++
  return Math.round(value * 10 ** places) / 10 ** places
}

/** Every number in a tree of measures to three places; texts and flags stay. Of results that were stored without what stands behind them. */
export function disclosedMeasures<T>(measures: T): T {
  if (typeof measures === 'number') return disclosedIndex(measures) as T
  if (Array.isArray(measures)) return measures.map((one: unknown) => disclosedMeasures(one)) as T
  if (typeof measures !== 'object' || measures === null) return measures
  return Object.fromEntries(Object.entries(measures).map(([key, value]: [string, unknown]) => [key, disclosedMeasures(value)])) as T
}

/** A count that has no key of its own: to the nearest ten, suppressed below it. */
export const disclosedCount = (count: number): number | null => (count === 0 ? 0 : count < LEAST_UNITS ? null : Math.round(count / 10) * 10)

/** An amount of money as it is told. */
export function toDigits(amount: number): number {
  if (amount === 0) return 0
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(amount))) + 1 - DIGITS)
  return Math.round(amount / step) * step
}
