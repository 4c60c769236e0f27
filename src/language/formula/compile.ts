/** Compiles a checked formula to the function that scores one household, with each term's contribution. */
import { compileCondition } from '../condition/compile.ts'
import type { Formula } from './formula.ts'
import { integer } from '../generated-code.ts'
import { pointsOf, runtime, termFunctions, termStatements } from './term-code.ts'

/** Integer millionths. `point` is NaN when an input that may not be imputed is unknown; lo and hi always hold. */
export interface Score {
  readonly point: number
  readonly lo: number
  readonly hi: number
}

/** Places per term in `contributions`: point, lowest, highest, in the formula's order of terms. */
export const PLACES_PER_TERM = 3

/**
 * Scores the facts (lo, hi) of one household. `contributions` has `PLACES_PER_TERM` places per term and is filled:
 * intercept + the sum of the points is exactly `point`, and likewise the lowest and highest.
 */
export type ScoreFunction = (lo: Float64Array, hi: Float64Array, contributions: Float64Array) => Score

export function compileFormula(formula: Formula): ScoreFunction {
  const { terms } = formula
  const tables = terms.map(pointsOf)
  const conditions = terms.map((term) => (term.kind === 'conditional' ? compileCondition(term.condition) : null))
  const traces = terms.map((term) => new Uint8Array(term.kind === 'conditional' ? term.condition.nodes.length : 0))
  const constants = terms.map((term, n) => {
    if (term.kind === 'conditional') return `const when${n}=conditions[${n}],trace${n}=traces[${n}];`
    return term.kind === 'linear' ? '' : `const P${n}=tables[${n}];`
  })
  const statements = terms.map((term, n) => {
    const operand =
      term.kind === 'conditional' ? `t=when${n}(lo,hi,trace${n});` : `a=lo[${integer(term.slot)}];b=hi[${integer(term.slot)}];`
    const k = n * PLACES_PER_TERM
    return `${operand}${termStatements(term, n)}c[${k}]=p;c[${k + 1}]=l;c[${k + 2}]=h;point+=p;least+=l;most+=h;`
  })
  const source =
    `"use strict";const {divide,ln,ln1p,sqrt}=runtime;${constants.join('')}${terms.map(termFunctions).join('')}` +
    `return function score(lo,hi,c){let point=${integer(formula.intercept)},least=point,most=point,a,b,t,p,l,h;` +
    `${statements.join('\n')}return {point,lo:least,hi:most}}`
  // oxlint-disable-next-line typescript/no-implied-eval -- the source is fixed words and integers only, see generated-code.ts
  return new Function('runtime', 'tables', 'conditions', 'traces', source)(runtime, tables, conditions, traces) as ScoreFunction
}
