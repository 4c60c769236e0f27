/** What is told of how far two orders of a population agree. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { RankComparison } from './compare-ranks.ts'
import { disclosedCount, disclosedIndex, disclosedMeasures, disclosedRate } from './disclose.ts'
import { toldCounts } from './told-counts.ts'
import type { OrderEffect } from './try-term.ts'

type ToldRanks = Omit<RankComparison, 'sameTenth' | 'behind'> & { readonly sameTenth: number | null }

/** Places are in hundredths. */
const SPAN = 100

export function toldRanks({ sameTenth, behind, ...indices }: RankComparison): ToldRanks {
  const count = toldCounts<'sameTenth'>({ sameTenth }, behind)
  if (!behind) return { ...disclosedMeasures(indices), ...count }
  const { formula, spearman, kendall, meanDistance, quantiles } = indices
  const { ranked } = behind
  return {
    formula,
    spearman: disclosedIndex(spearman, ranked),
    kendall: disclosedIndex(kendall, ranked),
    meanDistance: disclosedIndex(meanDistance, ranked, SPAN),
    // A quantile is somebody's move: ten and more moved less, and ten and more moved further.
    quantiles: quantiles.map(({ percent, move }) => ({
      percent,
      move: (Math.min(percent, 100 - percent) * ranked) / 100 < LEAST_UNITS ? null : disclosedIndex(move, ranked, SPAN),
    })),
    ...count,
  }
}

/** Of a term that is tried. A share of few ranked is a count of households. */
export function toldEffect({ otherTenth, ranked, behind, ...indices }: OrderEffect): OrderEffect {
  if (!behind || otherTenth === null || ranked === undefined) return roundedEffect({ otherTenth, ...indices }, ranked)
  const { meanDistance, spearman } = indices
  const others = Math.round(otherTenth * ranked)
  return {
    meanDistance: disclosedIndex(meanDistance, ranked, SPAN),
    otherTenth: disclosedRate({ units: others, key: behind.otherTenth }, { units: ranked, key: behind.ranked }),
    spearman: disclosedIndex(spearman, ranked),
  }
}

/** Without keys. */
function roundedEffect({ otherTenth, ...indices }: OrderEffect, ranked: number | undefined): OrderEffect {
  const units = otherTenth === null || ranked === undefined ? null : disclosedCount(Math.round(otherTenth * ranked))
  return disclosedMeasures({ ...indices, otherTenth: units === null || ranked === undefined ? null : Math.min(1, units / ranked) })
}
