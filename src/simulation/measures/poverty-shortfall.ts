/** The money that would lift all poor to the line, were it given to them alone. */
import { Counter, type Counted, weightOf, type Weights } from './counted.ts'
import { type Money, MoneySum } from './money-sum.ts'
import { lineOf, type PovertyLine } from './poverty-line.ts'

/**
 * Σ w (z − y) over y < z, exact. Welfare, line and weights are whole: smallest units of money per person a month, and persons. A fraction is a
 * RangeError. Unknown welfare or line is left out, so the sum is at least what is missing among the known. Source: Haughton & Khandker 2009, ch. 4.
 */
export function povertyShortfall(
  welfare: Float64Array,
  line: PovertyLine,
  weights?: Weights,
): { readonly money: Money; readonly counted: Counted } {
  const counter = new Counter()
  const sum = new MoneySum()
  for (let row = 0; row < welfare.length; row++) {
    const value = welfare[row] as number
    const limit = lineOf(line, row)
    const weight = weightOf(weights, row)
    if (!counter.take(weight, !Number.isNaN(value) && !Number.isNaN(limit)) || value >= limit) continue
    sum.addTimes(limit - value, weight)
  }
  return { money: sum.value(), counted: counter.value() }
}
