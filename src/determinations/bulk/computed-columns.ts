/** Sets the computed facts of a block of households as `setComputed` does for one: score, rank, percentile, statuses of earlier programmes. */
import type { Truth } from '../../kernel/truth.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactColumns } from '../../language/fact-columns.ts'
import { readBlock } from '../../language/fact-columns.ts'
import type { ScoreColumns } from '../../language/formula/compile-bulk.ts'
import { outcomeOf } from '../../language/rule/outcome.ts'
import { computedSlots } from '../computed-facts.ts'
import type { Block } from './bulk-bundle.ts'
import type { FormulaRanks } from './nation.ts'
import { rankSlots } from './rank-slots.ts'

/** A slot of catalogue.household that is known only after assembly. */
export type ComputedRead =
  | { readonly kind: 'score' | 'rank' | 'percentile'; readonly slot: number }
  | {
      readonly kind: 'status'
      readonly slot: number
      /** Place of the programme in the bundle. */
      readonly programme: number
      /** Index of the status's code by truth; -1 where the fact has no such code. */
      readonly codes: readonly number[]
      /** Index of the code that stands whatever the truth is; -1 where the fact has none. */
      readonly enrolled: number
    }

const TRUTHS: readonly Truth[] = [0, 1, 2]

/** Those of `slots` that are set for a programme that comes after `earlier`. */
export function computedReads(catalogue: Catalogue, slots: readonly number[], earlier: readonly string[]): ComputedRead[] {
  const { scores, statuses } = computedSlots(catalogue)
  const all: ComputedRead[] = [
    ...scores.map((slot) => ({ kind: 'score' as const, slot })),
    ...rankSlots(catalogue),
    ...statuses.map(({ slot, programme, type, enrolled }) => ({
      kind: 'status' as const,
      slot,
      programme: earlier.indexOf(programme),
      codes: TRUTHS.map((truth) => type.codes?.indexOf(outcomeOf(truth)) ?? -1),
      enrolled,
    })),
  ]
  return all.filter(({ slot }) => slots.includes(slot))
}

export interface ComputedSources {
  readonly base: number
  readonly rows: number
  readonly columns: FactColumns
  /** Of the programme's own formula. */
  readonly score: ScoreColumns | null
  readonly ranks: FormulaRanks | null
  /** Truths of the programmes by place, for the rows of the block. */
  readonly statuses: readonly Uint8Array[]
}

export function fillComputed(reads: readonly ComputedRead[], block: Block, sources: ComputedSources): void {
  const { base, rows, columns, score, ranks, statuses } = sources
  for (const read of reads) {
    const lo = block.lo[read.slot] as Float64Array
    const hi = block.hi[read.slot] as Float64Array
    readBlock(columns[read.slot], false, base, rows, lo, hi)
    if (read.kind === 'status') fillStatus(statuses[read.programme], read, rows, lo, hi)
    else if (read.kind === 'score') {
      if (!score) continue
      lo.set(score.lo.subarray(base, base + rows))
      hi.set(score.hi.subarray(base, base + rows))
    } else if (ranks) fillRank(ranks[read.kind], base, rows, lo, hi)
  }
}

type StatusRead = Extract<ComputedRead, { readonly kind: 'status' }>

/** Over what was assembled, which says who is enrolled. */
function fillStatus(
  truths: Uint8Array | undefined,
  { codes, enrolled }: StatusRead,
  rows: number,
  lo: Float64Array,
  hi: Float64Array,
): void {
  if (!truths) return
  for (let r = 0; r < rows; r++) {
    // A code is never negative, so that -1 stands for no row.
    if (lo[r] === enrolled && hi[r] === enrolled) continue
    const code = codes[truths[r] as number] as number
    if (code >= 0) lo[r] = hi[r] = code
  }
}

function fillRank(ranks: Uint32Array | Uint8Array, base: number, rows: number, lo: Float64Array, hi: Float64Array): void {
  for (let r = 0; r < rows; r++) {
    const rank = ranks[base + r] as number
    lo[r] = rank === 0 ? -Infinity : rank
    hi[r] = rank === 0 ? Infinity : rank
  }
}
