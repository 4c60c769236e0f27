/** A population sorted once from the poorest to the best off, for all measures that need an order. */
import { keptWith } from '../../kernel/kept-with.ts'
import { sortRows } from '../../targeting/sort-rows.ts'
import { Counter, type Counted, weightOf, type Weights } from './counted.ts'
import { ExactSum } from './exact-sum.ts'
import { sortPlaces } from './sort-doubles.ts'

/** Rows of known welfare in ascending order, and the groups of equal welfare among them. Nothing in it depends on the order within a group. */
export interface WelfareOrder {
  /** Row numbers, poorest first. */
  readonly rows: Uint32Array
  /** By group: the place in `rows` behind its last row. */
  readonly groupEnd: Uint32Array
  /** By group: the welfare that its rows have, in the unit that came in. Strictly ascending. */
  readonly welfare: Float64Array
  /** By group: the weight of all up to and including it. */
  readonly cumulativeWeight: Float64Array
  /** The weights that came in, by row. */
  readonly weights: Weights | undefined
  /** How many rows came in: the length of columns that stand beside it. */
  readonly length: number
  readonly counted: Counted
}

/**
 * Orders `welfare` (by row: income or consumption per person, or a score that rises with welfare; NaN unknown) from the poorest on.
 * Unknown welfare is left out and counted. Infinite welfare is a RangeError. n log n at most; linear where values are whole numbers.
 */
export function welfareOrder(welfare: Float64Array, weights?: Weights): WelfareOrder {
  const counter = new Counter()
  const known = new Uint32Array(welfare.length)
  let count = 0
  for (let row = 0; row < welfare.length; row++) {
    const value = welfare[row] as number
    if (Math.abs(value) === Infinity) throw new RangeError(`row ${row} has infinite welfare`)
    if (counter.take(weightOf(weights, row), !Number.isNaN(value))) known[count++] = row
  }
  const rows = sortRows(known.subarray(0, count), [{ values: welfare, descending: false }])
  return { rows, ...groupsOf(rows, valuesOf(rows, welfare), weights), weights, length: welfare.length, counted: counter.value() }
}

/** The same without weights, of rows that are in order already: all whose welfare is known, which is finite. */
export function orderOfSorted(rows: Uint32Array, welfare: Float64Array): WelfareOrder {
  const [units, unknownUnits] = [rows.length, welfare.length - rows.length]
  const counted = { units, weight: units, unknownUnits, unknownWeight: unknownUnits }
  return { rows, ...groupsOf(rows, valuesOf(rows, welfare), undefined), weights: undefined, length: welfare.length, counted }
}

type Groups = Pick<WelfareOrder, 'groupEnd' | 'welfare' | 'cumulativeWeight'>

/** `sorted`: welfare by place. */
function groupsOf(rows: Uint32Array, sorted: Float64Array, weights: Weights | undefined): Groups {
  const { groupEnd, values } = groupsOfEquals(sorted)
  const cumulativeWeight =
    weights instanceof Float64Array ? weightsInAll(rows, groupEnd, weights) : wholeWeightsInAll(rows, groupEnd, weights)
  return { groupEnd, welfare: values, cumulativeWeight }
}

/** A loop of its own: the processor waits for many of the rows at once. */
function valuesOf(rows: Uint32Array, welfare: Float64Array): Float64Array {
  const values = new Float64Array(rows.length)
  for (let place = 0; place < rows.length; place++) values[place] = welfare[rows[place] as number] as number
  return values
}

/** Written over what comes in, whose places are behind. */
function groupsOfEquals(values: Float64Array): { readonly groupEnd: Uint32Array; readonly values: Float64Array } {
  const groupEnd = new Uint32Array(values.length)
  let groups = 0
  let last = NaN
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number
    if (value !== last) values[groups++] = last = value
    groupEnd[groups - 1] = place + 1
  }
  return { groupEnd: groupEnd.subarray(0, groups), values: values.subarray(0, groups) }
}

