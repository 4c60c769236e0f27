/** What a simulation comes to, exact: never told as it stands. */
import type { ProgrammeWitnesses } from '../programmes/difference/witness-programmes.ts'
import type { RankComparison } from './compare-ranks.ts'
import type { MovedScores } from './moved-scores.ts'
import type { EquivalenceScale } from './equivalence-scale.ts'
import type { FormulaImputed } from './imputed-scores.ts'
import type { FormulaLikelihoods } from './likelihood-rates.ts'
import type { ProgrammeFilters } from './count-filters.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { LeftOut } from './left-out.ts'
import type { SampleMeasures } from './on-sample/measure-sample.ts'
import type { SampleOutcome } from './on-sample/on-sample.ts'
import type { PolicyMeasures } from './measure-policies.ts'
import type { CutOffNearness } from './cut-off-nearness.ts'
import type { Sensitivity } from './sensitivity.ts'
import type { ProgrammeOutcome } from './simulate.ts'

export interface ScenarioOutcome {
  readonly name: string
  readonly versionSet: string
  readonly programmes: readonly ProgrammeOutcome[]
  readonly ranks: readonly RankComparison[]
  readonly nearCutOffs: readonly CutOffNearness[]
  /** Null where there is no reference welfare. */
  readonly filters: readonly ProgrammeFilters[] | null
  /** Absent in results from before it was counted. */
  readonly leftOut?: LeftOut
  /** Null where there is no reference welfare, or no line. */
  readonly measures: PolicyMeasures | null
  /** Absent of results that were stored without it. */
  readonly imputed?: readonly FormulaImputed[] | undefined
  /** Of formulas with a table of likelihoods; absent of results that were stored without it. */
  readonly likelihoods?: readonly FormulaLikelihoods[] | undefined
  /** Where a sample was asked for. */
  readonly onSample?: SampleMeasures | undefined
  /** Where they were asked for. */
  readonly witnesses?: readonly ProgrammeWitnesses[] | undefined
  readonly movedScores?: readonly MovedScores[] | undefined
}

export interface SimulationOutcome {
  readonly run: string
  readonly asOf: string
  readonly snapshot: string
  readonly inputs: string
  readonly versionSet: string
  readonly households: number
  readonly persons: number
  /** Of the households, as a cell's. */
  readonly key: number
  readonly breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[]
  /** What errors and poverty are measured against, and the line in thousandths per person and month. */
  readonly reference: {
    readonly kind: 'synthetic'
    readonly line: number
    /** Where welfare and line are per equivalent adult. */
    readonly scale?: EquivalenceScale
  } | null
  /** The uploaded sample that everything is measured on too, where one was asked for. */
  readonly sample?: SampleOutcome | undefined
  readonly baseline: Pick<ScenarioOutcome, 'nearCutOffs' | 'filters' | 'leftOut' | 'measures' | 'imputed' | 'likelihoods' | 'onSample'> & {
    /** Where it was asked for; null where the baseline reads other values than the snapshot holds. */
    readonly sensitivity?: Sensitivity | null | undefined
  }
  readonly scenarios: readonly ScenarioOutcome[]
}
