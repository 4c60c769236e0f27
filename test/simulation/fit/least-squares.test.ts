import t from 'tap'
import { collinearColumns, factorOf, factorWithout, mergeFactors, solveFactor } from '../../../src/simulation/fit/least-squares.ts'
import { covarianceOf } from '../../../src/simulation/fit/standard-errors.ts'
import { drawFrom } from '../../support/random-draw.ts'
import { longley, norris } from './nist.ts'

interface Rows {
  readonly columns: Float64Array[]
  readonly target: Float64Array
  readonly weights: Float64Array
}

/** y first, then the columns; the intercept is put before them. */
function rowsOf(rows: readonly (readonly number[])[], weights?: readonly number[]): Rows {
  const column = (j: number): Float64Array => Float64Array.from(rows, (row) => row[j] as number)
  const target = column(0)
  const columns = [target.map(() => 1), ...(rows[0] ?? []).slice(1).map((_, j) => column(j + 1))]
  return { columns, target, weights: Float64Array.from(weights ?? rows.map(() => 1)) }
}

const factorFor = ({ columns, target, weights }: Rows, rows?: Int32Array) => factorOf(columns, target, weights, rows)
const digits = (found: number, certified: number): number => -Math.log10(Math.abs(found / certified - 1) + 1e-16)

t.test('certified values of NIST to 11 digits and more', async (t) => {
  for (const [name, data] of Object.entries({ norris, longley })) {
    const rows = rowsOf(data.rows)
    const fit = solveFactor(factorFor(rows))
    const [n, k] = [rows.target.length, rows.columns.length]
    const scores = new Float64Array(n)
    const { matrix } = covarianceOf('classical', { ...rows, ...fit, scores, clusterOf: new Int32Array(n), stratumOf: new Int32Array(1) })
    data.estimates.forEach((certified, j) => {
      t.ok(digits(fit.coefficients[j] as number, certified) > 11, `${name} B${j}`)
      t.ok(digits(Math.sqrt(matrix.get(j, j)), data.standardErrors[j] as number) > 11, `${name} standard error of B${j}`)
    })
    t.ok(digits(Math.sqrt(fit.residualSquares / (n - k)), data.residualDeviation) > 11, `${name} residual deviation`)
  }
})

const draw = drawFrom(20)
const random = (n: number, k: number): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: k + 1 }, () => draw.between(-1000, 1000) / 8))

t.test('a weight is that many equal rows', async (t) => {
  const rows = random(40, 3)
  const weights = rows.map(() => draw.between(1, 4))
  const weighted = solveFactor(factorFor(rowsOf(rows, weights)))
  const repeated = solveFactor(factorFor(rowsOf(rows.flatMap((row, i) => Array.from({ length: weights[i] as number }, () => row)))))
  weighted.coefficients.forEach((value, j) => t.ok(digits(value, repeated.coefficients[j] as number) > 11))
  t.ok(digits(weighted.residualSquares, repeated.residualSquares) > 11)
})

t.test('factors of parts merge to that of the whole, beyond one block of rows', async (t) => {
  const rows = rowsOf(random(700, 4))
  const whole = solveFactor(factorFor(rows))
  const parts = [0, 1, 2].map((part) =>
    factorFor(
      rows,
      Int32Array.from(rows.target.keys()).filter((row) => row % 3 === part),
    ),
  )
  const merged = solveFactor(mergeFactors(parts))
  whole.coefficients.forEach((value, j) => t.ok(digits(merged.coefficients[j] as number, value) > 11))
})

t.test('residuals are orthogonal to the columns', async (t) => {
  const { columns, target, weights } = rowsOf(random(300, 5))
  const { coefficients } = solveFactor(factorOf(columns, target, weights))
  const residual = (row: number): number =>
    columns.reduce((left, column, j) => left - (column[row] as number) * (coefficients[j] as number), target[row] as number)
  for (const column of columns) {
    const product = column.reduce((sum, value, row) => sum + value * residual(row), 0)
    t.ok(Math.abs(product) < 1e-7, `${product}`)
  }
})

t.test('collinear columns are found with what they are made of, near ones are not', async (t) => {
  const rows = random(50, 3).map(([y = 0, a = 0, b = 0, c = 0]) => [y, a, b, 2 * a - b + 3, c, 5])
  const factor = factorFor(rowsOf(rows))
  const found = collinearColumns(factor).map(({ column, of }) => ({
    column,
    of: of.map((part) => [part.column, Math.round(part.coefficient * 1e6) / 1e6]),
  }))
  t.strictSame(found, [
    {
      column: 3,
      of: [
        [0, 3],
        [1, 2],
        [2, -1],
      ],
    },
    { column: 5, of: [[0, 5]] },
  ])
  const [y, a, b, , c] = [0, 1, 2, 3, 4].map((j) => rows.map((row) => row[j] as number))
  const plain = solveFactor(factorFor(rowsOf(rows.map((_, i) => [y?.[i], a?.[i], b?.[i], c?.[i]] as number[]))))
  const left = solveFactor(factorWithout(factor, new Set([3, 5])))
  plain.coefficients.forEach((value, j) => t.ok(digits(left.coefficients[j] as number, value) > 10))
  t.strictSame(collinearColumns(factorFor(rowsOf(longley.rows))), [], 'Longley is hard and not singular')
  const zero = collinearColumns(factorFor(rowsOf(rows.map(([first = 0, second = 0]) => [first, second, 0]))))
  t.strictSame(zero, [{ column: 2, of: [] }], 'a column of zeros')
})
