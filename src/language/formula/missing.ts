/** Which facts a score lacks: those whose value would narrow its interval. */
import { truthOfNode } from '../condition/interpret.ts'
import type { FactType, FactValues } from '../fact-space.ts'
import { isKnownAt } from '../fact-space.ts'
import { missingFacts } from '../rule/missing.ts'
import { PLACES_PER_TERM } from './compile.ts'
import type { Formula, Term } from './formula.ts'
import { slotsOf } from './formula.ts'

/** Expands a derived fact to the unknown facts it is made of; none: the fact stands for itself. */
export type UnknownInputs = (factId: string) => readonly string[]

/** Ids of the facts that would settle one term; empty when its points are settled, by values or by bounds. */
export function missingOfTerm(
  formula: Formula,
  n: number,
  contributions: Float64Array,
  values: FactValues,
  unknownInputs?: UnknownInputs,
): readonly string[] {
  const lowest = contributions[n * PLACES_PER_TERM + 1]
  const highest = contributions[n * PLACES_PER_TERM + 2]
  return lowest === highest ? [] : unknownOf(formula, formula.terms[n] as Term, values, unknownInputs)
}

/** Ids of the facts that would settle the score, each once, in the formula's order. */
export function missingOfScore(
  formula: Formula,
  contributions: Float64Array,
  values: FactValues,
  unknownInputs?: UnknownInputs,
): readonly string[] {
  return [...new Set(formula.terms.flatMap((_, n) => missingOfTerm(formula, n, contributions, values, unknownInputs)))]
}

function unknownOf(formula: Formula, term: Term, values: FactValues, unknownInputs: UnknownInputs = () => []): readonly string[] {
  if (term.kind === 'conditional') {
    const trace = Uint8Array.from(term.condition.nodes, (node) => truthOfNode(node, values))
    return missingFacts(term.condition, trace, values, unknownInputs)
  }
  return slotsOf(term)
    .filter((slot) => !isKnownAt(values, slot))
    .flatMap((slot) => {
      const { id } = formula.space.types[slot] as FactType
      const inputs = unknownInputs(id)
      return inputs.length > 0 ? inputs : [id]
    })
}
