/** Exact sorting of millions of row numbers by columns of whole numbers: a stable radix sort, in which no rounding decides. */

export type Column = Float64Array | Uint32Array | Uint8Array

/** A column to sort by. NaN is unknown and comes last in either direction. */
export interface SortKey {
  readonly values: Column
  readonly descending: boolean
}

const BUCKETS = 65_536
const UINT32_MAX = 0xffff_ffff

/** `rows` sorted by the keys, the first deciding; rows that agree in all of them keep their order. A new array. */
export function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  let current = rows.slice()
  let spare = new Uint32Array(rows.length)
  for (const key of keys.toReversed()) {
    for (const codes of codesOf(key, current)) {
      for (const shift of [0, 16]) {
        if (!pass(current, spare, codes, shift)) continue
        ;[current, spare] = [spare, current]
      }
    }
  }
  return current
}

/** The rows 0 to `count` - 1. */
export function allRows(count: number): Uint32Array {
  const rows = new Uint32Array(count)
  for (let row = 0; row < count; row++) rows[row] = row
  return rows
}

/** Whether two rows agree in every key; unknown agrees with unknown. */
export function agree(keys: readonly SortKey[], a: number, b: number): boolean {
  for (const { values } of keys) {
    const x = values[a] as number
    const y = values[b] as number
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false
  }
  return true
}

/** One counting pass over 16 bits; false where all rows fall into one bucket and nothing had to move. */
function pass(from: Uint32Array, to: Uint32Array, codes: Uint32Array, shift: number): boolean {
  const starts = new Uint32Array(BUCKETS)
  for (let i = 0; i < from.length; i++) {
    const bucket = ((codes[from[i] as number] as number) >>> shift) & 0xffff
    starts[bucket] = (starts[bucket] as number) + 1
  }
  let start = 0
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const length = starts[bucket] as number
    if (length === from.length) return false
    starts[bucket] = start
    start += length
  }
  for (let i = 0; i < from.length; i++) {
    const row = from[i] as number
    const bucket = ((codes[row] as number) >>> shift) & 0xffff
    const place = starts[bucket] as number
    to[place] = row
    starts[bucket] = place + 1
  }
  return true
}

/** Unsigned codes that sort as the key does, least significant first: one where the range fits 32 bits, else the double's own two halves. */
function codesOf({ values, descending }: SortKey, rows: Uint32Array): readonly Uint32Array[] {
  let low = Infinity
  let high = -Infinity
  let whole = true
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i] as number] as number
    if (value < low) low = value
    if (value > high) high = value
    if (Math.floor(value) !== value && !Number.isNaN(value)) whole = false
  }
  if (low > high) return []
  if (!whole || high - low >= UINT32_MAX) return bitCodes(values, descending, rows)
  const codes = new Uint32Array(values.length)
  const unknown = high - low + 1
  for (const row of rows) {
    const value = values[row] as number
    codes[row] = Number.isNaN(value) ? unknown : descending ? high - value : value - low
  }
  return [codes]
}

/** The bits of a double, turned so that they sort as unsigned numbers: negative ones inverted, positive ones above them. */
function bitCodes(values: Column, descending: boolean, rows: Uint32Array): readonly Uint32Array[] {
  const view = new DataView(new ArrayBuffer(8))
  const lows = new Uint32Array(values.length)
  const highs = new Uint32Array(values.length)
  for (const row of rows) {
    const value = values[row] as number
    if (Number.isNaN(value)) {
      lows[row] = UINT32_MAX
      highs[row] = UINT32_MAX
      continue
    }
    // Adding zero makes -0 a 0, so that the two are equal here too.
    view.setFloat64(0, value + 0)
    const top = view.getUint32(0)
    const flip = ((top & 0x8000_0000) !== 0) !== descending ? UINT32_MAX : 0
    highs[row] = (top ^ flip ^ ((top & 0x8000_0000) !== 0 ? 0 : 0x8000_0000)) >>> 0
    lows[row] = (view.getUint32(4) ^ flip) >>> 0
  }
  return [lows, highs]
}
