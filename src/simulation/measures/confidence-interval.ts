/** Intervals of confidence for a rate, for the difference of two and for their ratio. */

export interface Interval {
  readonly low: number
  readonly high: number
}

/** A rate and how many independent draws it comes from; the number need not be whole (an effective sample size). */
export interface DrawnRate {
  readonly rate: number
  readonly draws: number
}

/** The two-sided 95% point of the normal distribution. */
export const Z_95 = 1.959_963_984_540_054

/** The score interval of a rate: it stays within 0 to 1 and holds also near both ends. Null without draws. Source: Wilson 1927. */
export function wilson({ rate, draws }: DrawnRate, z = Z_95): Interval | null {
  if (!(draws > 0)) return null
  const square = (z * z) / draws
  const centre = rate + square / 2
  const spread = z * Math.sqrt((rate * (1 - rate)) / draws + square / (4 * draws))
  // At 0 and 1 the end is exact; rounding would leave a last bit.
  return {
    low: rate === 0 ? 0 : Math.max(0, (centre - spread) / (1 + square)),
    high: rate === 1 ? 1 : Math.min(1, (centre + spread) / (1 + square)),
  }
}

/** Of the difference a − b of two independent rates, from their score intervals. Source: Newcombe 1998, method 10 (no continuity correction). */
export function newcombe(a: DrawnRate, b: DrawnRate, z = Z_95): Interval | null {
  const ofA = wilson(a, z)
  const ofB = wilson(b, z)
  if (ofA === null || ofB === null) return null
  const difference = a.rate - b.rate
  return {
    low: difference - Math.hypot(a.rate - ofA.low, ofB.high - b.rate),
    high: difference + Math.hypot(ofA.high - a.rate, b.rate - ofB.low),
  }
}

/** Of the ratio a / b of two independent rates, on the log scale. Null where either rate is 0: no logarithm. Source: Katz et al. 1978. */
export function katzLog(a: DrawnRate, b: DrawnRate, z = Z_95): Interval | null {
  if (!(a.rate > 0 && b.rate > 0 && a.draws > 0 && b.draws > 0)) return null
  const spread = z * Math.sqrt((1 - a.rate) / (a.rate * a.draws) + (1 - b.rate) / (b.rate * b.draws))
  const ratio = a.rate / b.rate
  return { low: ratio * Math.exp(-spread), high: ratio * Math.exp(spread) }
}
