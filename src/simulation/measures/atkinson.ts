/** Atkinson's measure of inequality: the share of welfare that an equal society could do without. */
import type { Weights } from './counted.ts'
import { type Inequality, meanOf, weightedMean } from './theil.ts'

/**
 * 1 − (Σ w (y / m)^(1−e) / Σ w)^(1/(1−e)), and 1 − exp(Σ w ln(y / m) / Σ w) for e = 1; m the mean by weight, `aversion` e above 0: the greater, the more
 * the poor count. Unknown welfare is left out. Null with negative welfare; 1 where somebody has 0 and e ≥ 1. Source: Atkinson 1970.
 */
export function atkinson(welfare: Float64Array, aversion: number, weights?: Weights): Inequality {
  if (!(aversion > 0 && aversion < Infinity)) throw new RangeError(`an aversion of ${aversion}`)
  const { mean, nonPositiveUnits, negativeUnits, counted } = meanOf(welfare, weights)
  const about = { nonPositiveUnits, counted }
  if (!(mean > 0) || negativeUnits > 0) return { value: null, ...about }
  if (aversion >= 1 && nonPositiveUnits > 0) return { value: 1, ...about }
  const average = (term: (y: number) => number): number => weightedMean(welfare, weights, counted.weight, term)
  const equivalent =
    aversion === 1 ? Math.exp(average((y) => Math.log(y / mean))) : average((y) => Math.pow(y / mean, 1 - aversion)) ** (1 / (1 - aversion))
  // Rounding can leave a negative last bit where all are equal.
  return { value: Math.max(0, 1 - equivalent), ...about }
}
