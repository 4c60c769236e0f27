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

/** Place by row, and whether rows of later persons never stand before those of earlier ones. */
function placesOf(
  keys: PersonKeys,
  homes: Float64Array,
  refs: Float64Array,
): { readonly places: Int32Array; readonly count: number; readonly sorted: boolean } {
  const find = placeFinder(keys)
  const places = new Int32Array(refs.length)
  let [count, sorted, last] = [0, true, -1]
  for (let row = 0; row < refs.length; row++) {
    const place = find(homes[row] as number, refs[row] as number)
    places[row] = place
    if (place < 0) continue
    count++
    if (place < last) sorted = false
    last = place
  }
  return { places, count, sorted }
}

/** Registry rows by person; `columns[0]` and `[1]` are home and reference, rows of nobody among the persons are left out. */
export function placeRows(keys: PersonKeys, columns: readonly Float64Array[]): RegistryRows {
  const [homes, refs, ...values] = columns as [Float64Array, Float64Array, ...Float64Array[]]
  const { places, count, sorted } = placesOf(keys, homes, refs)
  const persons = keys.ref.length
  const ranges = new Int32Array(2 * persons)
  const starts = new Int32Array(persons + 1)
  for (const place of places) if (place >= 0) starts[place + 1] = (starts[place + 1] as number) + 1
  for (let p = 0; p < persons; p++) {
    starts[p + 1] = (starts[p + 1] as number) + (starts[p] as number)
    ranges[2 * p] = starts[p] as number
    ranges[2 * p + 1] = starts[p + 1] as number
  }
  if (sorted && count === places.length) return { ranges, columns: values }
  // Rows keep their order within a person: a counting sort is stable.
  const order = new Int32Array(count)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    const next = starts[place] as number
    order[next] = row
    starts[place] = next + 1
  }
  return { ranges, columns: values.map((column) => Float64Array.from(order, (row) => column[row] as number)) }
}
