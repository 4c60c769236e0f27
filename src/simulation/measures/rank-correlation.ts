/** How far two orders of the same units agree: Spearman's rho and Kendall's tau-b, with ties averaged. */
import { type Column, sortRows } from '../../targeting/sort-rows.ts'
import { centredRanks } from './average-ranks.ts'
import { Counter, type Counted, weightOf, type Weights } from './counted.ts'
import { discordance } from './discordance.ts'
import { ExactSum } from './exact-sum.ts'
import { welfareOrder } from './welfare-order.ts'

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
  return { value: correlation(xy.value(), Math.sqrt(xx.value() * yy.value())), counted }
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
  return { value: correlation(all - tiedInX - tiedInY + tiedInBoth - 4 * discordant, scale), counted }
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

/** Null where a scale of 0 says that all are equal. Rounding can carry a perfect agreement past 1. */
export const correlation = (sum: number, scale: number): number | null => (scale === 0 ? null : Math.max(-1, Math.min(1, sum / scale)))
