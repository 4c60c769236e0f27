import t, { type Test } from 'tap'
import type { Design } from '../../../src/simulation/fit/design-matrix.ts'
import { factorOf } from '../../../src/simulation/fit/least-squares.ts'
import { regress, type Regression } from '../../../src/simulation/fit/regression.ts'
import { residualDensity } from '../../../src/simulation/fit/residual-density.ts'
import { retransformation } from '../../../src/simulation/fit/retransformation.ts'
import { clustersOf } from '../../../src/simulation/fit/sampling-design.ts'
import { drawSample } from './small-sample.ts'
import { longley, norris } from './nist.ts'

/** A design of rows of y and columns, each row a cluster. */
function designOf(rows: readonly (readonly number[])[], weights: readonly number[] = rows.map(() => 1)): Design {
  const column = (j: number): Float64Array => Float64Array.from(rows, (row) => row[j] as number)
  const ones = column(0).map(() => 1)
  const columns = [ones, ...(rows[0] ?? []).slice(1).map((_, j) => column(j + 1))]
  return {
    columns: columns.map((values, j) => ({ term: `c${j}`, level: null, place: 0, values })),
    target: column(0),
    welfare: column(0),
    weights: Float64Array.from(weights),
    rows: Int32Array.from(rows.keys()),
    clusterOf: Int32Array.from(rows.keys()),
    stratumOf: new Int32Array(rows.length),
    clusterNames: [],
    leftOut: { rows: 0, reasons: [] },
  }
}

function regressed(design: Design, quantile?: number): Regression {
  const factor = factorOf(
    design.columns.map(({ values }) => values),
    design.target,
    design.weights,
  )
  return regress(design, factor, quantile, { kind: 'robust', single: 'centre' })
}
const near = (t: Pick<Test, 'ok'>, found: number | null, expected: number, message?: string): unknown =>
  t.ok(Math.abs((found ?? NaN) / expected - 1) < 1e-11, message ?? `${found}`)

t.test('R² and the residual deviation that NIST certifies', async (t) => {
  for (const data of [norris, longley]) {
    const { rSquared, adjusted, residualDeviation } = regressed(designOf(data.rows))
    near(t, rSquared, data.rSquared)
    near(t, residualDeviation, data.residualDeviation)
    const variance = regressed(designOf(data.rows.map(([y = 0]) => [y]))).residualDeviation ** 2
    near(t, 1 - (adjusted ?? 0), data.residualDeviation ** 2 / variance, 'adjusted: of the two variances without bias')
  }
})

t.test('a weighted mean and median, by hand', async (t) => {
  const design = designOf([[1], [2], [6]], [1, 2, 1])
  const mean = regressed(design)
  near(t, mean.coefficients[0] as number, 2.75)
  near(t, mean.residualDeviation ** 2, ((1.75 ** 2 + 2 * 0.75 ** 2 + 3.25 ** 2) / 4) * (3 / 2))
  const squares = 1.75 ** 2 + (2 * 0.75) ** 2 + 3.25 ** 2
  near(t, mean.covariance.matrix.get(0, 0), (squares / 16) * (3 / 2), 'HC1: Σ(w e)² / (Σw)² × n / (n − 1)')
  const median = regressed(design, 0.5)
  near(t, median.coefficients[0] as number, 2)
  t.equal(median.adjusted, null)
  t.equal(median.rSquared, 0)
  t.strictSame([regressed(designOf([[5], [5], [5]])).rSquared, regressed(designOf([[5], [5], [5]])).adjusted], [null, null])
})

t.test('the variance of a median is that of its signs, over the density', async (t) => {
  const values = [1, 3, 4, 8, 9, 15, 20, 22]
  for (const quantile of [0.5, 0.3]) {
    const { coefficients, covariance } = regressed(designOf(values.map((value) => [value])), quantile)
    const residuals = Float64Array.from(values, (value) => value - (coefficients[0] as number))
    const density = residualDensity(residuals, new Float64Array(8).fill(1), quantile).reduce((sum, value) => sum + value, 0)
    const signs = residuals.reduce((sum, residual) => sum + (residual < 0 ? 1 - quantile : quantile) ** 2, 0)
    near(t, covariance.matrix.get(0, 0), (signs / density ** 2) * (8 / 7), `${quantile}`)
  }
})

t.test('both factors of retransformation, by hand', async (t) => {
  const logs = Float64Array.of(1, 2, 3)
  const predicted = Float64Array.of(1.5, 2, 2.5)
  const found = retransformation(logs, predicted, Float64Array.of(1, 2, 3), 1)
  near(t, found.smearing, (Math.exp(-0.5) + 2 + 3 * Math.exp(0.5)) / 6)
  near(t, found.normal, Math.exp(((0.25 + 3 * 0.25) / 6) * (3 / 2) * 0.5))
  near(t, found.meanWelfare, (Math.exp(1) + 2 * Math.exp(2) + 3 * Math.exp(3)) / 6)
  const plain = (Math.exp(1.5) + 2 * Math.exp(2) + 3 * Math.exp(2.5)) / 6
  near(t, found.meanPredicted.plain, plain)
  near(t, found.meanPredicted.smearing, plain * found.smearing)
})

t.test('the same cluster name in two strata means two clusters', async (t) => {
  const sample = { ...drawSample(1, { rows: 5 }), strata: ['a', 'a', 'a', 'b', 'b'], clusters: ['1', '2', '1', '1', '1'] }
  const { clusterOf, stratumOf } = clustersOf(sample, Int32Array.of(0, 1, 2, 3, 4))
  t.strictSame([...clusterOf], [0, 1, 0, 2, 2])
  t.strictSame([...stratumOf], [0, 0, 1])
})
