/** Exact sorting of millions of row numbers by columns of whole numbers: a stable radix sort, in which no rounding decides. */
import { type CodedRows, radixSort } from './radix-sort.ts'

export type Column = Float64Array | Uint32Array | Uint8Array

/** A column to sort by. NaN is unknown and comes last in either direction. */
export interface SortKey {
  readonly values: Column
  readonly descending: boolean
}

const UINT32_MAX = 0xffff_ffff

/** `rows` sorted by the keys, the first deciding; rows that agree in all of them keep their order. A new array. */
export function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  return keys.toReversed().reduce<Uint32Array>((sorted, key) => sortedBy(sorted, key).rows, rows.slice())
}

/** `rows` sorted by one key, with numbers beside them that are equal where values are, unknown ones too. New arrays. */
export function sortByKey(rows: Uint32Array, key: SortKey): { readonly rows: Uint32Array; readonly values: Uint32Array | Float64Array } {
  const sorted = sortedBy(rows.slice(), key)
  return { rows: sorted.rows, values: sorted.codes ?? Float64Array.from(sorted.rows, (row) => key.values[row] as number) }
}

/** The rows 0 to `count` - 1. */
export function allRows(count: number): Uint32Array {
  const rows = new Uint32Array(count)
  for (let row = 0; row < count; row++) rows[row] = row
  return rows
}

/** Sorts by one key; may write over `rows`. Without codes where these do not tell equal values from others. */
function sortedBy(rows: Uint32Array, { values, descending }: SortKey): Pick<CodedRows, 'rows'> & Partial<CodedRows> {
  const range = rangeOf(values, rows)
  if (!range) return { rows, codes: new Uint32Array(rows.length) }
  const { low, high, isWhole } = range
  if (!isWhole || high - low >= UINT32_MAX) return { rows: sortedByBits(rows, values, descending) }
  const codes = new Uint32Array(rows.length)
  const unknown = high - low + 1
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i] as number] as number
    codes[i] = value !== value ? unknown : descending ? high - value : value - low
  }
  return radixSort({ rows, codes }, unknown)
}

/** The least and the greatest known value, of the rows at least; null where none is known. */
function rangeOf(values: Column, rows: Uint32Array): { readonly low: number; readonly high: number; readonly isWhole: boolean } | null {
  let low = Infinity
  let high = -Infinity
  let isWhole = true
  // A column as it stands is read many times as fast as in another order, and a wider range sorts all the same.
  const all = rows.length > values.length / 2
  const count = all ? values.length : rows.length
  for (let i = 0; i < count; i++) {
    const value = values[all ? i : (rows[i] as number)] as number
    if (value < low) low = value
    if (value > high) high = value
    // NaN is not equal to itself either.
    if (Math.floor(value) !== value && value === value) isWhole = false
  }
  return low > high ? null : { low, high, isWhole }
}

/** By the bits of doubles, turned so that they sort as unsigned numbers: negative ones inverted, positive ones above them. The lower half first. */
function sortedByBits(rows: Uint32Array, values: Column, descending: boolean): Uint32Array {
  const doubles = new Float64Array(rows.length)
  // Adding zero makes -0 a 0, so that the two are equal here too.
  for (let i = 0; i < rows.length; i++) doubles[i] = (values[rows[i] as number] as number) + 0
  const bits = new Uint32Array(doubles.buffer)
  const lows = new Uint32Array(rows.length)
  const highs = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const value = doubles[i] as number
    const top = bits[2 * i + UPPER_HALF] as number
    const isNegative = top >>> 31 === 1
    const flip = isNegative !== descending ? UINT32_MAX : 0
    const isUnknown = value !== value
    highs[i] = isUnknown ? UINT32_MAX : top ^ flip ^ (isNegative ? 0 : 0x8000_0000)
    lows[i] = isUnknown ? UINT32_MAX : (bits[2 * i + 1 - UPPER_HALF] as number) ^ flip
  }
  const byLow = radixSort({ rows: allRows(rows.length), codes: lows }, UINT32_MAX).rows
  const { codes, most } = aboveLeast(highs, byLow)
  const sorted = radixSort({ rows: byLow, codes }, most).rows
  for (let i = 0; i < sorted.length; i++) sorted[i] = rows[sorted[i] as number] as number
  return sorted
}

/** Codes of some rows as they lie above the least of them: the fewer bits, the fewer passes. */
function aboveLeast(codes: Uint32Array, rows: Uint32Array): { readonly codes: Uint32Array; readonly most: number } {
  let least = UINT32_MAX
  let most = 0
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    if (code < least) least = code
    if (code > most) most = code
  }
  const above = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) above[i] = (codes[rows[i] as number] as number) - least
  return { codes: above, most: most - least }
}

/** Where the upper half of a double lies among its two, which the processor decides. */
const UPPER_HALF = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0
