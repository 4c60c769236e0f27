/** Puts rows of a replica table beside the persons whose they are: both mostly stand in the same order, so that one walk is enough. */
import type { RegistryRows } from '../../language/catalogue/assembly/rows.ts'

/** Persons in ascending order of home, then reference; a person of two households stands once in each. */
export interface PersonKeys {
  readonly home: Float64Array
  readonly ref: Float64Array
}

/** A function from (home, person) to the person's place, -1 for one who is not there; quick when asked in ascending order. */
export function placeFinder({ home, ref }: PersonKeys): (home: number, ref: number) => number {
  const { length } = ref
  const before = (place: number, h: number, r: number): boolean =>
    (home[place] as number) < h || ((home[place] as number) === h && (ref[place] as number) < r)
  let at = 0
  return (h, r) => {
    // Behind where the walk stands: rows that were written later than the others.
    if (at > 0 && !before(at - 1, h, r)) {
      let [low, high] = [0, at]
      while (low < high) {
        const middle = (low + high) >> 1
        if (before(middle, h, r)) low = middle + 1
        else high = middle
      }
      at = low
    } else while (at < length && before(at, h, r)) at++
    return at < length && home[at] === h && ref[at] === r ? at : -1
  }
}

/** Registry rows by person; `columns[0]` and `[1]` are home and reference. Rows of nobody among the persons are in no range. */
export function placeRows(keys: PersonKeys, columns: readonly Float64Array[]): RegistryRows {
  const [homes, refs, ...values] = columns as [Float64Array, Float64Array, ...Float64Array[]]
  const ranges = rangesInOrder(keys, homes, refs)
  if (ranges) return { ranges, columns: values }
  return placedAnew(keys, homes, refs, values)
}

/** Where the rows are in the order of the persons they stay where they are; null where they are not. */
function rangesInOrder({ home, ref }: PersonKeys, homes: Float64Array, refs: Float64Array): Int32Array | null {
  const persons = ref.length
  const ranges = new Int32Array(2 * persons)
  let [at, lastHome, lastRef, isThere] = [0, -Infinity, -Infinity, false]
  for (let row = 0; row < refs.length; row++) {
    const [h, r] = [homes[row] as number, refs[row] as number]
    if (h !== lastHome || r !== lastRef) {
      if (h < lastHome || (h === lastHome && r < lastRef)) return null
      lastHome = h
      lastRef = r
      while (at < persons && ((home[at] as number) < h || (home[at] === h && (ref[at] as number) < r))) at++
      isThere = at < persons && home[at] === h && ref[at] === r
      if (isThere) ranges[2 * at] = row
    }
    if (isThere) ranges[2 * at + 1] = row + 1
  }
  return ranges
}

/** Rows that were written later stand behind the others: they are moved to their persons' own. */
function placedAnew(keys: PersonKeys, homes: Float64Array, refs: Float64Array, values: readonly Float64Array[]): RegistryRows {
  const find = placeFinder(keys)
  const persons = keys.ref.length
  const places = new Int32Array(refs.length)
  const starts = new Int32Array(persons + 1)
  for (let row = 0; row < refs.length; row++) {
    const place = find(homes[row] as number, refs[row] as number)
    places[row] = place
    if (place >= 0) starts[place + 1] = (starts[place + 1] as number) + 1
  }
  const ranges = new Int32Array(2 * persons)
  for (let p = 0; p < persons; p++) {
    starts[p + 1] = (starts[p + 1] as number) + (starts[p] as number)
    ranges[2 * p] = starts[p] as number
    ranges[2 * p + 1] = starts[p + 1] as number
  }
  // Rows keep their order within a person: a counting sort is stable.
  const order = new Int32Array(starts[persons] as number)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    const next = starts[place] as number
    order[next] = row
    starts[place] = next + 1
  }
  return { ranges, columns: values.map((column) => inOrder(column, order)) }
}

function inOrder(column: Float64Array, order: Int32Array): Float64Array {
  const moved = new Float64Array(order.length)
  for (let place = 0; place < order.length; place++) moved[place] = column[order[place] as number] as number
  return moved
}
