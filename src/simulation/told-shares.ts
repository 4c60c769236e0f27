/** What is told of who gets which share of an amount: nothing of few, nothing that one household makes up, the rest by the moved counts of the paid. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import { keyedSum } from '../kernel/keyed-counts.ts'
import type { KeyedMoney } from './behind.ts'
import { disclosedIndex, isDominated, stretch } from './disclose.ts'

/** Of households that are in one of them only. */
export const moneySum = (all: readonly KeyedMoney[]): KeyedMoney => ({
  ...keyedSum(all),
  sum: all.reduce((sum, one) => sum + one.sum, 0),
  largest: all.reduce((most, one) => Math.max(most, one.largest), 0),
})

/** Nobody is paid, or ten and more are, of whom none has nearly all. */
export const isTellable = ({ units, sum, largest }: KeyedMoney): boolean =>
  units === 0 || (units >= LEAST_UNITS && !isDominated(sum, largest))

/** What they are paid, as it follows their moved count. */
const movedSum = (paid: KeyedMoney): number => paid.sum * stretch(paid)

/** One part's share of an amount; withheld where the part, or all that is left without it, cannot be told. */
export function toldShare(part: KeyedMoney, others: KeyedMoney): number | null {
  const whole = moneySum([part, others])
  if (whole.units === 0 || ![part, others, whole].every(isTellable)) return null
  return disclosedIndex(Math.min(1, movedSum(part) / movedSum(whole)), whole.units)
}

/**
 * Cumulative shares of an amount behind each of some pieces, with the origin in front. A point is told where those who are paid since the one that is
 * told before it, and those behind it, can be told.
 */
export function toldCumulative(pieces: readonly KeyedMoney[]): readonly (number | null)[] {
  const sums: (number | null)[] = [0]
  let [from, sum] = [0, 0]
  for (let end = 1; end <= pieces.length; end++) {
    const own = moneySum(pieces.slice(from, end))
    const isTold = isTellable(own) && isTellable(moneySum(pieces.slice(end)))
    sums[end] = isTold ? (sum += movedSum(own)) : null
    if (isTold) from = end
  }
  const { units } = moneySum(pieces)
  const whole = sums.at(-1) ?? null
  return sums.map((one) => (one === null || whole === null || whole === 0 ? null : disclosedIndex(one / whole, units)))
}
