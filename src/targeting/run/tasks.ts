/** What a run's threads are told and what they answer. */
import type { DeclaredAnswers } from '../../households/declared.ts'
import type { Served } from '../../households/enrolled-status.ts'
import type { SharedColumns } from '../../households/nation/elsewhere-columns.ts'
import type { AssembledRange } from '../../households/nation/assemble-range.ts'
import type { HomeRange } from '../../households/nation/read-chunk.ts'
import type { NumberedText } from '../../programmes/compile-bundle.ts'
import type { ReplicaSettings } from '../../warehouse/replica/open-replica.ts'
import type { MissingAsked, MissingFacts } from './missing-facts.ts'
import type { UnitPlaces } from './unit-places.ts'
import type { NationRanks, NationScores, ProgrammeColumns } from '../../determinations/bulk/nation.ts'

/** Said once to every thread. */
export interface ThreadStart {
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
  | { readonly kind: 'score'; readonly part: PartFile }
  | {
      readonly kind: 'judge'
      readonly part: PartFile
      readonly scores: NationScores
      readonly ranks: NationRanks | null
      readonly sample: readonly number[]
    }
  | { readonly kind: 'missing'; readonly part: PartFile; readonly asked: readonly MissingAsked[] }

/** What a scored part came to, by household row of the part. */
export interface ScoredPart {
  readonly householdRefs: Float64Array
  /** Members of each household. */
  readonly persons: Uint32Array
  /** Index of the governorate's code; NO_AREA where unknown. */
  readonly governorate: Uint8Array
  readonly places: UnitPlaces
  readonly scores: NationScores
}

/** What a judged part came to, by household row of the part or person row of the part. */
export interface JudgedPart {
  readonly personRefs: Float64Array
  readonly programmes: readonly ProgrammeColumns[]
  /** Households that were judged again, and what the ways of judging said differently. */
  readonly sampled: number
  readonly disagreements: readonly string[]
}

export interface Answers {
  readonly elsewhere: null
  readonly assemble: AssembledRange
  readonly score: ScoredPart
  readonly judge: JudgedPart
  /** By what was asked. */
  readonly missing: readonly MissingFacts[]
}
