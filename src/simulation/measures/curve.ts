/** Curves of cumulative shares, from the poorest on: what Lorenz and concentration curves, their indices and their ordinates have in common. */
import type { Counted } from './counted.ts'
import { ExactSum } from './exact-sum.ts'

/**
 * One point for each group of equal welfare, poorest first: the weight and the amount of all up to and including it. The origin is not in it.
 * Tied units share one straight piece, which averages their ranks.
 */
export interface Curve {
  readonly cumulativeWeight: Float64Array
  readonly cumulativeAmount: Float64Array
  readonly counted: Counted
}

export interface CurvePoint {
  /** Share of the weight, poorest first, 0 to 1. */
  readonly population: number
  /** Share of the amount that those have; null where there is no amount in all. */
  readonly amount: number | null
}

/** The curve at a share of the population, between its points by straight lines. */
export function ordinate({ cumulativeWeight, cumulativeAmount }: Curve, population: number): number | null {
  if (!(population >= 0 && population <= 1)) throw new RangeError(`${population} is not a share from 0 to 1`)
  const last = cumulativeWeight.length - 1
  const total = cumulativeAmount[last] ?? 0
  if (total === 0) return null
  if (population === 1) return 1
  const target = population * (cumulativeWeight[last] as number)
  let low = 0
  let high = last
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((cumulativeWeight[middle] as number) < target) low = middle + 1
    else high = middle
  }
  const weightBefore = cumulativeWeight[low - 1] ?? 0
  const amountBefore = cumulativeAmount[low - 1] ?? 0
  const part = (target - weightBefore) / ((cumulativeWeight[low] as number) - weightBefore)
  return (amountBefore + part * ((cumulativeAmount[low] as number) - amountBefore)) / total
}

/** The curve at each of the shares, such as 0.1 to 1. */
export const curvePoints = (curve: Curve, populations: readonly number[]): readonly CurvePoint[] =>
  populations.map((population) => ({ population, amount: ordinate(curve, population) }))

/**
 * 1 − Σ (p_i − p_{i−1}) (L_i + L_{i−1}): twice the area between the diagonal and the curve, by trapezoids. Positive where the better off
 * have more. Null where there is no amount in all. No correction for small samples.
 */
export function areaIndex({ cumulativeWeight, cumulativeAmount }: Curve): number | null {
  const last = cumulativeWeight.length - 1
  const total = cumulativeAmount[last] ?? 0
  if (total === 0) return null
  const area = new ExactSum()
  for (let i = 0; i <= last; i++) {
    const width = (cumulativeWeight[i] as number) - (cumulativeWeight[i - 1] ?? 0)
    area.add(width * ((cumulativeAmount[i] as number) + (cumulativeAmount[i - 1] ?? 0)))
  }
  return 1 - area.value() / ((cumulativeWeight[last] as number) * total)
}
