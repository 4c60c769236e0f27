/** How a scenario's scores order the population, beside the baseline's: agreement of the two orders, and how far households move. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { RanksBehind } from './behind.ts'
import type { RankAgreement, ScoredOrder } from './compare-scores.ts'
import type { Ranked } from './decide.ts'
import { formulasOfBoth } from './formulas-of-both.ts'
import type { Comparing } from './simulate.ts'

export interface RankComparison {
  readonly formula: string
  readonly spearman: number | null
  readonly kendall: number | null
  /** Hundredths of the population: greatest and mean distance, and quantiles of the move. */
  readonly meanDistance: number | null
  readonly quantiles: readonly { readonly percent: number; readonly move: number | null }[]
  /** Households in the same tenth. */
  readonly sameTenth: number
  readonly behind?: RanksBehind
}

/** Of each formula, as it ranks a population. */
export const scoredOrders = keptWith(({ bundle, nation, rankings }: Ranked): readonly ScoredOrder[] =>
  scoredFormulas(bundle).map(({ formula }, place) => {
    const [ranking, scores] = [rankings[place], nation.scores[place]?.point]
    // INVARIANT: a decision ranks by every formula that it scores.
    if (!ranking || !scores) throw new Error(`the decision has no ranking ${place}`)
    return { scores, rows: formula.direction === 'lowerIsPoorer' ? ranking.order : ranking.order.toReversed() }
  }),
)

/** Of formulas that both rank by and score differently; `before` is what the basis is of. */
export async function compareRanks({ measuring, basis }: Comparing, before: Ranked, after: Ranked): Promise<RankComparison[]> {
  const formulas = formulasOfBoth(before.bundle, after.bundle).filter(({ before: was, after: is }) => {
    const [old, now] = [before.nation.scores[was]?.point, after.nation.scores[is]?.point]
    return old && now && old !== now
  })
  const [own, number] = [scoredOrders(after), await measuring.numberOf(basis)]
  const answers = await measuring.perform(
    formulas.map(({ before: was, after: is }) => ({ kind: 'orders' as const, basis: number, before: was, after: own[is] as ScoredOrder })),
  )
  return formulas.map(({ id }, at): RankComparison => {
    const { spearman, kendall, moved, keys } = answers[at] as RankAgreement
    return {
      formula: id,
      spearman,
      kendall,
      meanDistance: moved.meanDistance,
      quantiles: moved.quantiles,
      sameTenth: moved.sameGroup,
      behind: { ranked: moved.units, sameTenth: keys.sameTenth },
    }
  })
}
