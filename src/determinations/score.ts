/** A household's score by one formula, with each term's contribution. */
import type { FactValues } from '../language/fact-space.ts'
import { PLACES_PER_TERM } from '../language/formula/compile.ts'
import type { CompiledFormula } from '../programmes/bundle.ts'

/** Integer millionths; `point` is null where an input that may not be imputed is unknown. */
export interface ScoreOutcome {
  readonly formula: string
  readonly version: number
  readonly point: number | null
  readonly lo: number
  readonly hi: number
}

export function scoreOf({ formula, score }: CompiledFormula, household: FactValues): ScoreOutcome {
  const { point, lo, hi } = score(household.lo, household.hi, spare(formula))
  return { formula: formula.id, version: formula.version, point: Number.isNaN(point) ? null : point, lo, hi }
}

/** The same with contributions: point, lowest, highest for each term in the formula's order. */
export function contributionsOf({ formula, score }: CompiledFormula, household: FactValues): Float64Array {
  const places = placesFor(formula.terms.length)
  score(household.lo, household.hi, places)
  return places
}

/** Contributions that nobody reads, one array per formula: a new one each time took as long as the scoring. */
function spare(formula: CompiledFormula['formula']): Float64Array {
  const places = kept.get(formula) ?? placesFor(formula.terms.length)
  kept.set(formula, places)
  return places
}

const kept = new WeakMap<CompiledFormula['formula'], Float64Array>()

const placesFor = (terms: number): Float64Array => new Float64Array(terms * PLACES_PER_TERM)
