/** Who would be selected wrongly if the poorest by prediction were selected: inclusion and exclusion error of a reference sample. */
import type { FormulaJson } from '../../language/formula/schema.ts'
import { MICRO } from '../../language/formula/formula.ts'
import type { Poverty } from './fit-request.ts'
import { totalOf } from './weighted-mean.ts'
import { lineOfShare } from './weighted-quantile.ts'

export interface TargetingErrors {
  /** In the unit of welfare; poor is who stands strictly beyond it: below, or above where higher is poorer. */
  readonly povertyLine: number
  /** Shares of the weighted population. */
  readonly povertyRate: number
  readonly coverage: number
  /** Poor who are not selected, as a share of the poor; null where nobody is poor. */
  readonly exclusionError: number | null
  /** Selected who are not poor, as a share of the selected. */
  readonly inclusionError: number | null
}

export interface Targeted {
  readonly welfare: Float64Array
  /** On the scale of the score; equal to 6 places is equal. */
  readonly predicted: Float64Array
  readonly weights: Float64Array
  readonly direction: FormulaJson['direction']
  readonly poverty: Poverty
  /** As many as are poor where it is absent. */
  readonly coverage?: number | undefined
}

/**
 * Selects exactly `coverage` of the weight, poorest predicted first. Those who are tied at the cut are each selected in the
 * same part, which is what drawing lots among them gives on average; so the order of rows never matters.
 */
export function targetingErrors({ welfare, predicted, weights, direction, poverty, coverage: wanted }: Targeted): TargetingErrors {
  const sign = direction === 'lowerIsPoorer' ? 1 : -1
  const standing = welfare.map((value) => sign * value)
  const line = 'line' in poverty ? sign * poverty.line : lineOfShare(standing, weights, poverty.share)
  const total = totalOf(weights)
  const isPoor = (row: number): boolean => (standing[row] as number) < line
  const poor = weights.reduce((sum, weight, row) => sum + (isPoor(row) ? weight : 0), 0)
  const coverage = wanted ?? poor / total
  const selectedPoor = poorAmongPoorest(
    predicted.map((value) => sign * Math.round(value * MICRO)),
    weights,
    isPoor,
    coverage * total,
  )
  const share = (part: number, whole: number): number | null => (whole > 0 ? Math.min(Math.max(part / whole, 0), 1) : null)
  return {
    povertyLine: sign * line,
    povertyRate: poor / total,
    coverage,
    exclusionError: share(poor - selectedPoor, poor),
    inclusionError: share(coverage * total - selectedPoor, coverage * total),
  }
}

/** Weight of the poor among the first `places` of weight by score. */
function poorAmongPoorest(scores: Float64Array, weights: Float64Array, isPoor: (row: number) => boolean, places: number): number {
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b)
  let left = places
  let selected = 0
  for (let from = 0; from < order.length && left > 0;) {
    let [to, weight, poor] = [from, 0, 0]
    for (; to < order.length && scores[order[to] as number] === scores[order[from] as number]; to++) {
      const row = order[to] as number
      weight += weights[row] as number
      if (isPoor(row)) poor += weights[row] as number
    }
    selected += poor * (weight > left ? left / weight : 1)
    left -= weight
    from = to
  }
  return selected
}
