/**
 * Standard errors of coefficients, four ways.
 *
 * - classical: σ²(X'WX)⁻¹, σ² = Σwe² / (n − k); for weights that stand for precision. Degrees of freedom n − k.
 * - robust: HC1, n/(n − k) × sandwich of single rows (MacKinnon and White 1985). n − k.
 * - cluster: CR1, G/(G − 1) × (n − 1)/(n − k) × sandwich of clusters (Liang and Zeger 1986). G − 1.
 * - survey: linearisation for strata h of n_h clusters, Σ n_h/(n_h − 1) Σ (z − z̄_h)(z − z̄_h)' between (X'WX)⁻¹
 *   (Binder 1983), clusters taken as drawn with replacement, no finite-population correction. Clusters − strata.
 *
 * A row's score is weight × residual for least squares, weight × (τ − 1[residual < 0]) for a quantile, so that the last
 * three serve both; z is a cluster's sum of score × columns. A stratum with a single cluster shows no variation of its
 * own: its z is taken from the mean of all clusters (`centre`, the cautious default) or adds nothing (`omit`).
 */
import { Matrix } from 'ml-matrix'
import type { SingleClusterStrata, StandardErrorKind } from './fit-request.ts'
import { tQuantile } from './t-distribution.ts'

export interface ScoredRows {
  readonly columns: readonly Float64Array[]
  /** R⁻¹ of the bread: bread⁻¹ = R⁻¹ R⁻ᵀ. */
  readonly inverse: Matrix
  /** By row. */
  readonly scores: Float64Array
  /** Σ weight × residual²; only classical errors read it. */
  readonly residualSquares: number
  /** Cluster of each row, from 0, and stratum of each cluster, from 0. */
  readonly clusterOf: Int32Array
  readonly stratumOf: Int32Array
}

export interface Covariance {
  readonly matrix: Matrix
  readonly degreesOfFreedom: number
  /** Strata with one cluster, where they matter. */
  readonly singleClusterStrata: number
}

export function covarianceOf(
  kind: StandardErrorKind,
  rows: ScoredRows,
  single: Exclude<SingleClusterStrata, 'refuse'> = 'centre',
): Covariance {
  const n = rows.scores.length
  const k = rows.columns.length
  const bread = rows.inverse.mmul(rows.inverse.transpose())
  const plain = { singleClusterStrata: 0 }
  if (kind === 'classical') return { matrix: bread.mul(rows.residualSquares / (n - k)), degreesOfFreedom: n - k, ...plain }
  if (kind === 'robust') {
    const sums = clusterSums(rows, Int32Array.from(rows.scores.keys()), n)
    return { matrix: sandwich(rows, sums).mul(n / (n - k)), degreesOfFreedom: n - k, ...plain }
  }
  const clusters = rows.stratumOf.length
  const sums = clusterSums(rows, rows.clusterOf, clusters)
  if (kind === 'cluster') {
    const correction = (clusters / (clusters - 1)) * ((n - 1) / (n - k))
    return { matrix: sandwich(rows, sums).mul(correction), degreesOfFreedom: clusters - 1, ...plain }
  }
  const { centred, strata, singles } = centredByStratum(sums, rows.stratumOf, single)
  return { matrix: sandwich(rows, centred), degreesOfFreedom: clusters - strata, singleClusterStrata: singles }
}

export interface Interval {
  readonly standardError: number
  readonly low: number
  readonly high: number
}

/** Standard error and t interval of each coefficient. */
export function intervals(coefficients: ArrayLike<number>, { matrix, degreesOfFreedom }: Covariance, confidence: number): Interval[] {
  const t = tQuantile(0.5 + confidence / 2, degreesOfFreedom)
  return Array.from(coefficients, (estimate, j) => {
    const standardError = Math.sqrt(matrix.get(j, j))
    return { standardError, low: estimate - t * standardError, high: estimate + t * standardError }
  })
}

/** How many strata have a single cluster. */
export function singleClusters(stratumOf: Int32Array): number {
  return clustersByStratum(stratumOf).filter((count) => count === 1).length
}

/** By cluster the sum of score × columns, as one array of rows of k places. */
function clusterSums({ columns, scores }: ScoredRows, clusterOf: Int32Array, clusters: number): Float64Array {
  const k = columns.length
  const sums = new Float64Array(clusters * k)
  columns.forEach((column, j) => {
    for (let row = 0; row < scores.length; row++) {
      const place = (clusterOf[row] as number) * k + j
      sums[place] = (sums[place] as number) + (scores[row] as number) * (column[row] as number)
    }
  })
  return sums
}

/** Each cluster less its stratum's mean, times √(n_h / (n_h − 1)): the plain sandwich of these is the survey's. */
function centredByStratum(
  sums: Float64Array,
  stratumOf: Int32Array,
  single: 'centre' | 'omit',
): { readonly centred: Float64Array; readonly strata: number; readonly singles: number } {
  const counts = clustersByStratum(stratumOf)
  const clusters = stratumOf.length
  const k = sums.length / clusters
  const means = new Float64Array(counts.length * k)
  const overall = new Float64Array(k)
  for (let cluster = 0; cluster < clusters; cluster++) {
    const stratum = stratumOf[cluster] as number
    for (let j = 0; j < k; j++) {
      const value = sums[cluster * k + j] as number
      means[stratum * k + j] = (means[stratum * k + j] as number) + value / (counts[stratum] as number)
      overall[j] = (overall[j] as number) + value / clusters
    }
  }
  const centred = Float64Array.from(sums, (value, place) => {
    const stratum = stratumOf[Math.floor(place / k)] as number
    const count = counts[stratum] as number
    const j = place % k
    if (count === 1) return single === 'omit' ? 0 : value - (overall[j] as number)
    return Math.sqrt(count / (count - 1)) * (value - (means[stratum * k + j] as number))
  })
  return { centred, strata: counts.length, singles: counts.filter((count) => count === 1).length }
}

function clustersByStratum(stratumOf: Int32Array): number[] {
  const counts: number[] = []
  for (const stratum of stratumOf) counts[stratum] = (counts[stratum] ?? 0) + 1
  return counts
}

/** R⁻¹ (Σ uu') R⁻ᵀ with u = R⁻ᵀz: both sides are multiplied before they are squared, which keeps more digits. */
function sandwich({ inverse }: ScoredRows, sums: Float64Array): Matrix {
  const k = inverse.rows
  const transposed = Float64Array.from(inverse.transpose().to1DArray())
  const meat = new Float64Array(k * k)
  const u = new Float64Array(k)
  for (let from = 0; from < sums.length; from += k) {
    for (let j = 0; j < k; j++) {
      let sum = 0
      for (let i = 0; i <= j; i++) sum += (transposed[j * k + i] as number) * (sums[from + i] as number)
      u[j] = sum
    }
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) meat[i * k + j] = (meat[i * k + j] as number) + (u[i] as number) * (u[j] as number)
    }
  }
  return inverse.mmul(Matrix.from1DArray(k, k, meat)).mmul(inverse.transpose())
}
