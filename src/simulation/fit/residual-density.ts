/** Density of the residuals of a quantile regression at each row, which its standard errors divide by (Powell 1991). */
import { normalDensity, normalQuantile } from './t-distribution.ts'
import { weightedMean } from './weighted-mean.ts'
import { weightedQuantile } from './weighted-quantile.ts'

/** A normal kernel around 0 whose width follows Hall and Sheather (1988), as R's quantreg computes it for `se = "ker"`. */
export function residualDensity(residuals: Float64Array, weights: Float64Array, quantile: number): Float64Array {
  let share = hallSheather(residuals.length, quantile)
  while (quantile - share <= 0 || quantile + share >= 1) share /= 2
  const width = spread(residuals, weights) * (normalQuantile(quantile + share) - normalQuantile(quantile - share))
  return residuals.map((residual) => normalDensity(residual / width) / width)
}

/** Share of the rows on either side of the quantile, for intervals of 95%. */
function hallSheather(n: number, quantile: number): number {
  const x = normalQuantile(quantile)
  const density = normalDensity(x)
  return n ** (-1 / 3) * normalQuantile(0.975) ** (2 / 3) * ((1.5 * density ** 2) / (2 * x ** 2 + 1)) ** (1 / 3)
}

/** The smaller of standard deviation and interquartile range / 1.34: one that outliers inflate and one that ties deflate. */
function spread(residuals: Float64Array, weights: Float64Array): number {
  const mean = weightedMean(residuals, weights)
  const variance = weightedMean(
    residuals.map((residual) => (residual - mean) ** 2),
    weights,
  )
  const range = weightedQuantile(residuals, weights, 0.75) - weightedQuantile(residuals, weights, 0.25)
  const deviation = Math.sqrt(variance)
  return range > 0 ? Math.min(deviation, range / 1.34) : deviation
}
