/** The Lorenz curve, and what is read off it: Gini, S80/S20 and the shares of deciles. */
import { areaIndex, type Curve, ordinate } from './curve.ts'
import { ExactSum } from './exact-sum.ts'
import type { WelfareOrder } from './welfare-order.ts'

/**
 * L(p): the share of all welfare that the poorest share p of the weight has. Weight is persons where welfare is per person.
 * Unknown welfare is left out. `ordinate` and `curvePoints` of curve.ts read it. Source: Lorenz 1905.
 */
export function lorenzCurve({ welfare, cumulativeWeight, counted }: WelfareOrder): Curve {
  const cumulativeAmount = new Float64Array(welfare.length)
  const amount = new ExactSum()
  for (let group = 0; group < welfare.length; group++) {
    const weight = (cumulativeWeight[group] as number) - (cumulativeWeight[group - 1] ?? 0)
    amount.add(weight * (welfare[group] as number))
    cumulativeAmount[group] = amount.value()
  }
  return { cumulativeWeight, cumulativeAmount, counted }
}

/**
 * Gini coefficient: twice the area between the Lorenz curve and the diagonal, by trapezoids; 0 equal, 1 − 1/n where one has all.
 * Null where welfare sums to 0 or less. Negative welfare is counted as it is and can carry it beyond 1.
 * Source: Gini 1914; without the small-sample factor n / (n − 1).
 */
export function gini(lorenz: Curve): number | null {
  if (!hasWelfare(lorenz)) return null
  // Rounding can leave a negative last bit where all are equal.
  return Math.max(0, areaIndex(lorenz) as number)
}

/** Gini with the factor n / (n − 1), for a sample of n units of equal weight; null for fewer than two. Source: Deltas 2003. */
export function giniOfSample(lorenz: Curve): number | null {
  const { units } = lorenz.counted
  const value = gini(lorenz)
  return value === null || units < 2 ? null : (value * units) / (units - 1)
}

/**
 * S80/S20: welfare of the best-off fifth over that of the poorest fifth, read off the Lorenz curve, so that both are exact fifths of the
 * weight. Null where the poorest fifth has nothing. Source: Eurostat, ilc_di11, income quintile share ratio.
 */
export function s80s20(lorenz: Curve): number | null {
  if (!hasWelfare(lorenz)) return null
  const poorest = ordinate(lorenz, 0.2) as number
  return poorest > 0 ? (1 - (ordinate(lorenz, 0.8) as number)) / poorest : null
}

/** Share of all welfare that each of `groups` equal parts of the weight has, poorest first: L(k / groups) − L((k − 1) / groups). */
export function welfareShares(lorenz: Curve, groups = 10): readonly number[] | null {
  if (!hasWelfare(lorenz)) return null
  const at = (k: number): number => (k === 0 ? 0 : (ordinate(lorenz, k / groups) as number))
  return Array.from({ length: groups }, (_, i) => at(i + 1) - at(i))
}

/** Mean welfare by weight; null for nobody. */
export function meanWelfare({ cumulativeAmount, counted }: Curve): number | null {
  return counted.weight === 0 ? null : (cumulativeAmount.at(-1) ?? 0) / counted.weight
}

const hasWelfare = ({ cumulativeAmount }: Curve): boolean => (cumulativeAmount.at(-1) ?? 0) > 0
