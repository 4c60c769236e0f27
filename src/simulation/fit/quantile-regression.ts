/**
 * Regression of a conditional quantile (Koenker and Bassett 1978): the coefficients that make Σ weight × ρ_τ(residual)
 * least, by the interior-point method of Portnoy and Koenker (1997; Mehrotra's predictor and corrector on the bounded dual),
 * then moved to the vertex next to it, which is exact: some k rows have no residual. Where several coefficients are
 * equally good, one of them.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { factorOf, solveFactor } from './least-squares.ts'
import { nearestVertex, residualsOf } from './quantile-vertex.ts'

export interface QuantileFit {
  readonly coefficients: Float64Array
  /** Σ weight × ρ_τ(residual). */
  readonly loss: number
  readonly iterations: number
  readonly converged: boolean
}

const ITERATIONS_MAX = 100
/** Share of the way to the boundary that a step takes. */
const STEP = 0.9995
/** Distance from the boundary at the start, as a share of the mean |target|. */
const START = 0.01
/** Duality gap, as a share of the sum of |target|, at which the vertex is looked for. */
const GAP_SHARE = 1e-10

/** ρ_τ: τ × residual above, (τ − 1) × residual below. */
export const checkLoss = (residual: number, quantile: number): number => (residual < 0 ? quantile - 1 : quantile) * residual

/** INVARIANT: the columns are not collinear and the weights are above 0. */
export function fitQuantile(columns: readonly Float64Array[], target: Float64Array, weights: Float64Array, quantile: number): QuantileFit {
  // ρ is homogeneous: a weight is a longer row. The orthonormal rows Q = X R⁻¹ keep the first systems well conditioned.
  const y = target.map((value, row) => value * (weights[row] as number))
  const { inverse } = solveFactor(
    factorOf(
      columns,
      target,
      weights.map((weight) => weight * weight),
    ),
  )
  const q = orthonormal(columns, weights, inverse)
  const path = interiorPoint(q, y, columns.length, quantile)
  const vertex = nearestVertex(q, y, columns.length, path.solution)
  const lossOf = (solution: Float64Array): number => weightedLoss(residualsOf(q, y, solution), quantile)
  const loss = lossOf(path.solution)
  const exact = vertex ? lossOf(vertex) : Infinity
  const best = vertex && exact <= loss * (1 + 1e-12) ? vertex : path.solution
  const coefficients = Float64Array.from(inverse.mmul(Matrix.columnVector(best)).to1DArray())
  return { coefficients, loss: Math.min(loss, exact), iterations: path.iterations, converged: path.converged }
}

const weightedLoss = (residuals: Float64Array, quantile: number): number =>
  residuals.reduce((sum, residual) => sum + checkLoss(residual, quantile), 0)

/** weight × X R⁻¹ as rows one after the other. */
function orthonormal(columns: readonly Float64Array[], weights: Float64Array, inverse: Matrix): Float64Array {
  const k = columns.length
  const q = new Float64Array(weights.length * k)
  for (let j = 0; j < k; j++) {
    for (let i = 0; i <= j; i++) {
      const factor = inverse.get(i, j)
      const column = columns[i] as Float64Array
      for (let row = 0; row < weights.length; row++) q[row * k + j] = (q[row * k + j] as number) + factor * (column[row] as number)
    }
  }
  return q.map((value, place) => value * (weights[Math.floor(place / k)] as number))
}

/** Names as in the paper: x and s the dual and its slack, z and w what belongs to them, all of n places. */
function interiorPoint(
  q: Float64Array,
  y: Float64Array,
  k: number,
  quantile: number,
): { readonly solution: Float64Array; readonly iterations: number; readonly converged: boolean } {
  const n = y.length
  const scale = y.reduce((sum, value) => sum + Math.abs(value), 0) || 1
  const x = new Float64Array(n).fill(1 - quantile)
  const s = x.map((value) => 1 - value)
  const b = timesRows(q, x, k)
  // The least-squares solution begins: Q has orthonormal columns, so it is Q'y.
  const solution = timesRows(q, y, k)
  // Both sides of each residual are above 0, also where it is 0, and w − z is the residual exactly.
  const start = residualsOf(q, y, solution)
  const z = start.map((value) => Math.max(-value, 0) + START * (scale / n))
  const w = start.map((value) => Math.max(value, 0) + START * (scale / n))
  const gap = (): number => {
    // Primal less dual of: least Σ w over w − z = y − Qβ, with the fixed part (1 − τ)Σ(y − Qβ).
    let sum = 0
    for (let i = 0; i < n; i++) sum += (w[i] as number) - (y[i] as number) * (x[i] as number)
    return sum + dot(b, solution)
  }
  let iterations = 0
  while (gap() > GAP_SHARE * scale && iterations < ITERATIONS_MAX) {
    iterations++
    if (!step({ q, y, k, x, s, z, w, solution })) break
  }
  return { solution, iterations, converged: gap() <= 1e3 * GAP_SHARE * scale }
}

interface Iterate {
  readonly q: Float64Array
  readonly y: Float64Array
  readonly k: number
  readonly x: Float64Array
  readonly s: Float64Array
  readonly z: Float64Array
  readonly w: Float64Array
  /** Coefficients of Q. */
  readonly solution: Float64Array
}

