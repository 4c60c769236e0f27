/** Sainte-Laguë: whole places over areas in proportion to whole weights; a place more never takes one from any area. */

/** Places granted one by one; `next()` is the area of the next place, or -1 where no area has a weight. */
export interface PlaceSequence {
  readonly next: () => number
}

/**
 * Places by area for a number of places. Equal quotients go to the area that comes first. All 0 where no area has a weight.
 * Weights are whole numbers, 0 to 2^53; every comparison is exact.
 */
export function apportion(places: number, weights: readonly number[]): number[] {
  checkWhole(places)
  const held = head(places, weights)
  const sequence = placeSequence(weights, held)
  for (let granted = held.reduce((sum, n) => sum + n, 0); granted < places; granted++) {
    const area = sequence.next()
    if (area < 0) return held
    held[area] = (held[area] as number) + 1
  }
  return held
}

/** The order in which places are granted, after those already `held`, by the greatest quotient weight / (2 × held + 1). */
export function placeSequence(weights: readonly number[], held: readonly number[] = weights.map(() => 0)): PlaceSequence {
  weights.forEach(checkWhole)
  const areas = weights.flatMap((weight, area) => (weight > 0 ? [area] : []))
  const weight = Float64Array.from(areas, (area) => weights[area] as number)
  const divisor = Float64Array.from(areas, (area) => 2 * (held[area] as number) + 1)
  return {
    next: () => {
      if (areas.length === 0) return -1
      let best = 0
      for (let i = 1; i < areas.length; i++) {
        if (exceeds(weight[i] as number, divisor[i] as number, weight[best] as number, divisor[best] as number)) best = i
      }
      divisor[best] = (divisor[best] as number) + 2
      return areas[best] as number
    },
  }
}

/** a / m > b / n, by cross multiplication: in doubles where both products are exact, else in big integers. */
function exceeds(a: number, m: number, b: number, n: number): boolean {
  const left = a * n
  const right = b * m
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left > right
  return BigInt(a) * BigInt(n) > BigInt(b) * BigInt(m)
}

/**
 * A first part of the sequence, at most two places an area short of the whole: the places whose quotient weight / (2k + 1) exceeds
 * W / (2P - n), for P places, n areas with a weight and W their sum. Rounding down w (2P - n) / 2W + 1/2 cannot exceed P in sum.
 */
function head(places: number, weights: readonly number[]): number[] {
  const count = BigInt(weights.filter((weight) => weight > 0).length)
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n)
  const share = 2n * BigInt(places) - count
  if (sum === 0n || share <= 0n) return weights.map(() => 0)
  // k places have w / (2k - 1) > W / share: k < (w share / W + 1) / 2.
  return weights.map((weight) => Number((BigInt(weight) * share + sum - 1n) / (2n * sum)))
}

function checkWhole(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number from 0 to 2^53`)
}
