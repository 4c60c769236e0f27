/**
 * Ordinary and weighted least squares by Householder's QR of [X y], never by normal equations, which would square the
 * condition of the columns. Blocks of rows are folded into one small triangular factor (as TSQR does), which is as stable
 * as one large QR; and factors of several sets of rows merge, so that cross-validation reads the rows once.
 */
import { Matrix, QrDecomposition } from 'ml-matrix'

/** Triangular factor of √weight × [X y]: one column more than there are columns. */
export type Factor = Matrix

export interface LeastSquares {
  readonly coefficients: Float64Array
  /** Σ weight × residual². */
  readonly residualSquares: number
  /** R⁻¹; (X'WX)⁻¹ is R⁻¹ times its transpose. */
  readonly inverse: Matrix
}

/** A column that is a combination of earlier ones: coefficient by their positions, those that do not matter left out. */
export interface CollinearColumn {
  readonly column: number
  readonly of: readonly { readonly column: number; readonly coefficient: number }[]
}

const BLOCK_ROWS = 256
/**
 * What is left of a column after the earlier ones, as a share of its length, below which it is taken for their combination.
 * Transformed facts have 6 places: a relation among them (ln of a product) holds to about 10^-7 only.
 */
export const COLLINEAR_SHARE = 1e-6

/** The factor of all rows, or of those that are given. */
export function factorOf(columns: readonly Float64Array[], target: Float64Array, weights: Float64Array, rows?: Int32Array): Factor {
  const all = [...columns, target]
  const count = rows?.length ?? target.length
  let factor = Matrix.zeros(all.length, all.length)
  for (let from = 0; from < count; from += BLOCK_ROWS) {
    const block = Matrix.zeros(Math.min(BLOCK_ROWS, count - from), all.length)
    for (let i = 0; i < block.rows; i++) {
      const row = rows ? (rows[from + i] as number) : from + i
      const root = Math.sqrt(weights[row] as number)
      all.forEach((column, j) => block.set(i, j, root * (column[row] as number)))
    }
    factor = mergeFactors([factor, block])
  }
  return factor
}

/** The factor of the rows of all of them together; blocks of plain rows count as factors. */
export function mergeFactors(factors: readonly Matrix[]): Factor {
  const width = factors[0]?.columns ?? 0
  const stacked = Matrix.zeros(
    Math.max(
      width,
      factors.reduce((sum, factor) => sum + factor.rows, 0),
    ),
    width,
  )
  let from = 0
  for (const factor of factors) {
    stacked.setSubMatrix(factor, from, 0)
    from += factor.rows
  }
  return new QrDecomposition(stacked).upperTriangularMatrix
}

/** The columns that cannot be told apart from those before them, in order; empty when all have weights of their own. */
export function collinearColumns(factor: Factor): CollinearColumn[] {
  const found: CollinearColumn[] = []
  let kept = Array.from({ length: factor.columns - 1 }, (_, column) => column)
  let current = factor
  for (let j = 0; j < kept.length;) {
    const lengths = kept.map((_, column) => norm(current, column))
    const length = lengths[j] as number
    if (Math.abs(current.get(j, j)) > COLLINEAR_SHARE * length) {
      j++
      continue
    }
    const combination = backSubstituted(current, j, j)
    const matters = (coefficient: number, k: number): boolean => Math.abs(coefficient) * (lengths[k] as number) > COLLINEAR_SHARE * length
    const of = [...combination].flatMap((coefficient, k) => (matters(coefficient, k) ? [{ column: kept[k] as number, coefficient }] : []))
    found.push({ column: kept[j] as number, of })
    kept = kept.toSpliced(j, 1)
    // Without it the later columns are judged by what the others leave of them, not by its noise.
    current = factorWithout(factor, new Set(found.map(({ column }) => column)))
  }
  return found
}

/** The factor of the remaining columns. */
export function factorWithout(factor: Factor, left: ReadonlySet<number>): Factor {
  if (left.size === 0) return factor
  const kept = Array.from({ length: factor.columns }, (_, column) => column).filter((column) => !left.has(column))
  return mergeFactors([factor.subMatrixColumn(kept)])
}

/** INVARIANT: `collinearColumns(factor)` is empty. */
export function solveFactor(factor: Factor): LeastSquares {
  const width = factor.columns - 1
  const inverse = Matrix.zeros(width, width)
  for (let column = 0; column < width; column++) {
    for (let row = column; row >= 0; row--) {
      let sum = row === column ? 1 : 0
      for (let k = row + 1; k <= column; k++) sum -= factor.get(row, k) * inverse.get(k, column)
      inverse.set(row, column, sum / factor.get(row, row))
    }
  }
  return { coefficients: backSubstituted(factor, width, width), residualSquares: factor.get(width, width) ** 2, inverse }
}

/** Solves the leading `size` rows of the factor for its column `column`. */
function backSubstituted(factor: Matrix, size: number, column: number): Float64Array {
  const solution = new Float64Array(size)
  for (let row = size - 1; row >= 0; row--) {
    let sum = factor.get(row, column)
    for (let k = row + 1; k < size; k++) sum -= factor.get(row, k) * (solution[k] as number)
    solution[row] = sum / factor.get(row, row)
  }
  return solution
}

/** Length of a column of the rows, which its column of the factor has too. */
function norm(factor: Matrix, column: number): number {
  let sum = 0
  for (let row = 0; row < factor.rows; row++) sum += factor.get(row, column) ** 2
  return Math.sqrt(sum)
}

/** X times the coefficients, row by row. */
export function predictedBy(coefficients: ArrayLike<number>, columns: readonly Float64Array[]): Float64Array {
  const predicted = new Float64Array(columns[0]?.length ?? 0)
  columns.forEach((column, j) => {
    const coefficient = coefficients[j] as number
    for (let row = 0; row < predicted.length; row++) predicted[row] = (predicted[row] as number) + coefficient * (column[row] as number)
  })
  return predicted
}
