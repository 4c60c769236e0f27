/** What the impact of a change comes to, exact: never told as it stands. */
import type { Words } from '../../language/fact-space.ts'
import type { ProgrammeWitnesses } from '../../programmes/difference/witness-programmes.ts'
import type { LabelledBreakdown } from '../groups.ts'
import type { ProgrammeOutcome } from '../simulate.ts'
import type { Cell } from '../tabulate.ts'

/** A condition of a rule that nobody in the snapshot fails. */
export interface UnmetFilter {
  readonly programme: string
  /** Name of the rule's text, and the place in it. */
  readonly pointer: string
  readonly definition: string | null
  readonly because: Words | null
}

/** Units whose selection hangs on missing facts. */
export interface MissingOutcome {
  readonly before: Cell
  readonly after: Cell
  /** After and not before, and before and not after. */
  readonly newly: Cell
  readonly noLonger: Cell
}

export interface ProgrammeImpact extends ProgrammeOutcome {
  /** Whether there is such a programme before and after. */
  readonly presence: 'both' | 'new' | 'gone'
  readonly missing: MissingOutcome
  /** Where the rule decides otherwise, by kind of change, with a made-up household; null for a programme of one side only. */
  readonly difference: ProgrammeWitnesses['difference']
}

export interface ImpactOutcome {
  readonly format: 1
  readonly effectiveFrom: string
  readonly run: string
  readonly asOf: string
  readonly snapshot: string
  /** Hashes of the sets of versions without the change and with it. */
  readonly base: string
  readonly draft: string
  readonly households: number
  readonly persons: number
  /** Of the households, as a cell's. */
  readonly key: number
  readonly breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[]
  /** Programmes that the change touches, and those whose outcomes it alters. */
  readonly programmes: readonly ProgrammeImpact[]
  /** Ids of programmes of which nothing is altered. */
  readonly unaltered: readonly string[]
  /** In the programmes that the change touches. */
  readonly unmet: readonly UnmetFilter[]
}