/** By group, the weight up to its end; exact, rounded once. */
function weightsInAll(rows: Uint32Array, groupEnd: Uint32Array, weights: Float64Array): Float64Array {
  const weight = new ExactSum()
  let place = 0
  return Float64Array.from(groupEnd, (end) => {
    for (; place < end; place++) weight.add(weightOf(weights, rows[place] as number))
    return weight.value()
  })
}

/** Whole weights, or 1 for every row, add up without loss as they are. */
function wholeWeightsInAll(rows: Uint32Array, groupEnd: Uint32Array, weights: Uint32Array | Uint8Array | undefined): Float64Array {
  if (weights === undefined) return new Float64Array(groupEnd)
  const cumulative = new Float64Array(groupEnd.length)
  let [place, sum] = [0, 0]
  for (let group = 0; group < groupEnd.length; group++) {
    for (const end = groupEnd[group] as number; place < end; place++) sum += weights[rows[place] as number] as number
    cumulative[group] = sum
  }
  // INVARIANT: beyond that, sums are not exact.
  if (sum > Number.MAX_SAFE_INTEGER) throw new RangeError(`the weights add up to ${sum}`)
  return cumulative
}

/** The same order where each row counts once, whatever its weight: of households, where the weights are their persons. Kept with the order. */
export const householdsOf = keptWith((order: WelfareOrder): WelfareOrder => {
  const { units, unknownUnits } = order.counted
  const counted = { units, weight: units, unknownUnits, unknownWeight: unknownUnits }
  return { ...order, weights: undefined, cumulativeWeight: new Float64Array(order.groupEnd), counted }
})

export const NO_GROUP = -1

/** By row, which group of equals it stands in; NO_GROUP for whoever is not in the order. Kept with the order. */
export const groupByRow = keptWith(({ rows, groupEnd, length }: WelfareOrder): Int32Array => {
  const byRow = new Int32Array(length).fill(NO_GROUP)
  let place = 0
  for (let group = 0; group < groupEnd.length; group++)
    for (const end = groupEnd[group] as number; place < end; place++) byRow[rows[place] as number] = group
  return byRow
})

/** Rows with the welfare that each has now, finite. */
export interface Moved {
  readonly rows: Uint32Array
  readonly welfare: Float64Array
}

/**
 * The order in which nobody has another welfare than in `order` except those who moved, who are in both. Those who stayed stand as they stood, so only
 * the moved are sorted.
 */
export function reordered(order: WelfareOrder, moved: Moved): WelfareOrder {
  const { rows: old, groupEnd, welfare, weights } = order
  const groupOf = groupByRow(order)
  const movedOf = new Uint32Array(groupEnd.length)
  const hasMoved = new Uint8Array(order.length)
  for (let i = 0; i < moved.rows.length; i++) {
    const row = moved.rows[i] as number
    hasMoved[row] = 1
    const group = groupOf[row] as number
    movedOf[group] = (movedOf[group] as number) + 1
  }
  const places = sortPlaces(moved.welfare)
  const rows = new Uint32Array(old.length)
  const values = new Float64Array(old.length)
  let [next, place, from] = [0, 0, 0]
  for (let group = 0; group <= groupEnd.length; group++) {
    const value = group < groupEnd.length ? (welfare[group] as number) : Infinity
    for (; next < places.length; next++) {
      const own = places[next] as number
      const raised = moved.welfare[own] as number
      if (raised >= value) break
      rows[place] = moved.rows[own] as number
      values[place++] = raised
    }
    if (group === groupEnd.length) break
    const stays = movedOf[group] === 0
    for (const end = groupEnd[group] as number; from < end; from++) {
      const row = old[from] as number
      if (!stays && hasMoved[row] === 1) continue
      rows[place] = row
      values[place++] = value
    }
  }
  return { ...order, rows, ...groupsOf(rows, values, weights) }
}
