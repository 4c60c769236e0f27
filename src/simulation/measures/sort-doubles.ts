/** Sorts many doubles that are spread over a range: dealt into narrow buckets first, which hold a few each. */
import { radixSort } from '../../targeting/radix-sort.ts'
import { allRows, sortRows } from '../../targeting/sort-rows.ts'

const BUCKETS_MOST = 1 << 18
/** Up to this many, comparing each with those before it costs less than a call. */
const FEW = 24

/** Ascending, as `values.toSorted()`; finite numbers, none of them -0. `values` may be written over. */
export function sortDoubles(values: Float64Array): Float64Array {
  const { low, high } = rangeOf(values)
  if (values.length <= FEW || low === high) return values.sort()
  const buckets = Math.min(BUCKETS_MOST, values.length)
  const times = (buckets - 1) / (high - low)
  // Each step of it rounds, and none turns the order of two values.
  const bucketOf = (value: number): number => Math.floor((value - low) * times)
  const ends = new Uint32Array(buckets + 1)
  for (let i = 0; i < values.length; i++) {
    const after = bucketOf(values[i] as number) + 1
    ends[after] = (ends[after] as number) + 1
  }
  for (let bucket = 0; bucket < buckets; bucket++) ends[bucket + 1] = (ends[bucket + 1] as number) + (ends[bucket] as number)
  const sorted = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    const bucket = bucketOf(value)
    const place = ends[bucket] as number
    sorted[place] = value
    ends[bucket] = place + 1
  }
  // Each bucket now begins where the one before it ends.
  for (let bucket = 0, start = 0; bucket < buckets; bucket++) {
    const end = ends[bucket] as number
    if (end - start > FEW) sorted.subarray(start, end).sort()
    else insertionSort(sorted, start, end)
    start = end
  }
  return sorted
}

function rangeOf(values: Float64Array): { readonly low: number; readonly high: number } {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

function insertionSort(values: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const value = values[i] as number
    let place = i
    for (; place > start && (values[place - 1] as number) > value; place--) values[place] = values[place - 1] as number
    values[place] = value
  }
}

const UINT32_MAX = 0xffff_ffff

/** The places of finite numbers in ascending order: by codes of 32 bits over their range, and among equal codes by the numbers themselves. */
export function sortPlaces(values: Float64Array): Uint32Array {
  const { low, high } = rangeOf(values)
  const codes = new Uint32Array(values.length)
  const times = low < high ? UINT32_MAX / (high - low) : 0
  // A quotient rounds, and never turns the order of two values; it may round up past the last code.
  for (let i = 0; i < values.length; i++) codes[i] = Math.min(UINT32_MAX, ((values[i] as number) - low) * times)
  const sorted = radixSort({ rows: allRows(values.length), codes }, UINT32_MAX)
  const { rows } = sorted
  let [start, isMixed] = [0, false]
  for (let end = 1; end <= rows.length; end++) {
    if (end < rows.length && sorted.codes[end] === sorted.codes[start]) {
      if (values[rows[end] as number] !== values[rows[start] as number]) isMixed = true
      continue
    }
    if (isMixed) rows.set(sortRows(rows.subarray(start, end), [{ values, descending: false }]), start)
    start = end
    isMixed = false
  }
  return rows
}
