/** How far two orders of the same units agree: Spearman's rho and Kendall's tau-b, with ties averaged. */
import { type Column, sortRows } from '../../targeting/sort-rows.ts'
import { centredByGroup, centredRanks } from './average-ranks.ts'
import { Counter, type Counted, weightOf, type Weights } from './counted.ts'
import { discordance } from './discordance.ts'
import { ExactSum } from './exact-sum.ts'
import { inversions } from './inversions.ts'
import { groupByRow, type WelfareOrder, welfareOrder } from './welfare-order.ts'

export interface RankCorrelation {
  /** −1 to 1; null where all units of either order are equal, or there are none. */
  readonly value: number | null
  readonly counted: Counted
}

/**
 * Spearman's rho: Pearson's correlation of average ranks. `x` and `y` by row, compared as they are: round scores first (runs hold whole micro-points).
 * Rows unknown (NaN) in either are left out of both. A row of weight w counts as w equal rows. n log n. Source: Spearman 1904; Kendall 1945.
 */
export function spearman(x: Float64Array, y: Float64Array, weights?: Weights): RankCorrelation {
  const { known, counted } = bothKnown(x, y, weights)
  const weight = weights && gather(weights, known)
  const rankX = centredRanks(welfareOrder(gather(x, known), weight))
  const rankY = centredRanks(welfareOrder(gather(y, known), weight))
  const xy = new ExactSum()
  const xx = new ExactSum()
  const yy = new ExactSum()
  for (let i = 0; i < known.length; i++) {
    const w = weightOf(weight, i)
    const a = rankX[i] as number
    const b = rankY[i] as number
    xy.add(w * a * b)
    xx.add(w * a * a)
    yy.add(w * b * b)
  }
  const scale = Math.sqrt(xx.value() * yy.value())
  return { value: scale === 0 ? null : within(xy.value() / scale), counted }
}

/**
 * Kendall's tau-b: (C − D) / √((P − Tx)(P − Ty)) over pairs of units: C in the same order, D in opposite order, P all, Tx and Ty tied in x and in y.
 * Unknown, ties and weights as for `spearman`. Knight's algorithm, n log n. Exact for whole weights whose sum is below 9 · 10^7, the rest to 15 digits.
 * Source: Kendall 1945; Knight 1966.
 */
export function kendallTauB(x: Float64Array, y: Float64Array, weights?: Weights): RankCorrelation {
  const { known, counted } = bothKnown(x, y, weights)
  const keys = [
    { values: x, descending: false },
    { values: y, descending: false },
    ...(weights === undefined ? [] : [{ values: weights, descending: false }]),
  ]
  const rows = sortRows(known, keys)
  const sortedX = gather(x, rows)
  const sortedY = gather(y, rows)
  const weight = weights === undefined ? new Float64Array(rows.length).fill(1) : gather(weights, rows)
  const tiedInBoth = tiedPairs(weight, (i) => sortedX[i] === sortedX[i - 1] && sortedY[i] === sortedY[i - 1])
  const tiedInX = tiedPairs(weight, (i) => sortedX[i] === sortedX[i - 1])
  // Sorts y and its weights: what follows sees them in the order of y.
  const discordant = discordance(sortedY, weight)
  const tiedInY = tiedPairs(weight, (i) => sortedY[i] === sortedY[i - 1])
  // Pairs within a row of weight w are tied in both, so that squares stand for pairs: W² − Σ T² = 2 (P − T).
  const all = counted.weight * counted.weight
  const scale = Math.sqrt((all - tiedInX) * (all - tiedInY))
  const value = scale === 0 ? null : within((all - tiedInX - tiedInY + tiedInBoth - 4 * discordant) / scale)
  return { value, counted }
}

/** Spearman and Kendall of two orders that were made before. */
export interface OrdersAgreement {
  readonly spearman: number | null
  readonly kendall: number | null
}

