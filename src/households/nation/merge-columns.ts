/** Puts the facts of some households in the place of those that a column file has of them: the columns that assembling all of them anew would give. */
import type { ValueArray, ValueColumns } from '../../language/catalogue/assembly/chunk.ts'
import type { FactColumn, FactColumns } from '../../language/fact-columns.ts'
import { packEnd, type PackedEnd, patchEnd } from '../../language/pack-columns.ts'
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
  /** Rows that are fresh, in the place of the base's row of the same reference; null: rows stand elsewhere than they did. */
  readonly replaced: Replaced | null
}

/** Ascending, and beside each the fresh row. */
interface Replaced {
  readonly rows: readonly number[]
  readonly fresh: readonly number[]
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

/**
 * Households of `changed` are those of `fresh`, or none any more; all others stay as `base` has them. Only `fresh` rows `from` to `to`
 * (exclusive) are of this file. A column that `fresh` lacks stays as it is, whatever it holds: then nobody may have moved.
 */
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
    householdRefs: refsOf(householdRows, base.householdRefs, fresh.householdRefs),
    personRefs: refsOf(personRows, base.personRefs, fresh.personRefs),
    firstMember: isSame(persons.firstMember, base.firstMember) ? base.firstMember : persons.firstMember,
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

/** What did not move is the base's own: it goes on as it was read. */
function refsOf({ from, replaced }: Rows, base: Float64Array, fresh: Float64Array): Float64Array {
  if (replaced) return base
  const refs = new Float64Array(from.length)
  for (let row = 0; row < from.length; row++) {
    const source = from[row] as number
    refs[row] = (source < 0 ? fresh[-1 - source] : base[source]) as number
  }
  return refs
}

function rowsOf(from: Int32Array, base: Float64Array, fresh: Float64Array): Rows {
  const replaced: { rows: number[]; fresh: number[] } = { rows: [], fresh: [] }
  let inPlace = from.length === base.length
  for (let row = 0; inPlace && row < from.length; row++) {
    const source = from[row] as number
    if (source >= 0) inPlace = source === row
    else {
      inPlace = fresh[-1 - source] === base[row]
      replaced.rows.push(row)
      replaced.fresh.push(-1 - source)
    }
  }
  return { from, replaced: inPlace ? replaced : null }
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
  return one.length === other.length && one.every((value, place) => value === other[place])
}

function columnsOf(base: FactColumns, fresh: ValueColumns, rows: Rows): FactColumns {
  return fresh.map((column, slot): FactColumn | undefined => {
    const before = base[slot]
    if (!column) {
      if (before && !rows.replaced) throw new Error('households moved, and not all of their facts are at hand')
      return before
    }
    const lo = mergedEnd(before && { values: before.lo, known: before.loKnown }, column.lo, rows)
    const isOne = column.hi === column.lo
    const hi = isOne ? lo : mergedEnd(before && { values: before.hi, known: before.hiKnown }, column.hi, rows)
    return { lo: lo.values, hi: hi.values, loKnown: lo.known, hiKnown: hi.known }
  })
}

/** Where nothing moved and no value differs it is the base's own, and where few do, a copy of that: packing anew would give the same. */
function mergedEnd(base: PackedEnd | undefined, fresh: ValueArray, { from, replaced }: Rows): PackedEnd {
  if (base && replaced) {
    const { rows, values } = differing(base, fresh, replaced)
    const patched = rows.length === 0 ? base : patchEnd(base, rows, values)
    if (patched) return patched
  }
  return packEnd(merged(base, fresh, from), from.length)
}

function differing({ values, known }: PackedEnd, fresh: ValueArray, replaced: Replaced): { rows: number[]; values: number[] } {
  const found: { rows: number[]; values: number[] } = { rows: [], values: [] }
  replaced.rows.forEach((row, index) => {
    const value = fresh[replaced.fresh[index] as number] as number
    // Object.is: a zero with a sign is other bytes where a column holds doubles.
    if (Object.is(isKnown(known, row) ? values[row] : NaN, value)) return
    found.rows.push(row)
    found.values.push(value)
  })
  return found
}

const isKnown = (known: Uint8Array | null, row: number): boolean => known === null || (((known[row >> 3] as number) >> (row & 7)) & 1) === 1

function merged(base: PackedEnd | undefined, fresh: ValueArray, from: Int32Array): Float64Array {
  const values = new Float64Array(from.length)
  for (let row = 0; row < from.length; row++) {
    const source = from[row] as number
    if (source < 0) values[row] = fresh[-1 - source] as number
    else values[row] = base && isKnown(base.known, source) ? (base.values[source] as number) : NaN
  }
  return values
}
