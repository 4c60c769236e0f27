/** How two columns of scores order the population: agreement of the two orders, and how far households move. */
import { keptWith } from '../kernel/kept-with.ts'
import { countKeyed, type Keyed, keyedAt, keyedCounts } from '../kernel/keyed-counts.ts'
import { compareOrders } from './measures/compare-orders.ts'
import { kendallTauB, spearman } from './measures/rank-correlation.ts'
import { quantileGroups } from './measures/quantile.ts'
import { type MoveDistribution, rankMoves } from './measures/rank-moves.ts'
import { orderOfSorted, type WelfareOrder } from './measures/welfare-order.ts'

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
  /** Whoever stands in the same tenth. */
  readonly sameTenth: Keyed
}

/** `keys`: record key by row. */
export function compareScores(before: ScoredOrder, after: ScoredOrder, keys: Uint32Array): RankAgreement {
  const [was, is] = [orderOf(before), orderOf(after)]
  const found = compareOrders(was, is) ?? {
    spearman: spearman(before.scores, after.scores).value,
    kendall: kendallTauB(before.scores, after.scores).value,
    moved: rankMoves(was, is).moved,
  }
  return { ...found, sameTenth: inSameTenth(tenthsOf(was), tenthsOf(is), keys) }
}

const tenthsOf = keptWith((order: WelfareOrder) => quantileGroups(order))

function inSameTenth(before: Uint8Array, after: Uint8Array, keys: Uint32Array): Keyed {
  const found = keyedCounts(1)
  for (let row = 0; row < keys.length; row++) if (before[row] !== 0 && before[row] === after[row]) countKeyed(found, 0, keys[row] as number)
  return keyedAt(found, 0)
}

/** Kept with what it is of: a baseline is compared with many. */
export const orderOf = keptWith(({ rows, scores }: ScoredOrder) => orderOfSorted(rows, scores))
