/**
 * The one generator of scoring code: JavaScript statements that turn the two ends of a fact into a term's points.
 *
 * They read `a` and `b` (or, for a conditional term, the truth `t`) and assign `p` (point, NaN when undetermined), `l` and
 * `h` (lowest and highest possible points). Online and bulk forms wrap the same statements.
 * INVARIANT: only fixed words and integers printed by `integer` reach the source text; tables are passed in as arrays.
 */
import { divideExactly, divisorOf, linearContribution } from './contribution.ts'
import type { BandsTerm, ConditionalTerm, LinearTerm, Term, UnknownPolicy } from './formula.ts'
import { integer } from '../generated-code.ts'
import { ln1pMicro, lnMicro, sqrtMicro } from './transform.ts'

/** What generated code may call. */
export const runtime = { divide: divideExactly, ln: lnMicro, ln1p: ln1pMicro, sqrt: sqrtMicro }

/** Points of one term that its statements index as `P<n>`. */
export const pointsOf = (term: Term): Float64Array =>
  Float64Array.from(term.kind === 'bands' || term.kind === 'categories' ? term.points : [])

/** Function declarations that the statements of a term call; `n` keeps the names of several terms apart. */
export function termFunctions(term: Term, n: number): string {
  if (term.kind === 'linear') return `function c${n}(v){${linearBody(term)}}`
  if (term.kind === 'bands') return `function c${n}(v){return ${bandIndex(term)}}${RANGE(n)}`
  return ''
}

export function termStatements(term: Term, n: number): string {
  switch (term.kind) {
    case 'linear': {
      const [l, h] = term.weight < 0 ? ['b', 'a'] : ['a', 'b']
      return `if(a===b){p=l=h=${settledCode(term, n)}}else{l=c${n}(${l});h=c${n}(${h});${unknownPoint(term.unknown)}}`
    }
    case 'bands':
      return `if(a===b){p=l=h=${settledCode(term, n)}}else{const i=c${n}(a),j=c${n}(b);l=least${n}(i,j);h=most${n}(i,j);${unknownPoint(term.unknown)}}`
    case 'categories':
      return `if(a===b){p=l=h=${settledCode(term, n)}}else{l=${integer(term.least)};h=${integer(term.most)};${unknownPoint(term.unknown)}}`
    case 'conditional': {
      const otherwise = `{l=${integer(term.least)};h=${integer(term.most)};${unknownPoint(term.unknown)}}`
      return `if(t===2)p=l=h=${integer(term.points)};else if(t===0)p=l=h=${integer(term.otherwise)};else${otherwise}`
    }
  }
}

/** The points of a known value `a`, as an expression. */
export function settledCode({ kind }: Exclude<Term, ConditionalTerm>, n: number): string {
  if (kind === 'linear') return `c${n}(a)`
  return kind === 'bands' ? `P${n}[c${n}(a)]` : `P${n}[a]`
}

/** Bounds that settle the points settle the term; otherwise imputed points are kept within what the bounds allow. */
function unknownPoint(unknown: UnknownPolicy): string {
  if (unknown.kind === 'undetermined') return 'p=l===h?l:NaN;'
  const points = integer(unknown.points)
  return `p=${points}<l?l:${points}>h?h:${points};`
}

/** What the clamp's ends come to is known beforehand: most amounts of a nation are nought, and a logarithm costs most of a term. */
function linearBody(term: LinearTerm): string {
  const { transform, low, high, weight, scale } = term
  const unit = 10 ** scale
  const value = transform === 'identity' ? 'v' : `${transform}(v,${integer(unit)})`
  const product = `${integer(weight)}*${value}`
  const divisor = divisorOf(transform, unit)
  const contribution = divisor === 1 ? `${product}+0` : `divide(${product},${integer(divisor)})`
  const end = (limit: number): string => integer(linearContribution(term, limit))
  return `return v<=${integer(low)}?${end(low)}:v>=${integer(high)}?${end(high)}:${contribution}`
}

/** Position of the band that a value falls in. */
function bandIndex(term: BandsTerm): string {
  return term.limits.map((limit, index) => `v<${integer(limit)}?${index}:`).join('') + String(term.limits.length)
}

const RANGE = (n: number): string =>
  `function least${n}(i,j){let m=P${n}[i];while(i<j){const q=P${n}[++i];if(q<m)m=q}return m}` +
  `function most${n}(i,j){let m=P${n}[i];while(i<j){const q=P${n}[++i];if(q>m)m=q}return m}`
