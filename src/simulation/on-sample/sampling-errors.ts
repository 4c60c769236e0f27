/**
 * How far shares that are measured on a sample could be from the population's, by the strata and clusters that it was drawn by: a share is a ratio of two
 * totals, of which the linear part of Taylor's series has the variance of a total (Woodruff 1971; Binder 1983). Who is selected is taken as given.
 */
import { Matrix } from 'ml-matrix'
import { contentOrder, type ReferenceSample } from '../fit/reference-sample.ts'
import { type Clusters, clustersOf } from '../fit/sampling-design.ts'
import { covarianceOf, type Interval, intervals, singleClusters } from '../fit/standard-errors.ts'
import { ExactSum } from '../measures/exact-sum.ts'

/** Of a sample's rows in the order of their content, so that figures do not follow from the order of a file. */
export interface SampleDesign extends Omit<Clusters, 'clusterNames'> {
  readonly rows: Int32Array
}

/** What is said of the design: a stratum with a single cluster is held against the mean of all clusters. */
export interface DesignOutcome {
  readonly strata: number
  readonly clusters: number
  readonly singleClusterStrata: number
  /** Clusters less strata; without one nothing is known of sampling errors. */
  readonly degreesOfFreedom: number
}

/** `welfare`: by row, in the unit that all samples are measured in, so that figures do not follow from the unit of a file either. */
export function designOf(sample: ReferenceSample, welfare: Float64Array): SampleDesign {
  const rows = contentOrder({ ...sample, welfare })
  const { clusterOf, stratumOf } = clustersOf(sample, rows)
  return { rows, clusterOf, stratumOf }
}

export function designOutcome({ stratumOf }: SampleDesign): DesignOutcome {
  const [strata, clusters] = [new Set(stratumOf).size, stratumOf.length]
  return { strata, clusters, singleClusterStrata: singleClusters(stratumOf), degreesOfFreedom: clusters - strata }
}

/** Standard error and 95% t interval; a share's ends are held within 0 and 1. */
export type SamplingError = Interval

const CONFIDENCE = 0.95

/**
 * Of Σ numerator / Σ denominator, columns by row with the weights in them; rows that a ratio is not about are 0 in both and stay in the design. Null
 * where nobody is in the denominator, where no degrees of freedom are left, and where the clusters do not differ, as of a share of 0 or 1.
 */
export function samplingError(numerator: Float64Array, denominator: Float64Array, design: SampleDesign): SamplingError | null {
  const [part, whole] = [sum(numerator), sum(denominator)]
  if (whole === 0 || designOutcome(design).degreesOfFreedom < 1) return null
  const ratio = part / whole
  const { rows, clusterOf, stratumOf } = design
  const scores = Float64Array.from(rows, (row) => ((numerator[row] as number) - ratio * (denominator[row] as number)) / whole)
  const columns = [new Float64Array(rows.length).fill(1)]
  const covariance = covarianceOf('survey', { columns, inverse: Matrix.ones(1, 1), scores, residualSquares: 0, clusterOf, stratumOf })
  const [found] = intervals([ratio], covariance, CONFIDENCE)
  return found && found.standardError > ROUNDING ? found : null
}

/** The same of a share: nobody is less than 0 or more than 1 of the population. */
export function samplingErrorOfShare(numerator: Float64Array, denominator: Float64Array, design: SampleDesign): SamplingError | null {
  const found = samplingError(numerator, denominator, design)
  return found && { ...found, low: Math.max(0, found.low), high: Math.min(1, found.high) }
}

/** Clusters that differ by less differ by the rounding of quotients alone. */
const ROUNDING = 1e-12

function sum(terms: Float64Array): number {
  const exact = new ExactSum()
  for (const term of terms) exact.add(term)
  return exact.value()
}
