/** A population sorted once from the poorest to the best off, for all measures that need an order. */
import { keptWith } from '../../kernel/kept-with.ts'
import { sortRows } from '../../targeting/sort-rows.ts'
import { Counter, type Counted, weightOf, type Weights } from './counted.ts'
import { ExactSum } from './exact-sum.ts'

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
  return { rows, ...groupsOf(rows, welfare, weights), weights, length: welfare.length, counted: counter.value() }
}

function groupsOf(
  rows: Uint32Array,
  welfare: Float64Array,
  weights: Weights | undefined,
): Pick<WelfareOrder, 'groupEnd' | 'welfare' | 'cumulativeWeight'> {
  const groupEnd = new Uint32Array(rows.length)
  const values = new Float64Array(rows.length)
  const cumulativeWeight = new Float64Array(rows.length)
  const weight = new ExactSum()
  let groups = 0
  for (let place = 0; place < rows.length; place++) {
    const value = welfare[rows[place] as number] as number
    weight.add(weightOf(weights, rows[place] as number))
    if (place + 1 < rows.length && welfare[rows[place + 1] as number] === value) continue
    groupEnd[groups] = place + 1
    values[groups] = value
    cumulativeWeight[groups] = weight.value()
    groups++
  }
  return {
    groupEnd: groupEnd.subarray(0, groups),
    welfare: values.subarray(0, groups),
    cumulativeWeight: cumulativeWeight.subarray(0, groups),
  }
}

export const NO_GROUP = -1

/** By row, which group of equals it stands in; NO_GROUP for whoever is not in the order. Kept with the order. */
export const groupByRow = keptWith(({ rows, groupEnd, length }: WelfareOrder): Int32Array => {
  const byRow = new Int32Array(length).fill(NO_GROUP)
  let place = 0
  for (let group = 0; group < groupEnd.length; group++)
    for (const end = groupEnd[group] as number; place < end; place++) byRow[rows[place] as number] = group
  return byRow
})

/**
 * The order of `raised`, in which nobody has another welfare than in `order` except the rows `moved`, which are in both. Those who stayed stand as they
 * stood, so only the moved are sorted.
 */
export function reordered(order: WelfareOrder, raised: Float64Array, moved: Uint32Array): WelfareOrder {
  const hasMoved = new Uint8Array(order.length)
  for (const row of moved) hasMoved[row] = 1
  const sorted = sortRows(moved, [{ values: raised, descending: false }])
  const rows = new Uint32Array(order.rows.length)
  let next = 0
  let place = 0
  for (const row of order.rows) {
    if (hasMoved[row] === 1) continue
    const value = raised[row] as number
    while (next < sorted.length && (raised[sorted[next] as number] as number) < value) rows[place++] = sorted[next++] as number
    rows[place++] = row
  }
  rows.set(sorted.subarray(next), place)
  return { ...order, rows, ...groupsOf(rows, raised, order.weights) }
}
