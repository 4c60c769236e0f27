/** One term of a formula made a tenth lighter and a tenth heavier, and the population ordered again by each. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { compileFormulaBulk, type ScoreColumns } from '../language/formula/compile-bulk.ts'
import { compileRescoreBulk } from '../language/formula/compile-rescore.ts'
import type { Formula, Term } from '../language/formula/formula.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { gather, rowsWhere } from '../targeting/run/gather.ts'
import { sortRows } from '../targeting/sort-rows.ts'
import type { KeysOf } from './behind.ts'
import type { TriedColumns } from './measure-tasks.ts'
import { ordersMoved } from './measures/compare-orders.ts'
import { orderOfSorted, type WelfareOrder } from './measures/welfare-order.ts'

/** Against the baseline's order. All null where nobody is ranked, or where the step takes the score of some. */
export interface OrderEffect {
  /** Hundredths of the population. */
  readonly meanDistance: number | null
  /** Share of the ranked in another tenth. */
  readonly otherTenth: number | null
  readonly spearman: number | null
  /** How many that is a share of: what is told of it follows from the count. Absent of results that were stored without it. */
  readonly ranked?: number
  /** Of those in another tenth, and of all ranked. Absent of results that were stored without. */
  readonly behind?: KeysOf<'otherTenth' | 'ranked'>
}

export interface TermEffect {
  readonly lighter: OrderEffect
  readonly heavier: OrderEffect
}

/** A formula, among those that score, and a term of it. */
export interface TermPlace {
  readonly place: number
  readonly term: number
}

/** Of a term's points, on either side. */
export const STEP = 0.1

/** The versions under which terms are tried, with the columns that they are tried over. */
export type Tried = TriedColumns & { readonly bundle: Bundle }

/** `order`: the population by the formula as it is; `keys`: its record keys. */
export function tryTerm(tried: Tried, { place, term }: TermPlace, order: WelfareOrder, keys: Uint32Array): TermEffect {
  const [formula, scores] = [scoredFormulas(tried.bundle)[place]?.formula, tried.scores[place]]
  // INVARIANT: whoever asks scored by these versions.
  if (!formula || !scores) throw new Error(`these versions have no formula ${place}`)
  const effect = (by: number): OrderEffect =>
    compared(order, keys, gather(rescored(tried, formula, withTerm(formula, term, by), scores), tried.rows))
  return { lighter: effect(1 - STEP), heavier: effect(1 + STEP) }
}

function compared(was: WelfareOrder, keys: Uint32Array, points: Float64Array): OrderEffect {
  const rows = rowsWhere(points.length, (row) => !Number.isNaN(points[row] as number))
  const is = orderOfSorted(sortRows(rows, [{ values: points, descending: false }]), points)
  const found = ordersMoved(was, is, keys)
  if (found === null || found.moved.units === 0) return { meanDistance: null, otherTenth: null, spearman: null }
  const { units, sameGroup, meanDistance } = found.moved
  const { ranked, sameTenth } = found.keys
  const behind = { otherTenth: (ranked - sameTenth) >>> 0, ranked }
  return { meanDistance, otherTenth: 1 - sameGroup / units, spearman: found.spearman, ranked: units, behind }
}

/** Points by household row of the snapshot. */
function rescored({ parts }: TriedColumns, before: Formula, after: Formula, scores: ScoreColumns): Float64Array {
  const point = new Float64Array(scores.point.length)
  const rescore = compileRescoreBulk(before, after)
  const score = rescore ? null : compileFormulaBulk(after)
  for (const { firstHousehold: from, households, household } of parts) {
    const own = (column: Float64Array): Float64Array => column.subarray(from, from + households)
    const out = { point: own(point), lo: new Float64Array(households), hi: new Float64Array(households) }
    const old = { point: own(scores.point), lo: own(scores.lo), hi: own(scores.hi) }
    rescore?.(household, 0, households, old, out)
    score?.(household, 0, households, out)
  }
  return point
}

/** Every point that a term can give, times a number, rounded to the millionth. */
export function withTerm(formula: Formula, place: number, by: number): Formula {
  const times = (points: number): number => Math.round(points * by)
  const scaled = (term: Term): Term => {
    const { unknown } = term
    const common = {
      least: times(term.least),
      most: times(term.most),
      unknown: unknown.kind === 'imputed' ? { ...unknown, points: times(unknown.points) } : unknown,
    }
    switch (term.kind) {
      case 'linear':
        return { ...term, ...common, weight: times(term.weight) }
      case 'bands':
      case 'categories':
        return { ...term, ...common, points: term.points.map(times) }
      case 'conditional':
        return { ...term, ...common, points: times(term.points), otherwise: times(term.otherwise) }
    }
  }
  return { ...formula, terms: formula.terms.map((term, at) => (at === place ? scaled(term) : term)) }
}
