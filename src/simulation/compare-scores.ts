/** How two columns of scores order the population: agreement of the two orders, and how far households move. */
import { keptWith } from '../kernel/kept-with.ts'
import { compareOrders } from './measures/compare-orders.ts'
import { kendallTauB, spearman } from './measures/rank-correlation.ts'
import { type MoveDistribution, rankMoves } from './measures/rank-moves.ts'
import { orderOfSorted } from './measures/welfare-order.ts'

export interface ScoredOrder {
  /** Micro-points by row; NaN unknown. */
  readonly scores: Float64Array
  /** Rows with a score, ascending. */
  readonly rows: Uint32Array
}

export interface RankAgreement {
  readonly spearman: number | null
  readonly kendall: number | null
  readonly moved: MoveDistribution
}

export function compareScores(before: ScoredOrder, after: ScoredOrder): RankAgreement {
  const [was, is] = [orderOf(before), orderOf(after)]
  return (
    compareOrders(was, is) ?? {
      spearman: spearman(before.scores, after.scores).value,
      kendall: kendallTauB(before.scores, after.scores).value,
      moved: rankMoves(was, is).moved,
    }
  )
}

/** Kept with what it is of: a baseline is compared with many. */
export const orderOf = keptWith(({ rows, scores }: ScoredOrder) => orderOfSorted(rows, scores))
