/** From near the best quantile regression to a vertex beside it: coefficients at which as many rows have no residual as there are columns. */
import { LuDecomposition, Matrix } from 'ml-matrix'

/** What has to be left of a row, beside those that were taken, for it to count as independent of them. */
const INDEPENDENT = 1e-7

/** The coefficients through the independent rows with the smallest residuals; null where there are not enough of them. */
export function nearestVertex(q: Float64Array, y: Float64Array, k: number, near: Float64Array): Float64Array | null {
  const size = residualsOf(q, y, near).map(Math.abs)
  const order = Int32Array.from(size.keys()).sort((a, b) => (size[a] as number) - (size[b] as number) || a - b)
  const basis: Float64Array[] = []
  const taken: number[] = []
  for (const row of order) {
    if (taken.length === k) break
    const rest = withoutBasis(q.slice(row * k, (row + 1) * k), basis)
    if (!rest) continue
    basis.push(rest)
    taken.push(row)
  }
  if (taken.length < k) return null
  const rows = new Matrix(taken.map((row) => [...q.subarray(row * k, (row + 1) * k)]))
  const system = new LuDecomposition(rows)
  if (system.isSingular()) return null
  return Float64Array.from(system.solve(Matrix.columnVector(taken.map((row) => y[row] as number))).to1DArray())
}

/** y − Qβ. */
export function residualsOf(q: Float64Array, y: Float64Array, solution: Float64Array): Float64Array {
  const k = solution.length
  return y.map((value, row) => {
    let sum = value
    for (let j = 0; j < k; j++) sum -= (q[row * k + j] as number) * (solution[j] as number)
    return sum
  })
}

/** What the unit vectors of the basis leave of the row, made a unit vector; null if that is next to nothing. Twice, against rounding. */
function withoutBasis(row: Float64Array, basis: readonly Float64Array[]): Float64Array | null {
  const length = Math.hypot(...row)
  for (let pass = 0; pass < 2; pass++) {
    for (const unit of basis) {
      const along = unit.reduce((sum, value, j) => sum + value * (row[j] as number), 0)
      unit.forEach((value, j) => void (row[j] = (row[j] as number) - along * value))
    }
  }
  const left = Math.hypot(...row)
  return left > INDEPENDENT * length ? row.map((value) => value / left) : null
}
