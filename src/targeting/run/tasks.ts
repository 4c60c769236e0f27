/** What a run's threads are told and what they answer. */
import type { DeclaredAnswers } from '../../households/declared.ts'
import type { ColumnFile, WantedSlots } from '../../households/nation/column-file.ts'
import type { Served } from '../../households/enrolled-status.ts'
import type { SharedColumns } from '../../households/nation/elsewhere-columns.ts'
import type { AssembledRange } from '../../households/nation/assemble-range.ts'
import type { HomeRange } from '../../households/nation/read-chunk.ts'
import type { RenewedPart } from '../../households/nation/renew-parts.ts'
import type { Rederived } from '../../language/catalogue/assembly/rederive.ts'
import type { NumberedText } from '../../programmes/compile-bundle.ts'
import type { ReplicaSettings } from '../../warehouse/replica/open-replica.ts'
import type { ScoreDirection } from '../order-rows.ts'
import type { Ranked } from '../rank.ts'
import type { MissingAsked, MissingFacts } from './missing-facts.ts'
import type { ProgrammeSelection, SelectionAnswer } from './select-programme.ts'
import type { FilterCounts } from '../../determinations/bulk/filters.ts'
import type { NationColumns, NationRanks, NationScores } from '../../determinations/bulk/nation.ts'

/** Said once to every thread. */
export interface ThreadStart {
  /** What the snapshot is assembled and judged by; more can be learnt later. */
  readonly bundle: string
  readonly texts: readonly NumberedText[]
  readonly asOf: number
  /** What assembling takes; null where a finished snapshot is judged. */
  readonly assembly: {
    readonly replica: ReplicaSettings
    readonly usable: readonly string[]
    readonly elsewhere: SharedColumns
    readonly served: Served
  } | null
}

/** One file of a snapshot's parts. */
export interface PartFile {
  readonly path: string
  readonly hash: string
}

export type Task =
  | { readonly kind: 'elsewhere'; readonly range: HomeRange }
  | { readonly kind: 'assemble'; readonly range: HomeRange; readonly path: string; readonly declared: ReadonlyMap<number, DeclaredAnswers> }
  /** Parts from those of an earlier snapshot: only `homes` of them are assembled. */
  | {
      readonly kind: 'renew'
      readonly parts: readonly RenewedPart[]
      readonly homes: Float64Array
      /** Facts of theirs that may be others; null: any. */
      readonly facts: ReadonlySet<string> | null
      readonly declared: ReadonlyMap<number, DeclaredAnswers>
    }
  | { readonly kind: 'open'; readonly part: PartFile; readonly wanted: WantedSlots }
  | {
      readonly kind: 'score'
      readonly bundle: string
      readonly part: number
      readonly scores: NationScores
      /** Places of the formulas that are to be scored; null for all. */
      readonly only: readonly number[] | null
      /** Scores by formulas of other versions, from which few terms differ. */
      readonly rescores: readonly RescoreTask[]
    }
  /** All of a population by their tie-break. */
  | { readonly kind: 'tieOrder'; readonly cycle: string; readonly references: Float64Array }
  | { readonly kind: 'rank'; readonly score: Float64Array; readonly direction: ScoreDirection; readonly tieOrder: Uint32Array }
  /** Which households are judged again. */
  | { readonly kind: 'sample'; readonly cycle: string; readonly references: Float64Array; readonly count: number }
  | {
      readonly kind: 'judge'
      readonly bundle: string
      readonly part: number
      readonly scores: NationScores
      readonly ranks: NationRanks | null
      readonly columns: NationColumns
      /** Places of the programmes that are to be judged; those whose status they hear are judged already, or among them. */
      readonly only: readonly number[]
    }
  | {
      readonly kind: 'check'
      readonly bundle: string
      readonly scores: NationScores
      readonly ranks: NationRanks | null
      readonly columns: NationColumns
      /** Household rows, by part, that are judged again. */
      readonly sample: readonly { readonly part: number; readonly rows: Uint32Array }[]
    }
  /** `programme`: place in the bundle. */
  | { readonly kind: 'select'; readonly bundle: string; readonly programme: number; readonly selection: ProgrammeSelection }
  /** Facts of a part computed again, because parameters have other values. */
  | { readonly kind: 'rederive'; readonly bundle: string; readonly part: number; readonly facts: readonly string[] }
  | {
      readonly kind: 'filters'
      readonly bundle: string
      readonly part: number
      readonly scores: NationScores
      readonly ranks: NationRanks | null
      readonly columns: NationColumns
      readonly only: readonly number[]
      /** By household row of the nation: see CountedNation. */
      readonly standing: Uint8Array
      readonly keys: Uint32Array | null
    }
  | { readonly kind: 'missing'; readonly bundle: string; readonly part: number; readonly asked: readonly MissingAsked[] }

/** By place of the formula in the versions at hand, and in those that it is compared with. */
export interface RescoreTask {
  readonly place: number
  readonly bundle: string
  readonly placeBefore: number
  readonly scores: NationScores[number]
}

/** What every thread is told; those that follow may rely on it. */
export type Told =
  /** The parts of the nation that tasks name by their index. */
  | { readonly kind: 'hold'; readonly parts: readonly NationPart[] }
  /** Columns that stand in the place of the parts' own where tasks name this set of versions, by part. */
  | { readonly kind: 'overlay'; readonly bundle: string; readonly parts: readonly Rederived[] }
  /** Nothing is assembled any more: the replica is somebody else's. */
  | { readonly kind: 'release' }
  /** Texts that tasks name by the hash of their set. */
  | { readonly kind: 'learn'; readonly bundle: string; readonly texts: readonly NumberedText[] }

/** A part's columns in shared memory, and where its rows stand in the nation. */
export interface NationPart extends OpenedPart {
  readonly index: number
  readonly firstHousehold: number
  readonly firstPerson: number
}

export interface OpenedPart extends ColumnFile {
  /** Household row of the part by person row of the part. */
  readonly householdOf: Uint32Array
}

/** Parts that are in memory already with all that is wanted of them, by hash. */
export type OpenedParts = ReadonlyMap<string, OpenedPart>

/** `opened`: what the run reads of the part, if it was held against its hashes on the way. */
export interface RenewedAndOpened extends AssembledRange {
  readonly opened: OpenedPart | null
}

export interface Answers {
  readonly elsewhere: null
  readonly assemble: AssembledRange
  /** By part. */
  readonly renew: readonly RenewedAndOpened[]
  readonly open: OpenedPart
  readonly score: null
  readonly tieOrder: Uint32Array
  readonly rank: Ranked
  readonly sample: Uint32Array
  readonly select: SelectionAnswer
  readonly rederive: Rederived
  /** By programme. */
  readonly filters: readonly FilterCounts[]
  readonly judge: null
  /** What the ways of judging said differently of the sampled households. */
  readonly check: readonly string[]
  /** By what was asked. */
  readonly missing: readonly MissingFacts[]
}
