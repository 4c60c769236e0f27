/** What is told of scores by group: shares that rest on imputed values, and poverty rates from likelihoods. */
import { disclosedMeasures } from './disclose.ts'
import type { LabelledBreakdown } from './groups.ts'
import { type GroupLikelihoods, likelihoodRate, likelihoodsByGroup } from './likelihood-rates.ts'
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

/** A rate from likelihoods is an index of fifty households and more: of a protected result to three places, as others are. */
export function toldScores(
  { imputed, likelihoods }: Pick<ScenarioOutcome, 'imputed' | 'likelihoods'>,
  breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[],
  exact: boolean,
): ToldScores {
  const told = <T>(of: T): T => (exact ? of : disclosedMeasures(of))
  return {
    ...(imputed
      ? { imputed: imputed.map(({ formula, ...counts }) => ({ formula, fairness: imputedShares(counts, breakdowns, exact) })) }
      : {}),
    ...(likelihoods
      ? {
          likelihoods: likelihoods.map(({ formula, table, ...sums }) => ({
            formula,
            table,
            rate: told(likelihoodRate(sums.all)),
            groups: told(likelihoodsByGroup(sums, breakdowns)),
          })),
        }
      : {}),
  }
}
