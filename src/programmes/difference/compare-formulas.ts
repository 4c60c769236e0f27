/** Two formulas compared by meaning, told: proven equal, or a household with both scores and the terms in which they differ. */
import { canonicalJson } from '../../kernel/canonical.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { parseFormula } from '../../language/formula/check.ts'
import { compileFormula, PLACES_PER_TERM } from '../../language/formula/compile.ts'
import type { Score } from '../../language/formula/compile.ts'
import type { Formula, Term } from '../../language/formula/formula.ts'
import { formatPoints } from '../../language/formula/score-tables.ts'
import type { FactType } from '../../language/fact-space.ts'
import type { Bundle } from '../bundle.ts'
import { compareScores } from './compare-scores.ts'
import type { ScoreWitness } from './compare-scores.ts'
import { commonSpace } from './same-space.ts'
import type { CommonSpace } from './same-space.ts'
import { toldHousehold } from './told-household.ts'

/** Throws `rule-not-comparable` with every fault of the text; `pointer` is where it stands in the request. */
export function formulaOf({ catalogue, definitions }: Bundle, source: string, pointer: string): Formula {
  const { formula, diagnostics } = parseFormula(source, { space: catalogue.household, definitions })
  if (formula) return formula
  throw problem('rule-not-comparable', { pointer, errors: diagnostics.filter(({ severity }) => severity === 'error').slice(0, 100) })
}

export interface FormulaSide {
  readonly formula: Formula
  readonly catalogue: Catalogue
}

/** `asOf` is the day number on which parameters have their values. */
export async function compareFormulas(before: FormulaSide, after: FormulaSide, asOf: number) {
  const common = commonSpace(before.catalogue, after.catalogue, [asOf, asOf], 'household')
  const [old, young] = [placedFormula(before, common, 0), placedFormula(after, common, 1)]
  const { equivalent, witness } = await compareScores(old, young, common.space, common.domainOf)
  const differsIn = ASPECTS.filter(({ of }) => canonicalJson(of(before.formula)) !== canonicalJson(of(after.formula))).map(
    ({ aspect }) => aspect,
  )
  return {
    asOf: isoOfDay(asOf),
    equivalent: differsIn.length > 0 ? false : equivalent,
    differsIn: [...differsIn],
    witness: witness && toldWitness(witness, [old, young], { common, catalogue: after.catalogue }),
  }
}

/** What else of a formula changes what is made of its scores. */
const ASPECTS = [
  { aspect: 'unit', of: ({ unit }: Formula): unknown => unit },
  { aspect: 'direction', of: ({ direction }: Formula): unknown => direction },
  { aspect: 'tables', of: ({ source }: Formula): unknown => source.tables ?? [] },
] as const

/** A formula over the facts that it has in common with another. */
export type PlacedFormula = Pick<Formula, 'intercept' | 'terms' | 'space'>

/** The formula's terms over the common space. */
export function placedFormula({ formula }: FormulaSide, { slotOf, move, space }: CommonSpace, side: 0 | 1): PlacedFormula {
  const slotIn = (slot: number): number => slotOf(formula.space.types[slot] as FactType, side)
  const terms = formula.terms.map((term): Term =>
    term.kind === 'conditional' ? { ...term, condition: move(term.condition, side) } : { ...term, slot: slotIn(term.slot) },
  )
  return { intercept: formula.intercept, terms, space }
}

function toldWitness(
  { values, stated, scores }: ScoreWitness,
  formulas: readonly [PlacedFormula, PlacedFormula],
  { common, catalogue }: { common: CommonSpace; catalogue: Catalogue },
) {
  const contributions = formulas.map((formula) => {
    const places = new Float64Array(formula.terms.length * PLACES_PER_TERM)
    compileFormula(formula as Formula)(values.lo, values.hi, places)
    return new Map(formula.terms.map(({ id }, n) => [id, places[n * PLACES_PER_TERM] as number]))
  }) as [Map<string, number>, Map<string, number>]
  const [old, young] = contributions
  const points = (of: ReadonlyMap<string, number>, id: string): string | null => pointsOrNull(of.get(id))
  const terms = [...new Set([...old.keys(), ...young.keys()])]
    .filter((id) => !Object.is(old.get(id), young.get(id)))
    .map((id) => ({ term: id, before: points(old, id), after: points(young, id) }))
  const score = ({ point, lo, hi }: Score) => ({ score: pointsOrNull(point), lowest: formatPoints(lo), highest: formatPoints(hi) })
  return { ...toldHousehold(values, common, catalogue), stated, before: score(scores[0]), after: score(scores[1]), terms }
}

const pointsOrNull = (points: number | undefined): string | null =>
  points === undefined || Number.isNaN(points) ? null : formatPoints(points)