/** One predictor and corrector, in place; false where the system is singular to the precision of doubles. */
function step({ q, y, k, x, s, z, w, solution }: Iterate): boolean {
  const n = y.length
  const r = z.map((value, i) => value - (w[i] as number))
  const d = x.map((value, i) => 1 / ((z[i] as number) / value + (w[i] as number) / (s[i] as number)))
  const system = new CholeskyDecomposition(weightedSquares(q, d, k))
  if (!system.isPositiveDefinite()) return false
  const move = (extra: Float64Array | null): { readonly dy: Float64Array; readonly dx: Float64Array } => {
    const right = r.map((value, i) => (value + (extra ? (extra[i] as number) : 0)) * (d[i] as number))
    const dy = Float64Array.from(system.solve(Matrix.columnVector(timesRows(q, right, k))).to1DArray())
    const along = residualsOf(q, new Float64Array(n), dy)
    return { dy, dx: along.map((value, i) => (d[i] as number) * (-value - (r[i] as number) - (extra ? (extra[i] as number) : 0))) }
  }
  let { dy, dx } = move(null)
  let dz = dx.map((value, i) => -(z[i] as number) * (1 + value / (x[i] as number)))
  let dw = dx.map((value, i) => -(w[i] as number) * (1 - value / (s[i] as number)))
  let [fp, fd] = stepLengths({ x, s, z, w }, { dx, dz, dw })
  if (Math.min(fp, fd) < 1) {
    const mu = barrier({ x, s, z, w }, { dx, dz, dw }, fp, fd)
    const dxdz = dx.map((value, i) => value * (dz[i] as number))
    const dsdw = dx.map((value, i) => -value * (dw[i] as number))
    const extra = x.map((value, i) => {
      const [si, a, c] = [s[i] as number, dxdz[i] as number, dsdw[i] as number]
      return (a - mu) / value - (c - mu) / si
    })
    ;({ dy, dx } = move(extra))
    dz = dx.map((value, i) => (mu - (z[i] as number) * value - (dxdz[i] as number)) / (x[i] as number) - (z[i] as number))
    dw = dx.map((value, i) => (mu + (w[i] as number) * value - (dsdw[i] as number)) / (s[i] as number) - (w[i] as number))
    ;[fp, fd] = stepLengths({ x, s, z, w }, { dx, dz, dw })
  }
  for (let i = 0; i < n; i++) {
    x[i] = (x[i] as number) + fp * (dx[i] as number)
    s[i] = (s[i] as number) - fp * (dx[i] as number)
    z[i] = (z[i] as number) + fd * (dz[i] as number)
    w[i] = (w[i] as number) + fd * (dw[i] as number)
  }
  for (let j = 0; j < k; j++) solution[j] = (solution[j] as number) - fd * (dy[j] as number)
  return true
}

type Sides = Pick<Iterate, 'x' | 's' | 'z' | 'w'>
interface Moves {
  readonly dx: Float64Array
  readonly dz: Float64Array
  readonly dw: Float64Array
}

/** Of the dual and of the primal. */
function stepLengths({ x, s, z, w }: Sides, { dx, dz, dw }: Moves): [number, number] {
  const reach = (value: Float64Array, change: Float64Array, sign: 1 | -1): number => {
    let least = Infinity
    for (let i = 0; i < value.length; i++) {
      const moved = sign * (change[i] as number)
      if (moved < 0) least = Math.min(least, -(value[i] as number) / moved)
    }
    return least
  }
  return [Math.min(1, STEP * Math.min(reach(x, dx, 1), reach(s, dx, -1))), Math.min(1, STEP * Math.min(reach(z, dz, 1), reach(w, dw, 1)))]
}

/** Mehrotra's centring: the complementarity that the full step would leave, cubed against what there is. */
function barrier({ x, s, z, w }: Sides, { dx, dz, dw }: Moves, fp: number, fd: number): number {
  let mu = 0
  let left = 0
  for (let i = 0; i < x.length; i++) {
    const [xi, si, zi, wi, di] = [x[i] as number, s[i] as number, z[i] as number, w[i] as number, dx[i] as number]
    mu += xi * zi + si * wi
    left += (zi + fd * (dz[i] as number)) * (xi + fp * di) + (wi + fd * (dw[i] as number)) * (si - fp * di)
  }
  return mu === 0 ? 0 : (mu * (left / mu) ** 3) / (2 * x.length)
}

/** Q' diag(d) Q. */
function weightedSquares(q: Float64Array, d: Float64Array, k: number): Matrix {
  const squares = new Float64Array(k * k)
  for (let row = 0; row < d.length; row++) {
    const from = row * k
    for (let i = 0; i < k; i++) {
      const left = (d[row] as number) * (q[from + i] as number)
      for (let j = 0; j <= i; j++) squares[i * k + j] = (squares[i * k + j] as number) + left * (q[from + j] as number)
    }
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) squares[j * k + i] = squares[i * k + j] as number
  return Matrix.from1DArray(k, k, squares)
}

/** Q' v. */
function timesRows(q: Float64Array, v: Float64Array, k: number): Float64Array {
  const sums = new Float64Array(k)
  for (let row = 0; row < v.length; row++) {
    for (let j = 0; j < k; j++) sums[j] = (sums[j] as number) + (q[row * k + j] as number) * (v[row] as number)
  }
  return sums
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
