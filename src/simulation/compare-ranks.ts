/** How a scenario's scores order the population, beside the baseline's: agreement of the two orders, and how far households move. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { keptWith } from '../kernel/kept-with.ts'
import { compareOrders } from './measures/compare-orders.ts'
import { kendallTauB, spearman } from './measures/rank-correlation.ts'
import { rankMoves } from './measures/rank-moves.ts'
import { nearCutOff } from './measures/near-cut-off.ts'
import { orderOfSorted, type WelfareOrder } from './measures/welfare-order.ts'
import type { Ranking } from '../targeting/rank.ts'
import type { Decision } from './decide.ts'
import { formulasOfBoth } from './formulas-of-both.ts'
import { statusCode } from '../targeting/outcome.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'

export interface RankComparison {
  readonly formula: string
  readonly spearman: number | null
  readonly kendall: number | null
  /** Hundredths of the population: greatest and mean distance, and quantiles of the move. */
  readonly meanDistance: number | null
  readonly quantiles: readonly { readonly percent: number; readonly move: number | null }[]
  /** Households in the same tenth. */
  readonly sameTenth: number
}

export interface CutOffNearness {
  readonly programme: string
  /** Micro-points of the last new unit selected; null where nobody is selected by score. */
  readonly cutOff: number | null
  readonly within: number
  /** Units within that distance on either side. */
  readonly below: number
  readonly above: number
}

/** Of a formula as it ranks a decision's population, scores ascending: a baseline's are ordered once. */
export function orderOf({ bundle, nation, rankings }: Decision, place: number): WelfareOrder {
  const [ranking, scores] = [rankings[place], nation.scores[place]]
  // INVARIANT: a decision ranks by every formula that it scores.
  if (!ranking || !scores) throw new Error(`the decision has no ranking ${place}`)
  const poorestFirst = scoredFormulas(bundle)[place]?.formula.direction === 'lowerIsPoorer'
  return orderFrom(ranking)(scores.point, poorestFirst)
}

const orderFrom = keptWith(({ order }: Ranking) => {
  let made: WelfareOrder | undefined
  return (scores: Float64Array, isAscending: boolean): WelfareOrder =>
    (made ??= orderOfSorted(isAscending ? order : order.toReversed(), scores))
})

/** Of formulas that both rank by and score differently. */
export function compareRanks(before: Decision, after: Decision): RankComparison[] {
  return formulasOfBoth(before.bundle, after.bundle).flatMap(({ id, before: was, after: is }) => {
    const [old, now] = [before.nation.scores[was]?.point, after.nation.scores[is]?.point]
    if (!old || !now || old === now) return []
    const [orderBefore, orderAfter] = [orderOf(before, was), orderOf(after, is)]
    const { moved, ...agreement } = compareOrders(orderBefore, orderAfter) ?? {
      spearman: spearman(old, now).value,
      kendall: kendallTauB(old, now).value,
      moved: rankMoves(orderBefore, orderAfter).moved,
    }
    return [
      {
        formula: id,
        ...agreement,
        meanDistance: moved.meanDistance,
        quantiles: moved.quantiles,
        sameTenth: moved.sameGroup,
      },
    ]
  })
}

/** Twentieth of a point: what a rounding, or an error of one small term, can move. */
const WITHIN = 50_000

export const nearCutOffs = ({ lists }: Decision): CutOffNearness[] => lists.map(nearCutOffOf)

/** Kept with the list: scenarios share those that they leave as they are. */
const nearCutOffOf = keptWith(({ programme, score, allocation }: ProgrammeList): CutOffNearness => {
  const selected = statusCode('selected')
  let cutOff: number | null = null
  for (const row of allocation.order) if (allocation.status[row] === selected && !Number.isNaN(score[row])) cutOff = score[row] as number
  if (cutOff === null) return { programme, cutOff, within: WITHIN, below: 0, above: 0 }
  const { below, above } = nearCutOff(score, cutOff, WITHIN)
  return { programme, cutOff, within: WITHIN, below, above }
})
