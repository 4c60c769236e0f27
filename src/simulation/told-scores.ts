/** What is told of scores by group: shares that rest on imputed values, and poverty rates from likelihoods. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import { disclosedIndex } from './disclose.ts'
import type { LabelledBreakdown } from './groups.ts'
import { type GroupLikelihoods, likelihoodRate, likelihoodsByGroup, type LikelihoodSum } from './likelihood-rates.ts'
import type { GroupRates } from './group-fairness.ts'
import type { ScenarioOutcome } from './simulation-outcome.ts'
import { imputedShares } from './told-group-shares.ts'

export interface ToldScores {
  readonly imputed?: readonly { readonly formula: string; readonly fairness: readonly GroupRates[] }[]
  readonly likelihoods?: readonly {
    readonly formula: string
    readonly table: string
    readonly rate: number | null
    readonly groups: readonly GroupLikelihoods[]
  }[]
}

/** A rate from likelihoods is an index of fifty households and more: of a protected result to as many places as others are. */
export function toldScores(
  { imputed, likelihoods }: Pick<ScenarioOutcome, 'imputed' | 'likelihoods'>,
  breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[],
  exact: boolean,
): ToldScores {
  const rateOf = exact ? likelihoodRate : toldRate
  return {
    ...(imputed
      ? { imputed: imputed.map(({ formula, ...counts }) => ({ formula, fairness: imputedShares(counts, breakdowns, exact) })) }
      : {}),
    ...(likelihoods
      ? {
          likelihoods: likelihoods.map(({ formula, table, ...sums }) => ({
            formula,
            table,
            rate: rateOf(sums.all),
            groups: likelihoodsByGroup(sums, breakdowns, rateOf),
          })),
        }
      : {}),
  }
}

/** A table of nothing and of certainty counts whoever its author describes: a rate that comes to few households, or to all but few, is not told. */
function toldRate(sum: LikelihoodSum): number | null {
  const rate = likelihoodRate(sum)
  if (rate === null || rate === 0 || rate === 1) return rate
  return Math.min(rate, 1 - rate) * sum.households < LEAST_UNITS ? null : disclosedIndex(rate, sum.households)
}
