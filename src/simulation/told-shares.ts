/** What is told of who gets which share of an amount: nothing of few, nothing that one household makes up, the rest by the moved counts of the paid. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import { keyedSum } from '../kernel/keyed-counts.ts'
import type { KeyedMoney } from './behind.ts'
import { disclosedIndex, isDominated, movedUnits } from './disclose.ts'
import type { CurvePoint } from './measures/curve.ts'

/** Of households that are in one of them only. */
export const moneySum = (all: readonly KeyedMoney[]): KeyedMoney => ({
  ...keyedSum(all),
  sum: all.reduce((sum, one) => sum + one.sum, 0),
  largest: all.reduce((most, one) => Math.max(most, one.largest), 0),
})

/** Nobody is paid, or ten and more are, of whom none has nearly all. */
export const isTellable = ({ units, sum, largest }: KeyedMoney): boolean =>
  units === 0 || (units >= LEAST_UNITS && !isDominated(sum, largest))

/** What the moved count of the paid makes of an amount, over the amount. */
const stretch = (paid: KeyedMoney): number => (paid.units === 0 ? 1 : movedUnits(paid) / paid.units)

/** One part's share of an amount; withheld where the part, or all that is left without it, cannot be told. */
export function toldShare(share: number | null, part: KeyedMoney, others: KeyedMoney): number | null {
  const whole = moneySum([part, others])
  if (share === null || ![part, others, whole].every(isTellable)) return null
  return disclosedIndex(Math.min(1, (share * stretch(part)) / stretch(whole)), whole.units)
}

/** A stretch of a curve between two points that are told. */
interface Piece {
  readonly end: number
  readonly amount: number
}

/**
 * `pieces`: the paid between each two points of an exact curve. A point is told where the paid since the one that is told before it, and those behind
 * it, can be told. Its ordinate is of the moved amounts.
 */
export function toldCurve(curve: readonly CurvePoint[], pieces: readonly KeyedMoney[]): readonly CurvePoint[] {
  const told = new Map<number, number>()
  for (const { end, amount } of tellablePieces(curve, pieces)) told.set(end, amount)
  const whole = told.get(curve.length - 1)
  return curve.map(({ population }, at) => {
    const amount = at === 0 && whole !== undefined ? 0 : told.get(at)
    return { population, amount: amount === undefined || !whole ? null : disclosedIndex(amount / whole, moneySum(pieces).units) }
  })
}

/** With the moved amounts up to their ends. */
function tellablePieces(curve: readonly CurvePoint[], pieces: readonly KeyedMoney[]): Piece[] {
  const found: Piece[] = []
  let [from, sum] = [0, 0]
  for (let end = 1; end < curve.length; end++) {
    const [own, rest] = [moneySum(pieces.slice(from, end)), moneySum(pieces.slice(end))]
    const [before, after] = [curve[from]?.amount ?? null, curve[end]?.amount ?? null]
    if (before === null || after === null || !isTellable(own) || !isTellable(rest)) continue
    // A curve parts a household, or equals, that stand across two pieces; who is counted stands in one.
    if (own.units === 0 && after !== before) continue
    sum += (after - before) * stretch(own)
    found.push({ end, amount: sum })
    from = end
  }
  return found
}
