/** Packs columns of plain values into the narrowest integers that hold them, with validity bits: how facts of many households are kept. */
import type { ValueArray, ValueColumn } from './catalogue/assembly/chunk.ts'
import type { FactColumn, IntegerArray } from './fact-columns.ts'

type ArrayType = new (length: number) => IntegerArray

const WIDTHS: readonly (readonly [min: number, max: number, type: ArrayType])[] = [
  [0, 0xff, Uint8Array],
  [-0x80, 0x7f, Int8Array],
  [0, 0xffff, Uint16Array],
  [-0x8000, 0x7fff, Int16Array],
  [-0x8000_0000, 0x7fff_ffff, Int32Array],
]

/** Values with NaN for an end that is open; a column whose two sides are one array stays one. */
export function packColumn({ lo, hi }: ValueColumn, rows: number): FactColumn {
  const low = packEnd(lo, rows)
  if (lo === hi) return { lo: low.values, hi: low.values, loKnown: low.known, hiKnown: low.known }
  const high = packEnd(hi, rows)
  return { lo: low.values, hi: high.values, loKnown: low.known, hiKnown: high.known }
}

function packEnd(values: ValueArray, rows: number): { readonly values: IntegerArray; readonly known: Uint8Array | null } {
  let [min, max, missing] = [0, 0, 0]
  for (let row = 0; row < rows; row++) {
    const value = values[row] as number
    if (value < min) min = value
    else if (value > max) max = value
    else if (value !== value) missing++
  }
  const [, , Type] = WIDTHS.find(([least, most]) => least <= min && max <= most) ?? [0, 0, Float64Array]
  const packed = new Type(rows)
  // The engine's own conversion: a loop over arrays of many types would be slow. NaN becomes 0 in integers.
  packed.set(values.subarray(0, rows))
  return { values: packed, known: missing === 0 ? null : knownBits(values, rows, packed) }
}

function knownBits(values: ValueArray, rows: number, packed: IntegerArray): Uint8Array {
  const known = new Uint8Array((rows + 7) >> 3)
  for (let row = 0; row < rows; row++) {
    const value = values[row] as number
    if (value === value) known[row >> 3] = (known[row >> 3] as number) | (1 << (row & 7))
  }
  // What stands under a missing bit is always 0, so that equal facts are equal bytes.
  if (packed instanceof Float64Array) for (let row = 0; row < rows; row++) if (Number.isNaN(packed[row])) packed[row] = 0
  return known
}
