/** One total order of units: by the keys, then by the published tie-break, whatever order the rows came in. */
import type { OrderKey } from '../language/programme/schema.ts'
import { agree, allRows, type Column, type SortKey, sortRows } from './sort-rows.ts'
import type { TieBreak, TieWords } from './tie-break.ts'

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

/** `rows` in their total order. Only rows that agree in every key are asked for their tie words. */
export function orderRows(rows: Uint32Array, keys: readonly SortKey[], tieBreak: TieBreak): Uint32Array {
  const sorted = sortRows(rows, keys)
  const { members, places, starts } = tiedRuns(sorted, keys)
  const words = tieBreak.wordsOf(members)
  const tied: Tied = { members, ...words, reference: tieBreak.reference }
  for (let run = 0; run + 1 < starts.length; run++) {
    const from = starts[run] as number
    const ordered = byTieBreak(tied, from, starts[run + 1] as number)
    const place = places[run] as number
    for (let i = 0; i < ordered.length; i++) sorted[place + i] = members[ordered[i] as number] as number
  }
  return sorted
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
  const members = new Uint32Array(sorted.length)
  const places: number[] = []
  const starts = [0]
  let filled = 0
  for (let from = 0; from < sorted.length;) {
    let to = from + 1
    while (to < sorted.length && agree(keys, sorted[from] as number, sorted[to] as number)) to++
    if (to - from > 1) {
      places.push(from)
      for (let i = from; i < to; i++) members[filled++] = sorted[i] as number
      starts.push(filled)
    }
    from = to
  }
  return { members: members.subarray(0, filled), places, starts }
}

interface Tied extends TieWords {
  readonly members: Uint32Array
  readonly reference: Float64Array
}

/** Up to this many, comparing each with those before it costs less than counting buckets. */
const SMALL_RUN = 64

/** The members `from` up to `to`, by index, in the order of their words and references. */
function byTieBreak(tied: Tied, from: number, to: number): Uint32Array {
  const ordered = new Uint32Array(to - from)
  for (let i = 0; i < ordered.length; i++) ordered[i] = from + i
  if (ordered.length <= SMALL_RUN) insertionSort(tied, ordered)
  else ordered.set(bucketSort(tied, from, to))
  // INVARIANT: the order is total, so it cannot depend on the order of the rows that came in.
  for (let i = 1; i < ordered.length; i++) {
    if (compare(tied, ordered[i - 1] as number, ordered[i] as number) >= 0) throw new Error('two units have one reference')
  }
  return ordered
}

function insertionSort(tied: Tied, indexes: Uint32Array): void {
  for (let i = 1; i < indexes.length; i++) {
    const index = indexes[i] as number
    let at = i
    for (; at > 0 && compare(tied, indexes[at - 1] as number, index) > 0; at--) indexes[at] = indexes[at - 1] as number
    indexes[at] = index
  }
}

function bucketSort({ members, high, low, reference }: Tied, from: number, to: number): Uint32Array {
  const references = new Float64Array(to - from)
  for (let i = from; i < to; i++) references[i - from] = reference[members[i] as number] as number
  const own = allRows(to - from)
  const keys = [high.subarray(from, to), low.subarray(from, to), references].map((values) => ({ values, descending: false }))
  return sortRows(own, keys).map((index) => from + index)
}

function compare({ members, high, low, reference }: Tied, a: number, b: number): number {
  return (
    (high[a] as number) - (high[b] as number) ||
    (low[a] as number) - (low[b] as number) ||
    (reference[members[a] as number] as number) - (reference[members[b] as number] as number)
  )
}
