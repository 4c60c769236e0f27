/** How a scenario's scores order the population, beside the baseline's: agreement of the two orders, and how far households move. */
import { keptWith } from '../kernel/kept-with.ts'
import { agreementOfOrders, kendallTauB, spearman } from './measures/rank-correlation.ts'
import { rankMoves } from './measures/rank-moves.ts'
import { nearCutOff } from './measures/near-cut-off.ts'
import { welfareOrder } from './measures/welfare-order.ts'
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

/** Of scores as they stand in a decision: a baseline's are ordered once. */
export const orderOf = keptWith((scores: Float64Array) => welfareOrder(scores))

/** Of formulas that both rank by and score differently. */
export function compareRanks(before: Decision, after: Decision): RankComparison[] {
  return formulasOfBoth(before.bundle, after.bundle).flatMap(({ id, before: was, after: is }) => {
    const [old, now] = [before.nation.scores[was]?.point, after.nation.scores[is]?.point]
    if (!old || !now || old === now) return []
    const [orderBefore, orderAfter] = [orderOf(old), orderOf(now)]
    const { moved } = rankMoves(orderBefore, orderAfter)
    const agreement = agreementOfOrders(orderBefore, orderAfter) ?? {
      spearman: spearman(old, now).value,
      kendall: kendallTauB(old, now).value,
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
