/** How much each term of a formula weighs in the order that it makes: the population ranked again with one term a tenth heavier, and a tenth lighter. */
import { setImmediate as turn } from 'node:timers/promises'
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { compileFormulaBulk, type ScoreColumns } from '../language/formula/compile-bulk.ts'
import { compileRescoreBulk } from '../language/formula/compile-rescore.ts'
import type { Formula, Term } from '../language/formula/formula.ts'
import type { Words } from '../language/fact-space.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { factsRead } from '../programmes/facts-read.ts'
import { gather } from '../targeting/run/gather.ts'
import { partOfScores, type ResidentNation } from '../targeting/run/resident-nation.ts'
import { scoredOrders } from './compare-ranks.ts'
import { orderOf } from './compare-scores.ts'
import type { Decision } from './decide.ts'
import { compareOrders } from './measures/compare-orders.ts'
import { type WelfareOrder, welfareOrder } from './measures/welfare-order.ts'

/** Against the baseline's order. All null where nobody is ranked, or where the step takes the score of some. */
export interface OrderEffect {
  /** Hundredths of the population. */
  readonly meanDistance: number | null
  /** Share of the ranked in another tenth. */
  readonly otherTenth: number | null
  readonly spearman: number | null
  /** How many that is a share of: what is told of it follows from the count. Absent of results that were stored without it. */
  readonly ranked?: number
}

export interface TermSensitivity {
  readonly term: string
  readonly label: Words
  readonly lighter: OrderEffect
  readonly heavier: OrderEffect
}

export interface Sensitivity {
  /** Of a term's points, on either side. */
  readonly step: number
  readonly formulas: readonly { readonly formula: string; readonly terms: readonly TermSensitivity[] }[]
  /** Ids of facts of the catalogue that no formula, rule, tier, order, quota or benefit reads, nor anything that they follow from. */
  readonly unusedFacts: readonly string[]
}

const STEP = 0.1

export interface SensitivityTold {
  readonly onTerm: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** `rows`: of the snapshot, by row of the population. The facts in memory are those that the decision read. */
export async function sensitivityOf(
  decision: Decision,
  resident: ResidentNation,
  rows: Uint32Array,
  { onTerm, signal }: SensitivityTold,
): Promise<Sensitivity> {
  const { bundle, scores } = decision
  const total = scoredFormulas(bundle).reduce((sum, { formula }) => sum + formula.terms.length, 0)
  let done = 0
  const formulas: Sensitivity['formulas'][number][] = []
  for (const [place, { ref, formula }] of scoredFormulas(bundle).entries()) {
    const [whole, own] = [scores[place], scoredOrders(decision)[place]]
    if (!whole || !own) continue
    const order = orderOf(own)
    const effect = (term: number, by: number): OrderEffect =>
      compared(order, gather(rescored(resident, formula, withTerm(formula, term, by), whole), rows))
    const terms: TermSensitivity[] = []
    for (const [index, { id, label }] of formula.terms.entries()) {
      signal.throwIfAborted()
      onTerm(done++, total)
      terms.push({ term: id, label, lighter: effect(index, 1 - STEP), heavier: effect(index, 1 + STEP) })
      // Progress is stored, and a cancel heard, between two terms.
      await turn()
    }
    formulas.push({ formula: ref.id, terms })
  }
  return { step: STEP, formulas, unusedFacts: unusedFacts(bundle) }
}

function compared(was: WelfareOrder, after: Float64Array): OrderEffect {
  const found = compareOrders(was, welfareOrder(after))
  if (found === null || found.moved.units === 0) return { meanDistance: null, otherTenth: null, spearman: null }
  const { units: ranked, sameGroup, meanDistance } = found.moved
  return { meanDistance, otherTenth: 1 - sameGroup / ranked, spearman: found.spearman, ranked }
}

/** Points by household row of the snapshot. */
function rescored({ parts, householdRefs }: ResidentNation, before: Formula, after: Formula, scores: ScoreColumns): Float64Array {
  const point = new Float64Array(householdRefs.length)
  const rescore = compileRescoreBulk(before, after)
  const score = rescore ? null : compileFormulaBulk(after)
  for (const part of parts) {
    const { firstHousehold: from, households } = part
    const [old] = partOfScores([scores], part) as [ScoreColumns]
    const out = { point: point.subarray(from, from + households), lo: new Float64Array(households), hi: new Float64Array(households) }
    rescore?.(part.household, 0, households, old, out)
    score?.(part.household, 0, households, out)
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

function unusedFacts(bundle: Bundle): string[] {
  const read = factsRead(bundle)
  return [...bundle.catalogue.facts.keys()].filter((id) => !read.has(id)).toSorted()
}
