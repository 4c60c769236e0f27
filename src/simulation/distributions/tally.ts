/** The values of one fact over a snapshot, counted: how many are known, how they are spread, and the keys that protect each count. */
import { LEAST_UNITS } from '../../access/disclosure/cell-noise.ts'
import type { ValueType } from '../../language/fact-space.ts'

/** Some of the units: how many, from how many households, and the sum of their record keys modulo 2^32. */
export interface Cell {
  readonly units: number
  readonly households: number
  readonly key: number
}

export const QUANTILES = [1, 5, 25, 50, 75, 95, 99] as const

/** Units between two edges, in the fact's scaled integers; null is open. */
export interface Bin extends Cell {
  readonly from: number | null
  readonly below: number | null
}

export interface Tally {
  /** Of the columns that hold it. */
  readonly bytes: number
  readonly all: Cell
  readonly known: Cell
  /** Unknown with a bound that says something. */
  readonly bounded: Cell
  readonly unknown: Cell
  /** By index of the code; of a boolean false, then true. Null for numbers and dates. */
  readonly codes: readonly Cell[] | null
  /** By QUANTILES, rounded to what may be told; null where fewer than ten households lie at or beyond it on one side. Null for categories and booleans. */
  readonly quantiles: readonly (number | null)[] | null
  /** Null where there are no two quantiles to tell the ends by. */
  readonly histogram: readonly Bin[] | null
  /** Beyond which, rounded outwards, fewer than ten households were observed; null of fewer than twenty. */
  readonly reach: { readonly low: number; readonly high: number } | null
}

export interface Tallied {
  readonly type: ValueType
  /** Of a category. */
  readonly codes: number
  readonly nonNegative: boolean
}

/** Everything of one fact in memory at once: values of known units in their order, with household and key of each. */
export interface Collected {
  readonly known: Float64Array
  readonly households: Uint32Array
  readonly keys: Uint32Array
  readonly all: Cell
  readonly bounded: Cell
  readonly unknown: Cell
  readonly bytes: number
}

export function tally({ type, codes }: Tallied, collected: Collected): Tally {
  const { known: values, households, keys, all, bounded, unknown, bytes } = collected
  const whole = counting(1)
  for (let n = 0; n < values.length; n++) whole.add(0, households[n] as number, keys[n] as number)
  const told = { bytes, all, known: whole.cells()[0] as Cell, bounded, unknown }
  if (type === 'boolean' || type === 'category') {
    const each = counting(type === 'boolean' ? 2 : codes)
    for (let n = 0; n < values.length; n++) each.add(values[n] as number, households[n] as number, keys[n] as number)
    return { ...told, codes: each.cells(), quantiles: null, histogram: null, reach: null }
  }
  const sorted = values.slice().sort()
  const quantiles = QUANTILES.map((percent) => quantile(collected, sorted, percent, type))
  return { ...told, codes: null, quantiles, histogram: histogram(collected, quantiles, type), reach: reach(collected, type) }
}

/** Cells that are filled in the order of the rows, in which the members of a household stand together. */
export function counting(cells: number) {
  const [units, households, keys] = [new Float64Array(cells), new Float64Array(cells), new Uint32Array(cells)]
  const last = new Float64Array(cells).fill(-1)
  return {
    add(cell: number, household: number, key: number): void {
      if (cell >= cells) return
      units[cell] = (units[cell] as number) + 1
      keys[cell] = (keys[cell] as number) + key
      if (last[cell] === household) return
      last[cell] = household
      households[cell] = (households[cell] as number) + 1
    },
    cells: (): Cell[] =>
      Array.from({ length: cells }, (_, cell) => ({
        units: units[cell] as number,
        households: households[cell] as number,
        key: keys[cell] as number,
      })),
  }
}

/** The value at the rank, rounded; nobody's own value is told: it, and what lies beyond it, is that of ten households at least on each side. */
function quantile(collected: Collected, sorted: Float64Array, percent: number, type: ValueType): number | null {
  const value = sorted[Math.ceil((percent * sorted.length) / 100) - 1]
  if (value === undefined) return null
  const { known, households } = collected
  const sides = counting(2)
  for (let n = 0; n < known.length; n++) {
    if ((known[n] as number) <= value) sides.add(0, households[n] as number, 0)
    if ((known[n] as number) >= value) sides.add(1, households[n] as number, 0)
  }
  return sides.cells().every((side) => side.households >= LEAST_UNITS) ? roundedValue(value, type) : null
}

