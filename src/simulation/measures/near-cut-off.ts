/** Who stands close to a cut-off: a small error of theirs, or of the formula, would change what happens to them. */
import { Counter, type Counted, shareOf, weightOf, type Weights } from './counted.ts'
import { ExactSum } from './exact-sum.ts'

export interface NearCutOff {
  /** Weight with cut-off − within ≤ score < cut-off. */
  readonly below: number
  /** Weight with exactly the cut-off. */
  readonly at: number
  /** Weight with cut-off < score ≤ cut-off + within. */
  readonly above: number
  /** All three, of those with a score; null for nobody. */
  readonly share: number | null
  readonly counted: Counted
}

/**
 * `score`, by row, `cutOff` and `within`, 0 or more, are whole micro-points: scores are rounded before they are compared, a fraction is a RangeError.
 * NaN is a unit without a score: left out. Source: the density at the cut-off of a regression discontinuity, Lee & Lemieux 2010.
 */
export function nearCutOff(score: Float64Array, cutOff: number, within: number, weights?: Weights): NearCutOff {
  if (!Number.isSafeInteger(cutOff) || !Number.isSafeInteger(within) || within < 0) throw new RangeError(`within ${within} of ${cutOff}`)
  const counter = new Counter()
  const sums = { below: new ExactSum(), at: new ExactSum(), above: new ExactSum(), near: new ExactSum() }
  for (let row = 0; row < score.length; row++) {
    const value = score[row] as number
    const weight = weightOf(weights, row)
    // INVARIANT: comparing is exact, so a score on the cut-off is on it for everybody.
    if (!Number.isNaN(value) && !Number.isInteger(value)) throw new RangeError(`the score ${value} of row ${row} is not rounded`)
    if (!counter.take(weight, !Number.isNaN(value)) || Math.abs(value - cutOff) > within) continue
    const side = value < cutOff ? sums.below : value === cutOff ? sums.at : sums.above
    side.add(weight)
    sums.near.add(weight)
  }
  const counted = counter.value()
  return {
    below: sums.below.value(),
    at: sums.at.value(),
    above: sums.above.value(),
    share: shareOf(sums.near.value(), counted.weight),
    counted,
  }
}
