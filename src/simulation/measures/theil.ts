/** Theil's two measures of inequality: the mean log deviation (0) and the Theil index (1). */
import { Counter, type Counted, weightOf, type Weights } from './counted.ts'
import { ExactSum } from './exact-sum.ts'

export interface Inequality {
  /** 0 where all are equal; null for nobody, where the mean is not positive, or where some welfare has no logarithm. */
  readonly value: number | null
  /** Rows with welfare of 0 or less. */
  readonly nonPositiveUnits: number
  readonly counted: Counted
}

export interface LogarithmTerms {
  readonly weights?: Weights | undefined
  /** What welfare of 0 or less enters the logarithm as, the mean staying what it is; absent: such welfare leaves the measure undefined. */
  readonly nonPositiveAs?: number
}

/**
 * Theil 0, mean log deviation: Σ w ln(m / y) / Σ w, m the mean by weight. Unknown welfare is left out; 0 or less makes it null unless
 * `nonPositiveAs` says otherwise (PovcalNet: 1). Decomposes by population shares. Source: Theil 1967; Shorrocks 1980.
 */
export function meanLogDeviation(welfare: Float64Array, terms: LogarithmTerms = {}): Inequality {
  const { mean, nonPositiveUnits, counted } = meanOf(welfare, terms.weights)
  const about = { nonPositiveUnits, counted }
  const { nonPositiveAs } = terms
  if (!(mean > 0) || (nonPositiveUnits > 0 && nonPositiveAs === undefined)) return { value: null, ...about }
  const value = weightedMean(welfare, terms.weights, counted.weight, (y) => Math.log(mean / (y > 0 ? y : (nonPositiveAs as number))))
  return { value: nonPositiveAs === undefined ? Math.max(0, value) : value, ...about }
}

/**
 * Theil 1: Σ w (y / m) ln(y / m) / Σ w, m the mean by weight; 0 ln 0 is 0. Unknown welfare is left out; negative makes it null.
 * From 0 to ln n. Decomposes by shares of welfare. Source: Theil 1967; Shorrocks 1980.
 */
export function theil(welfare: Float64Array, weights?: Weights): Inequality {
  const { mean, nonPositiveUnits, negativeUnits, counted } = meanOf(welfare, weights)
  const about = { nonPositiveUnits, counted }
  if (!(mean > 0) || negativeUnits > 0) return { value: null, ...about }
  const term = (y: number): number => (y === 0 ? 0 : (y / mean) * Math.log(y / mean))
  return { value: Math.max(0, weightedMean(welfare, weights, counted.weight, term)), ...about }
}

export interface MeanWelfare {
  /** NaN for nobody. */
  readonly mean: number
  readonly nonPositiveUnits: number
  readonly negativeUnits: number
  readonly counted: Counted
}

/** Mean by weight of known welfare, and how much of it no logarithm is defined for. */
export function meanOf(welfare: Float64Array, weights: Weights | undefined): MeanWelfare {
  const counter = new Counter()
  const sum = new ExactSum()
  let nonPositiveUnits = 0
  let negativeUnits = 0
  for (let row = 0; row < welfare.length; row++) {
    const value = welfare[row] as number
    const weight = weightOf(weights, row)
    if (!counter.take(weight, !Number.isNaN(value))) continue
    sum.add(weight * value)
    if (value <= 0) nonPositiveUnits++
    if (value < 0) negativeUnits++
  }
  const counted = counter.value()
  return { mean: sum.value() / counted.weight, nonPositiveUnits, negativeUnits, counted }
}

/** Σ w term(y) / `total` over known welfare. */
export function weightedMean(welfare: Float64Array, weights: Weights | undefined, total: number, term: (y: number) => number): number {
  const sum = new ExactSum()
  for (let row = 0; row < welfare.length; row++) {
    const value = welfare[row] as number
    const weight = weightOf(weights, row)
    if (weight > 0 && !Number.isNaN(value)) sum.add(weight * term(value))
  }
  return sum.value() / total
}
