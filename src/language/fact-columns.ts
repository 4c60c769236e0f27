/**
 * Facts of many households as the bulk loops read them: one pair of integer arrays per fact, the narrowest that hold its
 * scaled values, with validity bits where a value may be unknown (bit `i & 7` of byte `i >> 3`; 1 = known).
 */
import { type FactSpace, type FactValues, unknownValues } from './fact-space.ts'
import { keptBySource } from './generated-code.ts'

export type IntegerArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float64Array

export interface FactColumn {
  readonly lo: IntegerArray
  /** The same array as `lo` for a fact that is either known or wholly unknown. */
  readonly hi: IntegerArray
  /** Null where every row has a lower end; a slot without its bit holds garbage and means "no lower end". */
  readonly loKnown: Uint8Array | null
  readonly hiKnown: Uint8Array | null
}

/** By slot of a fact space; undefined for facts that were not loaded, which are unknown in every row. */
export type FactColumns = readonly (FactColumn | undefined)[]

/**
 * Unpacks `rows` rows from `base` into the ends that compiled code reads: (-Infinity, Infinity) where an end is missing,
 * (0, 1) for booleans. An absent column is unknown in every row.
 */
export function readBlock(
  column: FactColumn | undefined,
  isBoolean: boolean,
  base: number,
  rows: number,
  lo: Float64Array,
  hi: Float64Array,
): void {
  const least = isBoolean ? 0 : -Infinity
  const most = isBoolean ? 1 : Infinity
  if (!column) {
    lo.fill(least, 0, rows)
    hi.fill(most, 0, rows)
    return
  }
  lo.set(column.lo.subarray(base, base + rows))
  hi.set(column.hi.subarray(base, base + rows))
  if (column.loKnown) blankUnknown(column.loKnown, base, rows, least, lo)
  if (column.hiKnown) blankUnknown(column.hiKnown, base, rows, most, hi)
}

/** Of one end of a column, its values in `count` single rows behind `base`; `missing` where the row's bit is not set. */
export function readEnd(
  values: IntegerArray,
  known: Uint8Array | null,
  base: number,
  rows: Uint16Array,
  count: number,
  missing: number,
  into: Float64Array,
): void {
  takerOf(values)(values, base, rows, count, into)
  if (known === null) return
  for (let i = 0; i < count; i++) {
    const row = base + (rows[i] as number)
    if ((((known[row >> 3] as number) >> (row & 7)) & 1) === 0) into[i] = missing
  }
}

type Take = (values: IntegerArray, base: number, rows: Uint16Array, count: number, into: Float64Array) => void

/** A loop for each type of array: one for all would ask of every value what it is, and put it into memory of its own. */
function takerOf({ constructor: { name } }: IntegerArray): Take {
  const source = `"use strict";/*${name}*/return function(V,base,rows,count,into){for(let i=0;i<count;i++)into[i]=V[base+rows[i]]}`
  // oxlint-disable-next-line typescript/no-implied-eval -- the source is fixed words only, see generated-code.ts
  return takers.of(source, () => new Function(source)() as Take)
}

const takers = keptBySource<Take>()

/** As readBlock, of `count` single rows behind `base` only: `rows` names them. */
export function readRows(
  column: FactColumn | undefined,
  isBoolean: boolean,
  base: number,
  rows: Uint16Array,
  count: number,
  lo: Float64Array,
  hi: Float64Array,
): void {
  const [least, most] = isBoolean ? [0, 1] : [-Infinity, Infinity]
  if (!column) {
    lo.fill(least, 0, count)
    hi.fill(most, 0, count)
    return
  }
  readEnd(column.lo, column.loKnown, base, rows, count, least, lo)
  readEnd(column.hi, column.hiKnown, base, rows, count, most, hi)
}

/** Most values are known, so whole bytes of set bits are passed over. */
function blankUnknown(known: Uint8Array, base: number, rows: number, missing: number, end: Float64Array): void {
  for (let byte = base >> 3; byte << 3 < base + rows; byte++) {
    const bits = known[byte] as number
    if (bits === 0xff) continue
    for (let bit = 0; bit < 8; bit++) {
      const r = (byte << 3) + bit - base
      if (r >= 0 && r < rows && ((bits >> bit) & 1) === 0) end[r] = missing
    }
  }
}

/** Lays the values of a list of households out in columns; for tests and small batches (wide arrays, nothing packed). */
export function columnsOf(space: FactSpace, households: readonly FactValues[]): FactColumns {
  const empty = unknownValues(space)
  return space.types.map((_, slot) => {
    const bytes = (households.length + 7) >> 3
    const column = {
      lo: new Float64Array(households.length),
      hi: new Float64Array(households.length),
      loKnown: new Uint8Array(bytes),
      hiKnown: new Uint8Array(bytes),
    }
    let bounded = false
    households.forEach((values, row) => {
      const lo = values.lo[slot] ?? -Infinity
      const hi = values.hi[slot] ?? Infinity
      const hasLo = lo !== empty.lo[slot] || lo === hi
      const hasHi = hi !== empty.hi[slot] || lo === hi
      if (hasLo) setBit(column.loKnown, row)
      if (hasHi) setBit(column.hiKnown, row)
      column.lo[row] = hasLo ? lo : 0
      column.hi[row] = hasHi ? hi : 0
      if (lo !== hi && (hasLo || hasHi)) bounded = true
    })
    return bounded ? column : { lo: column.lo, hi: column.lo, loKnown: column.loKnown, hiKnown: column.loKnown }
  })
}

function setBit(bits: Uint8Array, row: number): void {
  bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7))
}
