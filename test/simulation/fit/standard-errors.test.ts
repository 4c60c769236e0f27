import t from 'tap'
import { factorOf, predictedBy, solveFactor } from '../../../src/simulation/fit/least-squares.ts'
import { covarianceOf, intervals, type ScoredRows, singleClusters } from '../../../src/simulation/fit/standard-errors.ts'
import { normalQuantile, tBelow, tQuantile } from '../../../src/simulation/fit/t-distribution.ts'
import { drawFrom } from '../../support/random-draw.ts'

function scored(
  columns: Float64Array[],
  target: Float64Array,
  weights: Float64Array,
  clusterOf: number[],
  stratumOf: number[],
): ScoredRows {
  const { inverse, coefficients, residualSquares } = solveFactor(factorOf(columns, target, weights))
  const predicted = predictedBy(coefficients, columns)
  const scores = target.map((value, row) => (weights[row] as number) * (value - (predicted[row] as number)))
  return { columns, inverse, scores, residualSquares, clusterOf: Int32Array.from(clusterOf), stratumOf: Int32Array.from(stratumOf) }
}

/**
 * By hand: x = -1, -1, 1, 1 and y = 0, 2, 2, 6. X'X = 4·I, so b = (2.5, 1.5), residuals -1, 1, -2, 2, squares 10.
 * Clusters: rows 1 and 3, row 2, row 4; their sums of residual × (1, x) are (-3, -1), (1, -1), (2, 2).
 * Strata: the first two clusters, the third alone.
 */
const byHand = scored(
  [Float64Array.of(1, 1, 1, 1), Float64Array.of(-1, -1, 1, 1)],
  Float64Array.of(0, 2, 2, 6),
  Float64Array.of(1, 1, 1, 1),
  [0, 1, 0, 2],
  [0, 0, 1],
)
const entries = (kind: Parameters<typeof covarianceOf>[0], single?: 'centre' | 'omit'): number[] => {
  const { matrix, degreesOfFreedom } = covarianceOf(kind, byHand, single)
  return [matrix.get(0, 0), matrix.get(1, 1), matrix.get(0, 1), matrix.get(1, 0), degreesOfFreedom].map(
    (x) => Math.round(x * 1e12) / 1e12 + 0,
  )
}

t.test('four points, by hand', async (t) => {
  t.strictSame(entries('classical'), [1.25, 1.25, 0, 0, 2], '10 / 2 / 4')
  t.strictSame(entries('robust'), [1.25, 1.25, 0.75, 0.75, 2], 'Σe² = Σx²e² = 10, Σxe² = 6; / 16 × 4/2')
  t.strictSame(entries('cluster'), [1.96875, 0.84375, 0.84375, 0.84375, 2], '(14, 6, 6) / 16 × 3/2 × 3/2')
  t.strictSame(entries('survey'), [1.25, 0.25, 0.25, 0.25, 1], '2 × (8, 0, 0) + (4, 4, 4), / 16')
  t.strictSame(entries('survey', 'omit'), [1, 0, 0, 0, 1], '2 × (8, 0, 0), / 16')
  t.equal(covarianceOf('survey', byHand).singleClusterStrata, 1)
  t.equal(singleClusters(byHand.stratumOf), 1)
})

t.test('intervals are t intervals', async (t) => {
  const [first] = intervals([2.5, 1.5], covarianceOf('survey', byHand), 0.95)
  t.ok(Math.abs((first?.standardError ?? 0) - Math.sqrt(1.25)) < 1e-12)
  // t with one degree of freedom: tan(0.475π) = 12.7062047361747.
  t.ok(Math.abs((first?.high ?? 0) - (2.5 + 12.7062047361747 * Math.sqrt(1.25))) < 1e-9)
  t.ok(Math.abs((first?.low ?? 0) + (first?.high ?? 0) - 5) < 1e-9)
})

t.test('a weight is that many equal rows of the same cluster', async (t) => {
  const draw = drawFrom(7)
  const rows = Array.from({ length: 60 }, (_, i) => ({
    x: draw.between(0, 90) / 10,
    y: draw.between(0, 500) / 10,
    w: draw.between(1, 3),
    c: i % 12,
  }))
  const stratumOf = Array.from({ length: 12 }, (_, c) => c % 3)
  const survey = (list: typeof rows, weights: (row: (typeof rows)[number]) => number): number[] => {
    const column = (of: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(list, of)
    const columns = [column(() => 1), column(({ x }) => x)]
    const target = column(({ y }) => y)
    const clusters = list.map(({ c }) => c)
    return covarianceOf('survey', scored(columns, target, column(weights), clusters, stratumOf)).matrix.to1DArray()
  }
  const weighted = survey(rows, ({ w }) => w)
  const repeated = survey(
    rows.flatMap((row) => Array.from({ length: row.w }, () => row)),
    () => 1,
  )
  weighted.forEach((value, i) => t.ok(Math.abs(value / (repeated[i] as number) - 1) < 1e-9))
  const doubled = survey(rows, ({ w }) => 2 * w)
  weighted.forEach((value, i) => t.ok(Math.abs(value / (doubled[i] as number) - 1) < 1e-9, 'the scale of the weights does not matter'))
})

t.test('quantiles of t and of the normal distribution as tables have them', async (t) => {
  const near = (found: number, table: number): unknown => t.ok(Math.abs(found - table) < 5e-9 * Math.max(1, Math.abs(table)), `${found}`)
  near(tQuantile(0.975, 1), 12.7062047362)
  near(tQuantile(0.975, 2), 4.30265272975)
  near(tQuantile(0.975, 10), 2.22813885199)
  near(tQuantile(0.995, 30), 2.74999565357)
  near(tQuantile(0.95, 120), 1.65765089935)
  near(tQuantile(0.025, 10), -2.22813885199)
  near(normalQuantile(0.975), 1.95996398454)
  near(normalQuantile(0.1), -1.28155156554)
  t.equal(tQuantile(0.5, 3), 0)
  // For 2 degrees of freedom there is a closed form: 1/2 + t / (2√(2 + t²)).
  for (const x of [-7, -0.3, 0.01, 1, 25]) near(tBelow(x, 2), 0.5 + x / (2 * Math.sqrt(2 + x * x)))
})