/** As `spearman` and `kendallTauB` of the columns that were ordered, to the bit. Both orders are without weights and rank the same rows; null where not. */
export function agreementOfOrders(x: WelfareOrder, y: WelfareOrder): OrdersAgreement | null {
  const groupX = groupByRow(x)
  const groupY = groupByRow(y)
  const alike = x.rows.length === y.rows.length && x.rows.every((row) => (groupY[row] as number) >= 0)
  if (!alike || x.weights !== undefined || y.weights !== undefined) return null
  const squaresX = squaredGroups(x)
  const squaresY = squaredGroups(y)
  // Rows by their group of x, in each by their group of y: the order of y dealt out to the groups of x.
  const next = startsOf(x)
  const sorted = new Int32Array(x.rows.length)
  for (const row of y.rows) {
    const group = groupX[row] as number
    const place = next[group] as number
    sorted[place] = groupY[row] as number
    next[group] = place + 1
  }
  const rho = rhoOf(x, y, sorted)
  const tiedInBoth = squaredRuns(x, sorted)
  const all = x.rows.length * x.rows.length
  const scale = Math.sqrt((all - squaresX) * (all - squaresY))
  const kendall = scale === 0 ? null : within((all - squaresX - squaresY + tiedInBoth - 4 * inversions(sorted)) / scale)
  return { spearman: rho, kendall }
}

/** `groupsY`: the group of y of each row in the order of x. */
function rhoOf(x: WelfareOrder, y: WelfareOrder, groupsY: Int32Array): number | null {
  const ranksX = centredByGroup(x)
  const ranksY = centredByGroup(y)
  const xy = new ExactSum()
  const xx = new ExactSum()
  const yy = new ExactSum()
  let place = 0
  for (let group = 0; group < x.groupEnd.length; group++) {
    const a = ranksX[group] as number
    for (const end = x.groupEnd[group] as number; place < end; place++) {
      const b = ranksY[groupsY[place] as number] as number
      xy.add(a * b)
      xx.add(a * a)
      yy.add(b * b)
    }
  }
  const scale = Math.sqrt(xx.value() * yy.value())
  return scale === 0 ? null : within(xy.value() / scale)
}

const startsOf = ({ groupEnd }: WelfareOrder): Uint32Array => groupEnd.map((_, group) => groupEnd[group - 1] ?? 0)

/** Σ T² over groups of equals: whole numbers, exact below 9 · 10^7 rows. */
function squaredGroups({ groupEnd }: WelfareOrder): number {
  let sum = 0
  for (let group = 0; group < groupEnd.length; group++) sum += ((groupEnd[group] as number) - (groupEnd[group - 1] ?? 0)) ** 2
  return sum
}

/** The same over rows that are equal in y too; `sorted` ascends within each group of x. */
function squaredRuns({ groupEnd }: WelfareOrder, sorted: Int32Array): number {
  let sum = 0
  let place = 0
  for (const end of groupEnd)
    while (place < end) {
      const start = place
      while (place < end && sorted[place] === sorted[start]) place++
      sum += (place - start) ** 2
    }
  return sum
}

/** Σ T² over runs of equals, T their weight. */
function tiedPairs(weight: Float64Array, sameAsBefore: (i: number) => boolean): number {
  const sum = new ExactSum()
  let run = 0
  for (let i = 0; i < weight.length; i++) {
    if (i > 0 && !sameAsBefore(i)) {
      sum.add(run * run)
      run = 0
    }
    run += weight[i] as number
  }
  sum.add(run * run)
  return sum.value()
}

function bothKnown(
  x: Float64Array,
  y: Float64Array,
  weights: Weights | undefined,
): { readonly known: Uint32Array; readonly counted: Counted } {
  const counter = new Counter()
  const known = new Uint32Array(x.length)
  let count = 0
  for (let row = 0; row < x.length; row++) {
    const isKnown = !Number.isNaN(x[row] as number) && !Number.isNaN(y[row] as number)
    if (counter.take(weightOf(weights, row), isKnown)) known[count++] = row
  }
  return { known: known.subarray(0, count), counted: counter.value() }
}

function gather(values: Column, rows: Uint32Array): Float64Array {
  const gathered = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) gathered[i] = values[rows[i] as number] as number
  return gathered
}

/** Rounding can carry a perfect agreement past 1. */
const within = (value: number): number => Math.max(-1, Math.min(1, value))
