/** Compiles a checked formula to loops over columns: the same statements per term as for one household, a block of rows at a time. */
import type { FactColumns } from '../fact-columns.ts'
import { readBlock } from '../fact-columns.ts'
import { slotsOf as slotsOfCondition } from '../condition/condition.ts'
import { BLOCK_ROWS, type BlockEnds, bulkTerm, newSums, type Sums } from './bulk-term.ts'
import type { Formula } from './formula.ts'

/** Scores by row in integer millionths; `point` is NaN where there is none. */
export interface ScoreColumns {
  readonly point: Float64Array
  readonly lo: Float64Array
  readonly hi: Float64Array
}

/** Scores the rows `from` to `to` (exclusive) into the same rows of `out`. */
export type BulkScoreFunction = (columns: FactColumns, from: number, to: number, out: ScoreColumns) => void

export function compileFormulaBulk({ terms, intercept, space: { types } }: Formula): BulkScoreFunction {
  const added = terms.map(bulkTerm)
  const read = [...new Set(terms.flatMap((term) => (term.kind === 'conditional' ? slotsOfCondition(term.condition) : [])))]
  const ends = (): Float64Array[] => types.map((_, slot) => new Float64Array(read.includes(slot) ? BLOCK_ROWS : 0))
  const block: BlockEnds = { lo: ends(), hi: ends() }
  const sums = newSums()
  return (columns, from, to, out) => {
    for (let base = from; base < to; base += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, to - base)
      sums.settled.fill(intercept, 0, rows)
      sums.isOpen = false
      for (const slot of read)
        readBlock(
          columns[slot],
          types[slot]?.type === 'boolean',
          base,
          rows,
          block.lo[slot] as Float64Array,
          block.hi[slot] as Float64Array,
        )
      for (const add of added) add({ columns, block, base, rows }, sums)
      write(sums, base, rows, out)
    }
  }
}

function write({ settled, isOpen, point, lo, hi, whole }: Sums, base: number, rows: number, out: ScoreColumns): void {
  if (!isOpen) {
    const sums = settled.subarray(0, rows)
    for (const into of [out.point, out.lo, out.hi]) into.set(sums, base)
    return
  }
  const [wholePoint, wholeLo, wholeHi] = whole as unknown as [number, number, number]
  for (let r = 0; r < rows; r++) {
    const sum = settled[r] as number
    out.point[base + r] = sum + (point[r] as number) + wholePoint
    out.lo[base + r] = sum + (lo[r] as number) + wholeLo
    out.hi[base + r] = sum + (hi[r] as number) + wholeHi
  }
}
