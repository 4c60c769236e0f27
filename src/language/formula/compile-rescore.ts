/** Scores by a formula from scores by another, of which a few terms differ: only these are computed. */
import type { FactColumns } from '../fact-columns.ts'
import { BLOCK_ROWS, bulkTerm } from './bulk-term.ts'
import { compileFormulaBulk, type ScoreColumns } from './compile-bulk.ts'
import type { Formula } from './formula.ts'

/** Scores rows by a formula from their scores `before` by another. */
export type BulkRescoreFunction = (columns: FactColumns, from: number, to: number, before: ScoreColumns, out: ScoreColumns) => void

/**
 * Takes the terms off that only `before` has and puts those on that only `after` has: whole numbers, so that the sum is the same to the last digit.
 * A row that only a term taken off leaves without a score is scored afresh, with its block: what the others come to, the score does not say.
 * Null where that saves nothing. Both read the same facts, with the same values.
 */
export function compileRescoreBulk(before: Formula, after: Formula): BulkRescoreFunction | null {
  const [was, is] = [before.terms.map(bulkTerm), after.terms.map(bulkTerm)]
  // A term that both have is one and the same function.
  const off = before.terms.filter((_, place) => !is.includes(was[place] as (typeof was)[number]))
  const on = after.terms.filter((_, place) => !was.includes(is[place] as (typeof is)[number]))
  const isPlain = new Set(was).size === was.length && new Set(is).size === is.length
  if (!isPlain || off.length + on.length >= after.terms.length) return null
  const less = compileFormulaBulk({ ...before, terms: off })
  const more = compileFormulaBulk({ ...after, terms: on })
  const afresh = off.some(({ unknown }) => unknown.kind === 'undetermined') ? compileFormulaBulk(after) : null
  return (columns, from, to, old, out) => {
    more(columns, from, to, out)
    const minus = { point: new Float64Array(to), lo: new Float64Array(to), hi: new Float64Array(to) }
    less(columns, from, to, minus)
    const lost = afresh
      ? blocksWhere(from, to, (row) => Number.isNaN(minus.point[row] as number) && !Number.isNaN(out.point[row] as number))
      : []
    for (const end of ['point', 'lo', 'hi'] as const) {
      const [sum, whole, part] = [out[end], old[end], minus[end]]
      for (let row = from; row < to; row++) sum[row] = (sum[row] as number) + ((whole[row] as number) - (part[row] as number))
    }
    for (const base of lost) afresh?.(columns, base, Math.min(base + BLOCK_ROWS, to), out)
  }
}

/** First rows of the blocks in which some row is such. */
function blocksWhere(from: number, to: number, isSuch: (row: number) => boolean): number[] {
  const found: number[] = []
  for (let base = from; base < to; base += BLOCK_ROWS) {
    const end = Math.min(base + BLOCK_ROWS, to)
    let row = base
    while (row < end && !isSuch(row)) row++
    if (row < end) found.push(base)
  }
  return found
}
