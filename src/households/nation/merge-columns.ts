/** Puts the facts of some households in the place of those that a column file has of them: the columns that assembling all of them anew would give. */
import type { ValueArray, ValueColumn, ValueColumns } from '../../language/catalogue/assembly/chunk.ts'
import type { FactColumn, FactColumns, IntegerArray } from '../../language/fact-columns.ts'
import { packColumn } from '../../language/pack-columns.ts'
import type { ColumnFile } from './column-file.ts'

/** Facts of households in ascending order of reference, as assembly leaves them. */
export interface FreshHouseholds {
  readonly householdRefs: Float64Array
  readonly personRefs: Float64Array
  /** One place more than there are households: the end of the last. */
  readonly firstMember: { readonly [household: number]: number }
  readonly household: ValueColumns
  readonly person: ValueColumns
}

/** Where the rows of the merged file come from: a row of the base, or -1 - a fresh row. */
interface Rows {
  readonly from: Int32Array
  /** Rows that are fresh, and the base's row that stood in the same place; null: rows stand elsewhere than they did. */
  readonly replaced: readonly { readonly row: number; readonly fresh: number }[] | null
}

/** A part that had no households. */
export const NO_HOUSEHOLDS: ColumnFile = {
  households: 0,
  persons: 0,
  householdRefs: new Float64Array(0),
  personRefs: new Float64Array(0),
  firstMember: new Uint32Array(1),
  household: [],
  person: [],
}

/** Households of `changed` are those of `fresh`, or none any more; all others stay as `base` has them. Only `fresh` rows `from` to `to` (exclusive) are of this file. */
export function mergeColumns(
  base: ColumnFile,
  fresh: FreshHouseholds,
  changed: ReadonlySet<number>,
  { from, to }: { readonly from: number; readonly to: number },
): ColumnFile {
  const households = mergedHouseholds(base, fresh, changed, { from, to })
  const persons = mergedPersons(base, fresh, households)
  const householdRows = rowsOf(households, base.householdRefs, fresh.householdRefs)
  const personRows = rowsOf(persons.from, base.personRefs, fresh.personRefs)
  return {
    households: households.length,
    persons: persons.from.length,
    householdRefs: refsOf(households, base.householdRefs, fresh.householdRefs),
    personRefs: refsOf(persons.from, base.personRefs, fresh.personRefs),
    firstMember: persons.firstMember,
    household: columnsOf(base.household, fresh.household, householdRows),
    person: columnsOf(base.person, fresh.person, personRows),
  }
}

/** Both in ascending order, so that one walk is enough. */
function mergedHouseholds(
  base: ColumnFile,
  fresh: FreshHouseholds,
  changed: ReadonlySet<number>,
  { from, to }: { readonly from: number; readonly to: number },
): Int32Array {
  const rows: number[] = []
  let next = from
  const before = (ref: number): void => {
    while (next < to && (fresh.householdRefs[next] as number) < ref) rows.push(-1 - next++)
  }
  for (let row = 0; row < base.households; row++) {
    const ref = base.householdRefs[row] as number
    before(ref)
    if (!changed.has(ref)) rows.push(row)
  }
  before(Infinity)
  return Int32Array.from(rows)
}

function mergedPersons(base: ColumnFile, fresh: FreshHouseholds, households: Int32Array): { from: Int32Array; firstMember: Uint32Array } {
  const firstMember = new Uint32Array(households.length + 1)
  const rows: number[] = []
  households.forEach((source, household) => {
    const { firstMember: first } = source < 0 ? fresh : base
    const own = source < 0 ? -1 - source : source
    for (let member = Number(first[own]); member < Number(first[own + 1]); member++) rows.push(source < 0 ? -1 - member : member)
    firstMember[household + 1] = rows.length
  })
  return { from: Int32Array.from(rows), firstMember }
}

function refsOf(rows: Int32Array, base: Float64Array, fresh: Float64Array): Float64Array {
  const refs = new Float64Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const source = rows[row] as number
    refs[row] = (source < 0 ? fresh[-1 - source] : base[source]) as number
  }
  return refs
}

function rowsOf(from: Int32Array, base: Float64Array, fresh: Float64Array): Rows {
  const replaced: { row: number; fresh: number }[] = []
  let inPlace = from.length === base.length
  for (let row = 0; inPlace && row < from.length; row++) {
    const source = from[row] as number
    if (source >= 0) inPlace = source === row
    else {
      inPlace = fresh[-1 - source] === base[row]
      replaced.push({ row, fresh: -1 - source })
    }
  }
  return { from, replaced: inPlace ? replaced : null }
}

function columnsOf(base: FactColumns, fresh: ValueColumns, rows: Rows): FactColumns {
  return fresh.map((column, slot): FactColumn | undefined => column && mergedColumn(base[slot], column, rows))
}

/** A column in which nothing moved and no value differs is the base's own: most are, when little changed. */
function mergedColumn(base: FactColumn | undefined, fresh: ValueColumn, rows: Rows): FactColumn {
  if (base && rows.replaced?.every(({ row, fresh: at }) => isSame(base, row, fresh, at))) return base
  const lo = merged(base?.lo, base?.loKnown ?? null, fresh.lo, rows.from)
  const hi = fresh.hi === fresh.lo ? lo : merged(base?.hi, base?.hiKnown ?? null, fresh.hi, rows.from)
  return packColumn({ lo, hi }, rows.from.length)
}

const isKnown = (known: Uint8Array | null, row: number): boolean => known === null || (((known[row >> 3] as number) >> (row & 7)) & 1) === 1

/** Object.is: a zero with a sign is other bytes where a column holds doubles. */
function isSame(base: FactColumn, row: number, fresh: ValueColumn, at: number): boolean {
  const side = (values: IntegerArray, known: Uint8Array | null, value: number): boolean =>
    Object.is(isKnown(known, row) ? values[row] : NaN, value)
  return (
    side(base.lo, base.loKnown, fresh.lo[at] as number) && (fresh.lo === fresh.hi || side(base.hi, base.hiKnown, fresh.hi[at] as number))
  )
}

function merged(base: IntegerArray | undefined, known: Uint8Array | null, fresh: ValueArray, from: Int32Array): Float64Array {
  const values = new Float64Array(from.length)
  for (let row = 0; row < from.length; row++) {
    const source = from[row] as number
    if (source < 0) values[row] = fresh[-1 - source] as number
    else values[row] = isKnown(known, source) ? (base?.[source] as number) : NaN
  }
  return values
}
