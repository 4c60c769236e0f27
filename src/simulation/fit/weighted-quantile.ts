/** Quantiles of weighted values. */
import { totalOf } from './weighted-mean.ts'

/** The least value with at least this share of the weight at or below it. */
export function weightedQuantile(values: Float64Array, weights: Float64Array, share: number): number {
  return firstReaching(values, weights, (below, total) => below >= share * total)
}

/** The highest value with at most this share of the weight strictly below it. */
export function lineOfShare(values: Float64Array, weights: Float64Array, share: number): number {
  return firstReaching(values, weights, (below, total) => below > share * total)
}

/** The first value, ascending, at which the weight at or below it suffices; the last one if none does. */
function firstReaching(values: Float64Array, weights: Float64Array, suffices: (below: number, total: number) => boolean): number {
  const order = Int32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
  const total = totalOf(weights)
  let below = 0
  for (const row of order) {
    below += weights[row] as number
    if (suffices(below, total)) return values[row] as number
  }
  return values[order.at(-1) ?? 0] ?? NaN
}
