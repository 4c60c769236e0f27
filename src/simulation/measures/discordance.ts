/** Pairs that stand in the wrong order, counted by sorting them. */

/**
 * Σ w_i w_j over pairs i < j with values[i] > values[j]; sorts both arrays in place by value (merge sort, n log n). Source: Knight 1966.
 */
export function discordance(values: Float64Array, weights: Float64Array): number {
  const length = values.length
  let from: Weighted = { values, weights }
  let to: Weighted = { values: new Float64Array(length), weights: new Float64Array(length) }
  let discordant = 0
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      discordant += merge(from, to, start, Math.min(start + width, length), Math.min(start + 2 * width, length))
    }
    ;[from, to] = [to, from]
  }
  if (from.values !== values) {
    values.set(from.values)
    weights.set(from.weights)
  }
  return discordant
}

interface Weighted {
  readonly values: Float64Array
  readonly weights: Float64Array
}

/** Merges two sorted parts: whatever is taken from the right stands behind all that is left of the left part. */
function merge(from: Weighted, to: Weighted, start: number, middle: number, end: number): number {
  let leftWeight = 0
  for (let i = start; i < middle; i++) leftWeight += from.weights[i] as number
  let discordant = 0
  let left = start
  let right = middle
  for (let place = start; place < end; place++) {
    const takeLeft = right >= end || (left < middle && (from.values[left] as number) <= (from.values[right] as number))
    const source = takeLeft ? left++ : right++
    const weight = from.weights[source] as number
    if (takeLeft) leftWeight -= weight
    else discordant += weight * leftWeight
    to.values[place] = from.values[source] as number
    to.weights[place] = weight
  }
  return discordant
}
