/** Compiles a checked formula to loops over columns: the same statements per term as for one household, a block of rows at a time. */
import { compileBulk as compileConditionBulk, type EvaluateBulk } from '../condition/compile.ts'
import type { FactColumns } from '../fact-columns.ts'
import { readBlock } from '../fact-columns.ts'
import { keptBySource } from '../generated-code.ts'
import type { Formula, Term } from './formula.ts'
import { slotsOf } from './formula.ts'
import { pointsOf, runtime, termFunctions, termStatements } from './term-code.ts'

/** Scores by row in integer millionths; `point` is NaN where there is none. */
export interface ScoreColumns {
  readonly point: Float64Array
  readonly lo: Float64Array
  readonly hi: Float64Array
}

/** Scores the rows `from` to `to` (exclusive) into the same rows of `out`. */
export type BulkScoreFunction = (columns: FactColumns, from: number, to: number, out: ScoreColumns) => void

/** Rows that are worked on together: the ends of one fact for a block stay in the first cache. */
const BLOCK_ROWS = 1024

type TermLoop = (lo: readonly Float64Array[], hi: readonly Float64Array[], rows: number, base: number, out: ScoreColumns) => void

export function compileFormulaBulk(formula: Formula): BulkScoreFunction {
  const loops = formula.terms.map(termLoop)
  const { types } = formula.space
  const lo = types.map((_, slot) => (formula.slots.includes(slot) ? new Float64Array(BLOCK_ROWS) : NO_ROWS))
  const hi = types.map((_, slot) => (formula.slots.includes(slot) ? new Float64Array(BLOCK_ROWS) : NO_ROWS))
  return (columns, from, to, out) => {
    for (let base = from; base < to; base += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, to - base)
      out.point.fill(formula.intercept, base, base + rows)
      out.lo.fill(formula.intercept, base, base + rows)
      out.hi.fill(formula.intercept, base, base + rows)
      for (const slot of formula.slots)
        readBlock(columns[slot], types[slot]?.type === 'boolean', base, rows, lo[slot] ?? NO_ROWS, hi[slot] ?? NO_ROWS)
      for (const loop of loops) loop(lo, hi, rows, base, out)
    }
  }
}

/** Scores rows by a formula from their scores `before` by another. */
export type BulkRescoreFunction = (columns: FactColumns, from: number, to: number, before: ScoreColumns, out: ScoreColumns) => void

/**
 * Takes the terms off that only `before` has and puts those on that only `after` has: whole numbers, so that the sum is the same to the last digit.
 * A row that only a term taken off leaves without a score is scored afresh, with its block: what the others come to, the score does not say.
 * Null where that saves nothing. Both read the same facts, with the same values.
 */
export function compileRescoreBulk(before: Formula, after: Formula): BulkRescoreFunction | null {
  const [was, is] = [before.terms.map(termLoop), after.terms.map(termLoop)]
  // A term that both have is one and the same loop.
  const off = before.terms.filter((_, place) => !is.includes(was[place] as TermLoop))
  const on = after.terms.filter((_, place) => !was.includes(is[place] as TermLoop))
  const isPlain = new Set(was).size === was.length && new Set(is).size === is.length
  if (!isPlain || off.length + on.length >= after.terms.length) return null
  const slots = (terms: readonly Term[]): number[] => [...new Set(terms.flatMap(slotsOf))]
  const less = compileFormulaBulk({ ...before, terms: off, slots: slots(off) })
  const more = compileFormulaBulk({ ...after, terms: on, slots: slots(on) })
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

const NO_ROWS = new Float64Array(0)

function termLoop(term: Term): TermLoop {
  const points = pointsOf(term)
  const condition = term.kind === 'conditional' ? compileConditionBulk(term.condition) : null
  const truths = new Uint8Array(condition ? BLOCK_ROWS : 0)
  const [slot = 0] = slotsOf(term)
  const prepare = condition ? 'condition(lo,hi,0,rows,truths);' : `const A=lo[${slot}],B=hi[${slot}];`
  const operand = condition ? 't=truths[r];' : 'a=A[r];b=B[r];'
  const source =
    `"use strict";const {divide,ln,ln1p,sqrt}=runtime;${termFunctions(term, 0)}return function(lo,hi,rows,base,out){${prepare}` +
    `const X=out.point,Y=out.lo,Z=out.hi;let a,b,t,p,l,h;` +
    `for(let r=0,o=base;r<rows;r++,o++){${operand}${termStatements(term, 0)}X[o]+=p;Y[o]+=l;Z[o]+=h}}`
  const make = (): Made => ({
    condition,
    // oxlint-disable-next-line typescript/no-implied-eval -- the source is fixed words and integers only, see generated-code.ts
    loop: new Function('runtime', 'P0', 'condition', 'truths', source)(runtime, points, condition, truths) as TermLoop,
  })
  // A term that another formula shares is the same loop, which the engine has optimised already.
  const found = loops.of(`${source}${points.join()}`, make)
  return found.condition === condition ? found.loop : make().loop
}

interface Made {
  readonly condition: EvaluateBulk | null
  readonly loop: TermLoop
}

const loops = keptBySource<Made>()
