/** The poverty rate of those whose poverty is known as a likelihood only, such as from a scorecard. */
import { Counter, type Counted, shareOf, weightOf, type Weights } from './counted.ts'
import { ExactSum } from './exact-sum.ts'

export interface PovertyRate {
  /** 0 to 1; null for nobody. */
  readonly rate: number | null
  readonly counted: Counted
}

/**
 * Σ w p / Σ w: the mean of likelihoods p, by row, 0 to 1, NaN unknown and left out. Not the share of those whose likelihood is above some bound,
 * which is biased. A likelihood outside 0 to 1 is a RangeError. Source: Schreiner 2010, Simple Poverty Scorecard.
 */
export function povertyRateOfLikelihoods(likelihood: Float64Array, weights?: Weights): PovertyRate {
  return povertyRatesByGroup(likelihood, new Uint8Array(likelihood.length), 1, weights)[0] as PovertyRate
}

/** The same for each of `groups` groups, by the group code of each row. */
export function povertyRatesByGroup(
  likelihood: Float64Array,
  group: Uint8Array,
  groups: number,
  weights?: Weights,
): readonly PovertyRate[] {
  const counters = Array.from({ length: groups }, () => new Counter())
  const sums = Array.from({ length: groups }, () => new ExactSum())
  for (let row = 0; row < likelihood.length; row++) {
    const code = group[row] as number
    const counter = counters[code]
    if (counter === undefined) throw new RangeError(`row ${row} is in group ${code} of ${groups}`)
    const weight = weightOf(weights, row)
    const p = checkLikelihood(likelihood[row] as number, row)
    if (counter.take(weight, !Number.isNaN(p))) sums[code]?.add(weight * p)
  }
  return counters.map((counter, code) => {
    const counted = counter.value()
    return { rate: shareOf((sums[code] as ExactSum).value(), counted.weight), counted }
  })
}

/** The likelihood of a row: 0 to 1, or NaN for unknown. */
export function checkLikelihood(p: number, row: number): number {
  if (p < 0 || p > 1) throw new RangeError(`row ${row} has the likelihood ${p}`)
  return p
}
