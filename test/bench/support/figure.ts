/** What a bench file is: one exported `bench` that reports figures; the runner adds the machine and prints JSON lines. */

/** A bound that the project holds itself to; `atLeast` is for ratios and rates. */
export type Target = { readonly atMost: number } | { readonly atLeast: number }

export interface Figure {
  /** What was measured, unique within its bench. */
  readonly figure: string
  /** Median over the rounds, unless the figure says otherwise. */
  readonly value: number
  /** With its denominator: `us CPU/household`, `requests/s`, `times`. */
  readonly unit: string
  readonly p50?: number
  readonly p99?: number
  /** A ratio's two sides, both measured in this run. */
  readonly of?: readonly [string, string]
  readonly target?: Target
  /** Whatever a reader needs in order to compare: households, terms, rounds, sizes. */
  readonly [detail: string]: unknown
}

export type Report = (figure: Figure) => void

export interface BenchOptions {
  /** Size of the population, where a bench seeds one of any size. */
  readonly households?: number
}

/** The one interface of the files in test/bench: `export const bench: Bench`. */
export type Bench = (report: Report, options: BenchOptions) => Promise<void> | void

/** Whether a figure meets its target; null without one. */
export function isMet({ value, target }: Pick<Figure, 'value' | 'target'>): boolean | null {
  if (!target) return null
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast
}

/** The value below which `share` of the samples lie (nearest rank); NaN without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/** Four significant digits: what a measurement on a shared machine can bear. */
export const rounded = (value: number): number => Number(value.toPrecision(4))
