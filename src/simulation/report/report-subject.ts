/** What a report is about, gathered before it is rendered. */
import type { Words } from '../../language/fact-space.ts'
import type { ToldResult } from '../result.ts'
import type { SimulationRequest } from '../scenario-schema.ts'

/** By kind and id, such as `programme/housing`. */
export type ReportNames = Readonly<Record<string, Words>>

export interface ReportSubject {
  readonly id: string
  readonly request: SimulationRequest
  readonly manifestHash: string | null
  readonly finishedAt: string | null
  readonly told: ToldResult
  readonly names: ReportNames
}

export const REPORT_LANGUAGES = ['ar', 'en', 'both'] as const
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number]

export type ToldPolicy = ToldResult['baseline']
export type ToldMeasures = NonNullable<ToldPolicy['measures']>
export type ToldTargeting = ToldMeasures['programmes'][number]

/** The baseline and the scenarios in one row, as charts and tables compare them. */
export interface Policy {
  /** 0 is the baseline. */
  readonly place: number
  /** Null is the baseline. */
  readonly name: string | null
  readonly measures: ToldMeasures | null
  readonly nearCutOffs: ToldPolicy['nearCutOffs']
  readonly filters: ToldPolicy['filters']
  readonly imputed?: ToldPolicy['imputed']
  readonly likelihoods?: ToldPolicy['likelihoods']
  readonly leftOut: ToldPolicy['leftOut']
  readonly onSample?: ToldPolicy['onSample']
}

export const policiesOf = ({ baseline, scenarios }: ToldResult): readonly Policy[] => [
  { place: 0, name: null, ...baseline },
  ...scenarios.map(({ name, measures, nearCutOffs, filters, leftOut, imputed, likelihoods, onSample }, index) => ({
    place: index + 1,
    name,
    measures,
    nearCutOffs,
    filters,
    imputed,
    likelihoods,
    leftOut,
    onSample,
  })),
]

/** Whether somebody enters or leaves, or an amount changes, as far as it is told. */
export const isAffected = ({ all, spent, by }: ToldResult['scenarios'][number]['programmes'][number]): boolean =>
  all.entrants.units !== 0 ||
  all.leavers.units !== 0 ||
  spent.difference !== 0 ||
  [all.gainers, all.losers].some((change) => change !== null && change.units !== 0) ||
  Object.values(by).some((groups) => groups.some(({ selectedBefore, selectedAfter }) => selectedBefore.before !== selectedAfter.after))