const DIGITS = 3

/** Numbers to three digits, dates to the first of their month. */
export function roundedValue(
  value: number,
  type: ValueType,
  digits: number = DIGITS,
  towards: 'nearest' | 'down' | 'up' = 'nearest',
): number {
  const round = towards === 'nearest' ? Math.round : towards === 'down' ? Math.floor : Math.ceil
  if (type === 'date') {
    const date = new Date(value * DAY_MS)
    const next = towards === 'up' && date.getUTCDate() > 1 ? 1 : 0
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + next, 1) / DAY_MS
  }
  if (value === 0) return 0
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value))) + 1 - digits)
  return round(value / step) * step
}

const DAY_MS = 86_400_000

/**
 * The end at or beyond which ten households lie, outwards to two digits: a threshold beyond it is met by fewer, and no single value is
 * told by asking. Of a household its own least and greatest value, so that ten members of one family are one.
 */
function reach({ known, households }: Collected, type: ValueType): Tally['reach'] {
  const [least, greatest] = [new Float64Array(known.length), new Float64Array(known.length)]
  let count = 0
  for (let n = 0; n < known.length; n++) {
    const value = known[n] as number
    // Members of a household stand together.
    const isSame = n > 0 && households[n] === households[n - 1]
    if (!isSame) count++
    least[count - 1] = isSame ? Math.min(least[count - 1] as number, value) : value
    greatest[count - 1] = isSame ? Math.max(greatest[count - 1] as number, value) : value
  }
  if (count < 2 * LEAST_UNITS) return null
  const low = least.subarray(0, count).sort()[LEAST_UNITS - 1] as number
  const high = greatest.subarray(0, count).sort()[count - LEAST_UNITS] as number
  return { low: roundedValue(low, type, 2, 'down'), high: roundedValue(high, type, 2, 'up') }
}

/** Bins of one width between the first and the last quantile that are told, and an open one at each end. */
function histogram({ known, households, keys }: Collected, quantiles: readonly (number | null)[], type: ValueType): Bin[] | null {
  const told = quantiles.filter((value) => value !== null)
  const [low, high] = [told[0], told.at(-1)]
  if (told.length < 2 || low === undefined || high === undefined) return null
  const edges = edgesBetween(low, high, type)
  const each = counting(edges.length + 1)
  for (let n = 0; n < known.length; n++) each.add(binOf(edges, known[n] as number), households[n] as number, keys[n] as number)
  return each
    .cells()
    .map((cell, place) => ({ from: edges[place - 1] ?? null, below: edges[place] ?? null, ...cell }))
    .filter(({ from, below, units }) => (from !== null && below !== null) || units > 0)
}

/** Place of the bin: 0 below the first edge. */
function binOf(edges: readonly number[], value: number): number {
  let [from, to] = [0, edges.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((edges[middle] as number) <= value) from = middle + 1
    else to = middle
  }
  return from
}

const MOST_BINS = 12
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200]

function edgesBetween(low: number, high: number, type: ValueType): number[] {
  if (type === 'date') return monthsBetween(low, high)
  const wanted = Math.max(1, (high - low) / MOST_BINS)
  const power = 10 ** Math.floor(Math.log10(wanted))
  // Whole numbers: 1, 2 or 5 times a power of ten.
  const step = ([1, 2, 5, 10].find((times) => times * power >= wanted) ?? 10) * power
  const first = Math.floor(low / step) * step
  return Array.from({ length: Math.floor((high - first) / step) + 2 }, (_, n) => first + n * step)
}

function monthsBetween(low: number, high: number): number[] {
  const [from, to] = [new Date(low * DAY_MS), new Date(high * DAY_MS)]
  const months = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth()
  const step = MONTHS.find((one) => (months(to) - months(from)) / one <= MOST_BINS) ?? 1200
  const first = Math.floor(months(from) / step) * step
  return Array.from({ length: Math.floor((months(to) - first) / step) + 2 }, (_, n) => {
    const month = first + n * step
    return Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS
  })
}
