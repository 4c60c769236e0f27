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
