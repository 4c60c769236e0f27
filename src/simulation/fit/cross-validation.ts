/** How well a formula does for households that it was not fitted on: each fold is predicted by a fit on all others. */
import type { Design, DesignColumn } from './design-matrix.ts'
import type { FitRequest } from './fit-request.ts'
import { foldsOf } from './folds.ts'
import { collinearColumns, type Factor, factorOf, factorWithout, mergeFactors, predictedBy, solveFactor } from './least-squares.ts'
import { checkLoss, fitQuantile } from './quantile-regression.ts'
import { type TargetingErrors, targetingErrors } from './targeting-errors.ts'
import { weightedMean } from './weighted-mean.ts'
import { weightedQuantile } from './weighted-quantile.ts'

export interface Fold {
  readonly rows: number
  readonly clusters: number
  readonly rSquared: number | null
  readonly rmse: number
  /** Columns that the other folds cannot tell apart; they count as 0 in this one. */
  readonly notEstimated: readonly Pick<DesignColumn, 'term' | 'level'>[]
}

export interface CrossValidation {
  /**
   * 1 − loss / loss of predicting the mean (or quantile) of the other folds; the loss is the squared residual, or ρ_τ for
   * a quantile. Below 0 where the formula does worse than that, null where that has no loss.
   */
  readonly rSquared: number | null
  /** Square root of the weighted mean of squared residuals, on the scale of the score. */
  readonly rmse: number
  /** All rows ranked together, each by the prediction of the fit that did not see it. */
  readonly targeting: TargetingErrors
  readonly folds: readonly Fold[]
  readonly converged: boolean
}

/** INVARIANT: there are at least as many clusters as folds. */
export function crossValidate(
  design: Design,
  request: FitRequest,
  onFold: (done: number, total: number) => void = () => undefined,
): CrossValidation {
  const { folds, seed } = request.crossValidation
  const foldOf = foldsOf(design, folds, seed)
  const numbers = Array.from({ length: folds }, (_, fold) => fold)
  const rowsOf = numbers.map((fold) => rowsWhere(foldOf, (other) => other === fold))
  const train = trainer(design, request.quantile, foldOf, rowsOf)
  const { target, weights } = design
  const predicted = new Float64Array(target.length)
  const baseline = new Float64Array(target.length)
  let converged = true
  const notEstimated = numbers.map((fold) => {
    onFold(fold, folds)
    const trained = train(fold)
    converged &&= trained.converged
    const rows = rowsOf[fold] as Int32Array
    const all = predictedBy(
      trained.coefficients,
      design.columns.map(({ values }) => values),
    )
    for (const row of rows) {
      predicted[row] = all[row] as number
      baseline[row] = trained.baseline
    }
    return trained.left.map((column) => {
      const { term, level } = design.columns[column] as DesignColumn
      return { term, level }
    })
  })
  const measures = (rows: Iterable<number>): Pick<Fold, 'rSquared' | 'rmse'> =>
    measured(rows, { target, weights, predicted, baseline, quantile: request.quantile })
  const { direction } = request.formula
  return {
    ...measures(target.keys()),
    targeting: targetingErrors({ welfare: design.welfare, predicted, weights, direction, ...request.targeting }),
    folds: numbers.map((fold) => {
      const rows = rowsOf[fold] as Int32Array
      const clusters = new Set(Array.from(rows, (row) => design.clusterOf[row])).size
      return { rows: rows.length, clusters, ...measures(rows), notEstimated: notEstimated[fold] ?? [] }
    }),
    converged,
  }
}

interface Trained {
  /** By column of the design; 0 for those that are left. */
  readonly coefficients: Float64Array
  readonly left: readonly number[]
  readonly baseline: number
  readonly converged: boolean
}

/** Fits on all folds but one. Every fold's rows are factored once; the fits merge the factors of the others. */
function trainer(
  { columns, target, weights }: Design,
  quantile: number | undefined,
  foldOf: Int32Array,
  rowsOf: readonly Int32Array[],
): (fold: number) => Trained {
  const values = columns.map((column) => column.values)
  const factors = rowsOf.map((rows) => factorOf(values, target, weights, rows))
  return (fold) => {
    const factor: Factor = mergeFactors(factors.filter((_, other) => other !== fold))
    const left = collinearColumns(factor).map(({ column }) => column)
    const rows = rowsWhere(foldOf, (other) => other !== fold)
    const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row] as number)
    const [y, w] = [pick(target), pick(weights)]
    if (quantile === undefined) {
      const { coefficients } = solveFactor(factorWithout(factor, new Set(left)))
      return { coefficients: widened(coefficients, left, columns.length), left, baseline: weightedMean(y, w), converged: true }
    }
    const kept = values.filter((_, column) => !left.includes(column)).map(pick)
    const { coefficients, converged } = fitQuantile(kept, y, w, quantile)
    return { coefficients: widened(coefficients, left, columns.length), left, baseline: weightedQuantile(y, w, quantile), converged }
  }
}

function widened(coefficients: Float64Array, left: readonly number[], width: number): Float64Array {
  let next = 0
  return Float64Array.from({ length: width }, (_, column) => (left.includes(column) ? 0 : (coefficients[next++] as number)))
}

interface Compared {
  readonly target: Float64Array
  readonly weights: Float64Array
  readonly predicted: Float64Array
  readonly baseline: Float64Array
  readonly quantile: number | undefined
}

function measured(rows: Iterable<number>, compared: Compared): Pick<Fold, 'rSquared' | 'rmse'> {
  const { target, weights, predicted, baseline, quantile } = compared
  const lossOf = (residual: number): number => (quantile === undefined ? residual ** 2 : checkLoss(residual, quantile))
  let [weight, squares, loss, baselineLoss] = [0, 0, 0, 0]
  for (const row of rows) {
    const [y, w] = [target[row] as number, weights[row] as number]
    const residual = y - (predicted[row] as number)
    weight += w
    squares += w * residual ** 2
    loss += w * lossOf(residual)
    baselineLoss += w * lossOf(y - (baseline[row] as number))
  }
  return { rSquared: baselineLoss > 0 ? 1 - loss / baselineLoss : null, rmse: Math.sqrt(squares / weight) }
}

function rowsWhere(foldOf: Int32Array, holds: (fold: number) => boolean): Int32Array {
  return Int32Array.from(foldOf.keys()).filter((row) => holds(foldOf[row] as number))
}
