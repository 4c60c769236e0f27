/** How two columns of scores order the population: agreement of the two orders, and how far households move. */
import { keptWith } from '../kernel/kept-with.ts'
import { compareOrders, type OrdersCompared } from './measures/compare-orders.ts'
import { quantileGroups } from './measures/quantile.ts'
import { kendallTauB, spearman } from './measures/rank-correlation.ts'
import { rankMoves } from './measures/rank-moves.ts'
import { orderOfSorted, type WelfareOrder } from './measures/welfare-order.ts'

export interface ScoredOrder {
  /** Micro-points by row; NaN unknown. */
  readonly scores: Float64Array
  /** Rows with a score, ascending. */
  readonly rows: Uint32Array
}

export type RankAgreement = OrdersCompared

/** `keys`: record key by row. */
export function compareScores(before: ScoredOrder, after: ScoredOrder, keys: Uint32Array): RankAgreement {
  const [was, is] = [orderOf(before), orderOf(after)]
  return (
    compareOrders(was, is, keys) ?? {
      spearman: spearman(before.scores, after.scores).value,
      kendall: kendallTauB(before.scores, after.scores).value,
      moved: rankMoves(was, is).moved,
      keys: keysOfRanked(was, is, keys),
    }
  )
}

/** Where one of the orders does not rank all that the other does. */
function keysOfRanked(was: WelfareOrder, is: WelfareOrder, keys: Uint32Array): RankAgreement['keys'] {
  const [before, after] = [quantileGroups(was), quantileGroups(is)]
  const sums = new Uint32Array(2)
  for (let row = 0; row < keys.length; row++) {
    if (before[row] === 0 || after[row] === 0) continue
    // Modulo 2^32, as the array stores it.
    sums[0] = (sums[0] as number) + (keys[row] as number)
    if (before[row] === after[row]) sums[1] = (sums[1] as number) + (keys[row] as number)
  }
  return { ranked: sums[0] as number, sameTenth: sums[1] as number }
}

/** Kept with what it is of: a baseline is compared with many. */
export const orderOf = keptWith(({ rows, scores }: ScoredOrder) => orderOfSorted(rows, scores))
