import { LuDecomposition, Matrix } from 'ml-matrix'
import t from 'tap'
import { checkLoss, fitQuantile } from '../../../src/simulation/fit/quantile-regression.ts'
import { residualDensity } from '../../../src/simulation/fit/residual-density.ts'
import { normalDensity } from '../../../src/simulation/fit/t-distribution.ts'
import { lineOfShare, weightedQuantile } from '../../../src/simulation/fit/weighted-quantile.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { drawFrom } from '../../support/random-draw.ts'

/** The best of all vertices: coefficients through every choice of k rows. */
function bruteForce(columns: Float64Array[], target: Float64Array, weights: Float64Array, quantile: number): number {
  const k = columns.length
  const rowOf = (row: number): number[] => columns.map((column) => column[row] as number)
  const choices = (from: number, left: number): number[][] =>
    left === 0
      ? [[]]
      : Array.from({ length: target.length - from }, (_, i) => from + i).flatMap((row) =>
          choices(row + 1, left - 1).map((rest) => [row, ...rest]),
        )
  return choices(0, k).reduce((least, rows) => {
    const system = new LuDecomposition(new Matrix(rows.map(rowOf)))
    if (system.isSingular()) return least
    const coefficients = system.solve(Matrix.columnVector(rows.map((row) => target[row] as number))).to1DArray()
    return Math.min(least, lossOf(columns, target, weights, quantile, coefficients))
  }, Infinity)
}

function lossOf(columns: Float64Array[], target: Float64Array, weights: Float64Array, quantile: number, b: ArrayLike<number>): number {
  return target.reduce((sum, y, row) => {
    const residual = columns.reduce((left, column, j) => left - (column[row] as number) * (b[j] as number), y)
    return sum + (weights[row] as number) * checkLoss(residual, quantile)
  }, 0)
}

t.test('as good as the best vertex of all, with and without weights', async (t) => {
  const { numRuns, seed } = propertyRuns(120, 3)
  const draw = drawFrom(seed)
  for (let round = 0; round < numRuns; round++) {
    const k = draw.between(1, 3)
    const n = draw.between(k + 2, 11)
    const column = (): Float64Array => Float64Array.from({ length: n }, () => draw.between(-40, 40) / 4)
    const columns = [new Float64Array(n).fill(1), column(), column()].slice(0, k)
    const target = column()
    const weights = draw.happens(0.5) ? new Float64Array(n).fill(1) : target.map(() => draw.between(1, 8) / 2)
    const quantile = draw.pick([0.1, 0.25, 0.4, 0.5, 0.75, 0.95])
    const fit = fitQuantile(columns, target, weights, quantile)
    const best = bruteForce(columns, target, weights, quantile)
    t.ok(fit.converged)
    const own = lossOf(columns, target, weights, quantile, fit.coefficients)
    if (Math.abs(own - best) > 1e-9 * (1 + best)) t.fail(`round ${round}: ${own}, best ${best}`)
  }
})

t.test('a row that the first solution goes through does not stop the way', async (t) => {
  const target = Float64Array.of(1.75, -1.5, 4.75, -0.25, 6.75, -1)
  const ones = target.map(() => 1)
  const fit = fitQuantile([ones], target, ones, 0.95)
  t.ok(fit.converged, 'the mean is 1.75')
  t.ok(Math.abs((fit.coefficients[0] as number) - 6.75) < 1e-12)
})

/** Brownlee's stack loss data (1965): air flow, water temperature, acid concentration, loss. */
const stackLoss = [
  [80, 27, 89, 42],
  [80, 27, 88, 37],
  [75, 25, 90, 37],
  [62, 24, 87, 28],
  [62, 22, 87, 18],
  [62, 23, 87, 18],
  [62, 24, 93, 19],
  [62, 24, 93, 20],
  [58, 23, 87, 15],
  [58, 18, 80, 14],
  [58, 18, 89, 14],
  [58, 17, 88, 13],
  [58, 18, 82, 11],
  [58, 19, 93, 12],
  [50, 18, 89, 8],
  [50, 18, 86, 7],
  [50, 19, 72, 8],
  [50, 19, 79, 8],
  [50, 20, 80, 9],
  [56, 20, 82, 15],
  [70, 20, 91, 15],
]
const column = (j: number): Float64Array => Float64Array.from(stackLoss, (row) => row[j] as number)

t.test('the stack loss data as quantreg documents them', async (t) => {
  const ones = column(0).map(() => 1)
  const columns = [ones, column(0), column(1), column(2)]
  const same = (quantile: number, published: number[]): void => {
    const { coefficients } = fitQuantile(columns, column(3), ones, quantile)
    published.forEach((value, j) => t.ok(Math.abs((coefficients[j] as number) - value) < 5e-6, `${quantile}: ${coefficients[j]}`))
  }
  same(0.5, [-39.68986, 0.83188, 0.57391, -0.06087])
  same(0.25, [-36, 0.5, 1, 0])
})

t.test('a weight is that many equal rows', async (t) => {
  const draw = drawFrom(5)
  const rows = Array.from({ length: 50 }, () => [1, draw.between(0, 99), draw.between(0, 999), draw.between(1, 3)])
  const fit = (list: number[][], weights: (row: number[]) => number): number => {
    const columnOf = (j: number): Float64Array => Float64Array.from(list, (row) => row[j] as number)
    return fitQuantile([columnOf(0), columnOf(1)], columnOf(2), Float64Array.from(list, weights), 0.3).loss
  }
  const repeated = rows.flatMap((row) => Array.from({ length: row[3] as number }, () => row))
  const [a, b] = [fit(rows, (row) => row[3] as number), fit(repeated, () => 1)]
  t.ok(Math.abs(a / b - 1) < 1e-9)
})

t.test('quantiles of weighted values', async (t) => {
  const values = Float64Array.of(30, 10, 20)
  const weights = Float64Array.of(1, 1, 2)
  t.strictSame(
    [0.1, 0.25, 0.26, 0.75, 0.76, 1].map((share) => weightedQuantile(values, weights, share)),
    [10, 10, 20, 20, 30, 30],
  )
  t.strictSame(
    [0.1, 0.24, 0.25, 0.74, 0.75, 0.9].map((share) => lineOfShare(values, weights, share)),
    [10, 10, 20, 20, 30, 30],
  )
})

t.test('the density of normal residuals is about that of the normal distribution', async (t) => {
  const draw = drawFrom(11)
  const normal = (): number => Array.from({ length: 12 }, () => draw.between(0, 1e9) / 1e9).reduce((a, b) => a + b, -6)
  const residuals = Float64Array.from({ length: 4000 }, normal)
  const density = residualDensity(
    residuals,
    residuals.map(() => 1),
    0.5,
  )
  const mean = density.reduce((sum, value) => sum + value, 0) / density.length
  t.ok(Math.abs(mean / normalDensity(0) - 1) < 0.12, `${mean}`)
})
