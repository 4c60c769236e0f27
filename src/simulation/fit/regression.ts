/** The fit itself: least squares or a quantile, with residuals, R², and the covariance of the coefficients. */
import type { Design } from './design-matrix.ts'
import type { SingleClusterStrata, StandardErrorKind } from './fit-request.ts'
import { type Factor, factorOf, predictedBy, solveFactor } from './least-squares.ts'
import { checkLoss, fitQuantile } from './quantile-regression.ts'
import { residualDensity } from './residual-density.ts'
import { type Covariance, covarianceOf } from './standard-errors.ts'
import { totalOf, weightedMean } from './weighted-mean.ts'
import { weightedQuantile } from './weighted-quantile.ts'

export interface Regression {
  /** By column of the design. */
  readonly coefficients: Float64Array
  /** By row of the design, on the scale of the target. */
  readonly predicted: Float64Array
  /** Least squares: share of the weighted variance that is explained. A quantile: Koenker and Machado's R¹ (1999). Null for a constant. */
  readonly rSquared: number | null
  /** For the number of coefficients; null for a quantile. */
  readonly adjusted: number | null
  /** √(Σ weight × residual² / Σ weight × n / (n − k)), on the scale of the target. */
  readonly residualDeviation: number
  readonly covariance: Covariance
  readonly converged: boolean
}

export interface Errors {
  readonly kind: StandardErrorKind
  readonly single: Exclude<SingleClusterStrata, 'refuse'>
}

/** INVARIANT: the factor is that of the design, without collinear columns, and there are more rows than columns. */
export function regress(design: Design, factor: Factor, quantile: number | undefined, errors: Errors): Regression {
  const { target, weights, clusterOf, stratumOf } = design
  const columns = design.columns.map(({ values }) => values)
  const [n, k] = [target.length, columns.length]
  const squares = solveFactor(factor)
  const best = quantile === undefined ? { ...squares, converged: true } : fitQuantile(columns, target, weights, quantile)
  const predicted = predictedBy(best.coefficients, columns)
  const residuals = target.map((value, row) => value - (predicted[row] as number))
  const lossOf = (residual: number): number => (quantile === undefined ? residual ** 2 : checkLoss(residual, quantile))
  const centre = quantile === undefined ? weightedMean(target, weights) : weightedQuantile(target, weights, quantile)
  const loss = (values: Float64Array): number => weightedMean(values.map(lossOf), weights)
  const whole = loss(target.map((value) => value - centre))
  const rSquared = whole > 0 ? 1 - loss(residuals) / whole : null
  const variance = weightedMean(
    residuals.map((residual) => residual ** 2),
    weights,
  )
  const rows = { columns, clusterOf, stratumOf, residualSquares: variance * totalOf(weights) }
  const bread = quantile === undefined ? squares.inverse : quantileBread(columns, target, weights, residuals, quantile)
  const scoreOf = (residual: number): number => (quantile === undefined ? residual : residual < 0 ? quantile - 1 : quantile)
  const scores = residuals.map((residual, row) => scoreOf(residual) * (weights[row] as number))
  return {
    coefficients: best.coefficients,
    predicted,
    rSquared,
    adjusted: quantile === undefined && rSquared !== null ? 1 - ((1 - rSquared) * (n - 1)) / (n - k) : null,
    residualDeviation: Math.sqrt((variance * n) / (n - k)),
    covariance: covarianceOf(errors.kind, { ...rows, inverse: bread, scores }, errors.single),
    converged: best.converged,
  }
}

/** R⁻¹ for X' diag(weight × density of the residual) X. */
function quantileBread(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
  residuals: Float64Array,
  quantile: number,
): ReturnType<typeof solveFactor>['inverse'] {
  const density = residualDensity(residuals, weights, quantile)
  const dense = weights.map((weight, row) => weight * (density[row] as number))
  return solveFactor(factorOf(columns, target, dense)).inverse
}
