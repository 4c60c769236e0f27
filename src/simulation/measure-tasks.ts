/** What the threads that measure are told and asked, and what they answer. */
import type { NationScores, ProgrammeColumns } from '../determinations/bulk/nation.ts'
import type { ScoreColumns } from '../language/formula/compile-bulk.ts'
import type { NumberedText } from '../programmes/compile-bundle.ts'
import type { NationPart } from '../targeting/run/tasks.ts'
import type { SelectedList } from '../targeting/run/select-programme.ts'
import type { RankAgreement, ScoredOrder } from './compare-scores.ts'
import type { ImputedCounts } from './imputed-scores.ts'
import type { LikelihoodSums, LikelihoodTable } from './likelihood-rates.ts'
import type { LeftOutList, ProgrammeLeftOut } from './left-out.ts'
import type { AfterTransfers, Measured } from './measure-policies.ts'
import type { ProgrammeMeasures } from './measure-programme.ts'
import type { ContestedList } from './contests.ts'
import type { NearContest } from './near-cut-offs.ts'
import type { Breakdown } from './breakdown.ts'
import type { Tabulation } from './tabulate.ts'
import type { MonthlyTransfers } from './transfers.ts'
import type { TermEffect } from './try-term.ts'
import type { UndeterminedUnits } from './undetermined-units.ts'

/** What is the same for all programmes and scenarios of one baseline. */
export interface MeasuringBasis {
  /** Of the population, by household row. */
  readonly breakdowns: readonly Breakdown[]
  readonly keys: Uint32Array
  readonly persons: Uint32Array
  /** Household row by person row of the population. */
  readonly householdOf: Uint32Array
  /** Of the baseline, by place of its formula. */
  readonly orders: readonly ScoredOrder[]
  /** Null where there is no reference welfare, or no line. */
  readonly measured: Measured | null
}

/** A programme's list beside what its rule came to, as far as measures read it. */
export interface MeasuredList {
  readonly truth: ProgrammeColumns['truth']
  readonly list: Pick<SelectedList, 'programme' | 'unit' | 'household' | 'person' | 'benefit' | 'benefitScale' | 'score'> & {
    readonly allocation: Pick<SelectedList['allocation'], 'status' | 'reason' | 'position'>
  }
}

export type MeasureTask =
  /** The baseline's order by a formula, by its place, beside another order of the same population. */
  | { readonly kind: 'orders'; readonly basis: number; readonly before: number; readonly after: ScoredOrder }
  /** Scores of the population by one formula, of which some rest on imputed values. */
  | { readonly kind: 'imputed'; readonly basis: number; readonly scores: ScoreColumns }
  /** Points of the population by one formula, of which a table makes likelihoods. */
  | { readonly kind: 'likelihoods'; readonly basis: number; readonly points: Float64Array; readonly table: LikelihoodTable }
  /** The undetermined of one list. */
  | { readonly kind: 'undetermined'; readonly basis: number; readonly one: MeasuredList }
  /** Who stands near a cut-off of a list; `areas` by the row that each unit has in `rows`, `within` in micro-points. */
  | {
      readonly kind: 'near'
      readonly basis: number
      readonly list: Omit<ContestedList, 'area'> & {
        readonly rows: Uint32Array
        readonly household: Uint32Array
        readonly areas: Uint8Array | null
      }
      readonly within: number
    }
  /** Whom the measures of a list leave out. */
  | { readonly kind: 'leftOut'; readonly basis: number; readonly list: LeftOutList }
  /** One list by itself, where there is a reference welfare: what it does to whom. */
  | {
      readonly kind: 'list'
      readonly basis: number
      readonly list: MeasuredList['list']
      readonly months: number
      readonly undetermined: UndeterminedUnits
    }
  /** Poverty and inequality with what all of a decision's programmes pay, in their order. */
  | { readonly kind: 'policy'; readonly basis: number; readonly transfers: readonly MonthlyTransfers[] }
  /** What became of every unit before and after; null where a side does not have the programme. */
  | {
      readonly kind: 'transitions'
      readonly basis: number
      readonly before: MeasuredList | null
      readonly after: MeasuredList | null
      /** Where the same truths decide before and after. */
      readonly undetermined: UndeterminedUnits['totals'] | null
    }
  /** A term of one of the baseline's formulas, by their places, tried over the columns that were shown last. */
  | { readonly kind: 'term'; readonly basis: number; readonly place: number; readonly term: number }

export interface ListMeasured {
  readonly measures: ProgrammeMeasures
  readonly transfers: MonthlyTransfers
}

export interface MeasureAnswers {
  readonly orders: RankAgreement
  readonly imputed: ImputedCounts
  readonly likelihoods: LikelihoodSums
  readonly undetermined: UndeterminedUnits
  readonly near: readonly NearContest[]
  readonly leftOut: ProgrammeLeftOut
  readonly list: ListMeasured | null
  readonly policy: AfterTransfers | null
  readonly transitions: Tabulation
  readonly term: TermEffect
}

/** Said to every thread: what tasks name by its number. The last few are kept. */
export interface BasisTold {
  readonly kind: 'basis'
  readonly number: number
  readonly basis: MeasuringBasis
}

export const BASES_KEPT = 4

/** What terms are tried over: the facts that formulas read of the snapshot, and the scores as they are. In memory that threads share. */
export interface TriedColumns {
  readonly parts: readonly Pick<NationPart, 'firstHousehold' | 'households' | 'household'>[]
  /** By formula, by household row of the snapshot. */
  readonly scores: NationScores
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
}

/** Said to every thread before terms are tried, with the versions' texts; null after. */
export interface TermsShown {
  readonly kind: 'terms'
  readonly tried: (TriedColumns & { readonly texts: readonly NumberedText[] }) | null
}
