/** One total order of units: by the keys, then by the published tie-break, whatever order the rows came in. */
import type { OrderKey } from '../language/programme/schema.ts'
import { radixSort } from './radix-sort.ts'
import { allRows, type Column, type SortKey, sortRows } from './sort-rows.ts'
import type { TieBreak } from './tie-break.ts'
import type { TieWords } from './tie-words/hash-references.ts'

export type ScoreDirection = 'lowerIsPoorer' | 'higherIsPoorer'

/** The columns that a programme's order can name, by row; unknown is NaN. */
export interface OrderColumns {
  /** 0 is the first tier; a unit in none has the number of tiers. */
  readonly tier: Uint8Array
  /** Micro-points. */
  readonly score: Float64Array
  readonly direction: ScoreDirection
  /** Day numbers. */
  readonly applicationDate: Float64Array
  readonly facts: ReadonlyMap<string, Column>
}

/** The sort keys of a programme's `order`, up to its tie-break, behind which nothing is left to decide. A fact without a column is an error. */
export function sortKeysOf(order: readonly OrderKey[], columns: OrderColumns): readonly SortKey[] {
  const end = order.findIndex(({ by }) => by === 'tieBreak')
  return order.slice(0, end < 0 ? order.length : end).map((key): SortKey => {
    switch (key.by) {
      case 'tiers':
        return { values: columns.tier, descending: false }
      case 'score':
        return { values: columns.score, descending: columns.direction === 'higherIsPoorer' }
      case 'applicationDate':
        return { values: columns.applicationDate, descending: false }
      case 'fact': {
        const values = columns.facts.get(key.fact)
        if (!values) throw new Error(`the order names the fact ${key.fact}, of which there is no column`)
        return { values, descending: key.direction === 'descending' }
      }
      case 'tieBreak':
        throw new Error('unreachable: the keys end before the tie-break')
    }
  })
}

/** All rows, of which any two that agree in every key stand in the order of their tie-break: an order that is known makes others without its words. */
export interface SettledTies {
  readonly settled: Uint32Array
}

/** All rows of as many units in their total order. */
export const orderUnits = (units: number, keys: readonly SortKey[], ties: TieBreak | SettledTies): Uint32Array =>
  'settled' in ties ? sortRows(ties.settled, keys) : orderRows(allRows(units), keys, ties)

/** `rows` in their total order. Only rows that agree in every key are asked for their tie words. */
export function orderRows(rows: Uint32Array, keys: readonly SortKey[], tieBreak: TieBreak): Uint32Array {
  const sorted = sortRows(rows, keys)
  const { members, places, starts } = tiedRuns(sorted, keys)
  const tied: Tied = { members, ...tieBreak.wordsOf(members), reference: tieBreak.reference }
  for (let run = 0; run < places.length; run++) {
    const [from, to] = [starts[run] as number, starts[run + 1] as number]
    sortByTieBreak(tied, from, to)
    const place = (places[run] as number) - from
    for (let i = from; i < to; i++) sorted[place + i] = members[i] as number
  }
  return sorted
}

/** The rows 0 to `units` - 1 in the order of their tie-break alone; whatever is sorted from it by keys, stably, is in its total order. In memory that threads share. */
export function rowsByTieBreak(units: number, { reference, wordsOf }: TieBreak): Uint32Array {
  const words = wordsOf(allRows(units))
  const { rows, codes } = radixSort({ rows: allRows(units), codes: words.high }, 0xffff_ffff)
  const isBehind = (row: number, other: number): boolean => {
    const differs = (words.low[row] as number) - (words.low[other] as number) || (reference[row] as number) - (reference[other] as number)
    // INVARIANT: the order is total, so it cannot depend on the order of the rows.
    if (differs === 0) throw new Error('two units have one reference')
    return differs > 0
  }
  // Of millions of words a few hundred agree in their upper half.
  for (let i = 1; i < units; i++)
    for (let at = i; at > 0 && codes[at - 1] === codes[at] && isBehind(rows[at - 1] as number, rows[at] as number); at--) {
      const row = rows[at] as number
      rows[at] = rows[at - 1] as number
      rows[at - 1] = row
    }
  const found = new Uint32Array(new SharedArrayBuffer(rows.byteLength))
  found.set(rows)
  return found
}

