/** Packs columns of plain values into the narrowest integers that hold them, with validity bits: how facts of many households are kept. */
import type { ValueArray, ValueColumn } from './catalogue/assembly/chunk.ts'
import type { FactColumn, IntegerArray } from './fact-columns.ts'

type ArrayType = (new (length: number) => IntegerArray) & {
  new (buffer: ArrayBuffer, at: number, length: number): IntegerArray
  readonly BYTES_PER_ELEMENT: number
}

const WIDTHS: readonly (readonly [min: number, max: number, type: ArrayType])[] = [
  [0, 0xff, Uint8Array],
  [-0x80, 0x7f, Int8Array],
  [0, 0xffff, Uint16Array],
  [-0x8000, 0x7fff, Int16Array],
  [-0x8000_0000, 0x7fff_ffff, Int32Array],
]

/** Memory for packed columns, to be used again when nobody reads those any more that were packed before. */
export interface PackingRoom {
  bytes: ArrayBuffer
  /** Bytes that were asked for since the beginning; what does not fit is memory of its own. */
  asked: number
}

export const newPackingRoom = (): PackingRoom => ({ bytes: new ArrayBuffer(0), asked: 0 })

/** Gives up what was packed in the room; it is as large now as that would have needed. */
export function clearRoom(room: PackingRoom): void {
  if (room.asked > room.bytes.byteLength) room.bytes = new ArrayBuffer(Math.ceil((room.asked * 1.1) / 8) * 8)
  room.asked = 0
}

/** One end of a column: whole values, and which of them are known; null where all are. */
export interface PackedEnd {
  readonly values: IntegerArray
  readonly known: Uint8Array | null
}

/** Values with NaN for an end that is open; a column whose two sides are one array stays one. */
export function packColumn({ lo, hi }: ValueColumn, rows: number, room: PackingRoom | null = null): FactColumn {
  const low = packEnd(lo, rows, room)
  if (lo === hi) return { lo: low.values, hi: low.values, loKnown: low.known, hiKnown: low.known }
  const high = packEnd(hi, rows, room)
  return { lo: low.values, hi: high.values, loKnown: low.known, hiKnown: high.known }
}

export function packEnd(values: ValueArray, rows: number, room: PackingRoom | null = null): PackedEnd {
  let [min, max, missing] = [0, 0, 0]
  for (let row = 0; row < rows; row++) {
    const value = values[row] as number
    if (value >= min && value <= max) continue
    if (value < min) min = value
    else if (value > max) max = value
    else missing++
  }
  const [, , Type] = WIDTHS.find(([least, most]) => least <= min && max <= most) ?? [0, 0, Float64Array]
  const packed = memoryFor(Type, rows, room)
  if (missing === rows) packed.fill(0)
  // The engine's own conversion: a loop over arrays of many types would be slow. NaN becomes 0 in integers.
  else packed.set(values.subarray(0, rows))
  return { values: packed, known: missing === 0 ? null : knownBits(values, rows, packed, room) }
}

/** Holds whatever was packed before. */
function memoryFor(Type: ArrayType, length: number, room: PackingRoom | null): IntegerArray {
  if (!room) return new Type(length)
  const at = room.asked
  room.asked += Math.ceil((length * Type.BYTES_PER_ELEMENT) / 8) * 8
  return room.asked <= room.bytes.byteLength ? new Type(room.bytes, at, length) : new Type(length)
}

function knownBits(values: ValueArray, rows: number, packed: IntegerArray, room: PackingRoom | null): Uint8Array {
  const known = memoryFor(Uint8Array, (rows + 7) >> 3, room) as Uint8Array
  const bit = (row: number): number => ((values[row] as number) === (values[row] as number) ? 1 : 0)
  const whole = rows >> 3
  for (let byte = 0; byte < whole; byte++) {
    const row = 8 * byte
    known[byte] =
      bit(row) |
      (bit(row + 1) << 1) |
      (bit(row + 2) << 2) |
      (bit(row + 3) << 3) |
      (bit(row + 4) << 4) |
      (bit(row + 5) << 5) |
      (bit(row + 6) << 6) |
      (bit(row + 7) << 7)
  }
  if (rows % 8 > 0) {
    known[whole] = 0
    for (let row = 8 * whole; row < rows; row++) known[whole] = (known[whole] as number) | (bit(row) << (row & 7))
  }
  // What stands under a missing bit is always 0, so that equal facts are equal bytes.
  if (packed instanceof Float64Array) for (let row = 0; row < rows; row++) if (Number.isNaN(packed[row])) packed[row] = 0
  return known
}

/**
 * The end that packing anew would give, where some rows have other values (NaN for none): `values[n]` in the place of row `rows[n]`.
 * Null where it would be packed in another width or would be the first to have, or no longer have, missing values.
 */
export function patchEnd(end: PackedEnd, rows: readonly number[], values: readonly number[]): PackedEnd | null {
  const width = WIDTHS.findIndex(([, , Type]) => end.values instanceof Type)
  const [least, most] = WIDTHS[width] ?? [-Infinity, Infinity]
  if (values.some((value) => value < least || value > most)) return null
  const known = patchKnown(end, rows, values)
  if (known === undefined) return null
  const patched = end.values.slice()
  rows.forEach((row, index) => (patched[row] = Number.isNaN(values[index]) ? 0 : (values[index] as number)))
  const narrower = width < 0 ? WIDTHS : WIDTHS.slice(0, width)
  return narrower.every(([min, max]) => isAnyOutside(patched, min, max)) ? { values: patched, known } : null
}

/** The same bits where none differs; undefined where bits come to be needed, or no longer are. */
function patchKnown(
  { known, values: { length } }: PackedEnd,
  rows: readonly number[],
  values: readonly number[],
): Uint8Array | null | undefined {
  if (!known) return values.some(Number.isNaN) ? undefined : null
  const patched = known.slice()
  let differs = false
  rows.forEach((row, index) => {
    const bit = 1 << (row & 7)
    const byte = patched[row >> 3] as number
    patched[row >> 3] = Number.isNaN(values[index]) ? byte & ~bit : byte | bit
    differs ||= patched[row >> 3] !== byte
  })
  if (!differs) return known
  return isAnyMissing(patched, length) ? patched : undefined
}

function isAnyMissing(known: Uint8Array, rows: number): boolean {
  const whole = rows >> 3
  for (let byte = 0; byte < whole; byte++) if (known[byte] !== 0xff) return true
  return known[whole] !== undefined && known[whole] !== (1 << (rows & 7)) - 1
}

/** Mostly one of the first rows is. */
function isAnyOutside(values: IntegerArray, min: number, max: number): boolean {
  for (let row = 0; row < values.length; row++) if ((values[row] as number) < min || (values[row] as number) > max) return true
  return false
}
