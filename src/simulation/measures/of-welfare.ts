/** Poverty at a line and inequality of a population that is in order, by one walk over its groups of equals. */
import { ExactSum } from './exact-sum.ts'
import { weightOf } from './counted.ts'
import type { Money } from './money-sum.ts'
import { MoneySum } from './money-sum.ts'
import type { WelfareOrder } from './welfare-order.ts'

export interface EntropyMeasures {
  readonly meanLogDeviation: number | null
  readonly theil: number | null
  /** With an aversion to inequality of a half, and of one. */
  readonly atkinsonHalf: number | null
  readonly atkinsonOne: number | null
}

/**
 * The same as `meanLogDeviation`, `theil` and `atkinson`, with their rules for welfare of 0 and less. `mean` by weight; null, or not above 0: nothing is
 * defined. Each group of equals is added as one term, so the last digits need not be those.
 */
export function entropyOfOrder({ welfare, cumulativeWeight, counted }: WelfareOrder, mean: number | null): EntropyMeasures {
  const [least] = welfare
  if (mean === null || !(mean > 0) || least === undefined || least < 0) return NOT_DEFINED
  const [deviation, index, roots] = [new ExactSum(), new ExactSum(), new ExactSum()]
  let before = 0
  for (let group = 0; group < welfare.length; group++) {
    const weight = (cumulativeWeight[group] as number) - before
    before = cumulativeWeight[group] as number
    const share = (welfare[group] as number) / mean
    // 0 ln 0 is 0, and so is its root.
    if (share === 0) continue
    const log = Math.log(share)
    deviation.add(weight * -log)
    index.add(weight * share * log)
    roots.add(weight * Math.sqrt(share))
  }
  const meanOf = (sum: ExactSum): number => sum.value() / counted.weight
  const logged = least > 0 ? Math.max(0, meanOf(deviation)) : null
  return {
    meanLogDeviation: logged,
    theil: Math.max(0, meanOf(index)),
    atkinsonHalf: Math.max(0, 1 - meanOf(roots) ** 2),
    atkinsonOne: logged === null ? 1 : 1 - Math.exp(-logged),
  }
}

const NOT_DEFINED: EntropyMeasures = { meanLogDeviation: null, theil: null, atkinsonHalf: null, atkinsonOne: null }

/** As `watts`: null for nobody, and where a poor one's welfare of 0 or less has no logarithm. */
export function wattsOfOrder({ welfare, cumulativeWeight, counted }: WelfareOrder, line: number): number | null {
  if (counted.weight === 0 || (welfare[0] as number) <= 0) return null
  const sum = new ExactSum()
  for (let group = 0; group < welfare.length && (welfare[group] as number) < line; group++) {
    const weight = (cumulativeWeight[group] as number) - (cumulativeWeight[group - 1] ?? 0)
    sum.add(weight * Math.log(line / (welfare[group] as number)))
  }
  return sum.value() / counted.weight
}

/**
 * As `povertyShortfall`, of households: what each lacks for all whom it counts for, `needs` by row, is rounded to the smallest unit of money. Welfare of
 * those whom transfers raised is a quotient; times those whom it was divided by it is whole again.
 */
export function shortfallOfOrder({ rows, groupEnd, welfare, weights }: WelfareOrder, line: number, needs: Needs | null = null): Money {
  const sum = new MoneySum()
  let place = 0
  for (let group = 0; group < welfare.length && (welfare[group] as number) < line; group++) {
    const gap = line - (welfare[group] as number)
    for (; place < (groupEnd[group] as number); place++) {
      const row = rows[place] as number
      sum.add(Math.round(gap * (needs ? (needs.units[row] as number) / needs.scale : weightOf(weights, row))))
    }
  }
  return sum.value()
}

/** By row, how many equivalents share a household's welfare, in units of which `scale` are one. */
export interface Needs {
  readonly units: Float64Array
  readonly scale: number
}