interface Runs {
  /** The rows of all runs, one run after the other. */
  readonly members: Uint32Array
  /** Where in the sorted rows each run begins, and where in `members`, with the end of the last. */
  readonly places: readonly number[]
  readonly starts: readonly number[]
}

/** Each stretch of two or more rows that agree in every key. */
function tiedRuns(sorted: Uint32Array, keys: readonly SortKey[]): Runs {
  const differs = differsFromLast(sorted, keys)
  const members = new Uint32Array(sorted.length)
  const places: number[] = []
  const starts = [0]
  let filled = 0
  for (let from = 0; from < sorted.length;) {
    let to = from + 1
    while (to < sorted.length && differs[to] === 0) to++
    if (to - from > 1) {
      places.push(from)
      for (let i = from; i < to; i++) members[filled++] = sorted[i] as number
      starts.push(filled)
    }
    from = to
  }
  return { members: members.subarray(0, filled), places, starts }
}

/** By place, 1 where the row differs from the one before it in some key; unknown agrees with unknown. */
function differsFromLast(sorted: Uint32Array, keys: readonly SortKey[]): Uint8Array {
  const differs = new Uint8Array(sorted.length)
  for (const { values } of keys) {
    let last = NaN
    for (let i = 0; i < sorted.length; i++) {
      const value = values[sorted[i] as number] as number
      // NaN is not equal to itself either.
      if (value !== last && (value === value || last === last)) differs[i] = 1
      last = value
    }
  }
  return differs
}

interface Tied extends TieWords {
  /** Put in order with their words. */
  readonly members: Uint32Array
  readonly reference: Float64Array
}

/** Up to this many, comparing each with those before it costs less than counting buckets. */
const SMALL_RUN = 64

/** Puts the members `from` up to `to` in the order of their words and references. */
function sortByTieBreak(tied: Tied, from: number, to: number): void {
  if (to - from <= SMALL_RUN) insertionSort(tied, from, to)
  else bucketSort(tied, from, to)
  // INVARIANT: the order is total, so it cannot depend on the order of the rows that came in.
  for (let i = from + 1; i < to; i++) if (compare(tied, i - 1, i) >= 0) throw new Error('two units have one reference')
}

function insertionSort(tied: Tied, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) for (let at = i; at > from && compare(tied, at - 1, at) > 0; at--) swap(tied, at - 1, at)
}

function swap({ members, high, low }: Tied, a: number, b: number): void {
  const [row, upper, lower] = [members[a] as number, high[a] as number, low[a] as number]
  members[a] = members[b] as number
  high[a] = high[b] as number
  low[a] = low[b] as number
  members[b] = row
  high[b] = upper
  low[b] = lower
}

function bucketSort({ members, high, low, reference }: Tied, from: number, to: number): void {
  const columns = [members, high, low].map((column) => column.subarray(from, to))
  const [rows, ...words] = columns as [Uint32Array, Uint32Array, Uint32Array]
  const references = Float64Array.from(rows, (row) => reference[row] as number)
  const keys = [...words, references].map((values) => ({ values, descending: false }))
  const order = sortRows(allRows(to - from), keys)
  for (const column of columns) column.set(order.map((index) => column[index] as number))
}

function compare({ members, high, low, reference }: Tied, a: number, b: number): number {
  return (
    (high[a] as number) - (high[b] as number) ||
    (low[a] as number) - (low[b] as number) ||
    (reference[members[a] as number] as number) - (reference[members[b] as number] as number)
  )
}
