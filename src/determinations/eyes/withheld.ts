/** What an answer about a programme says is withheld: by the versions and the grants alone, never by the household. */
import { slotsOf } from '../../language/condition/condition.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { Words } from '../../language/fact-space.ts'
import { slotsOf as slotsOfTerm } from '../../language/formula/formula.ts'
import type { CompiledProgramme } from '../../programmes/bundle.ts'
import type { Eyes } from './eyes.ts'

export interface Withheld {
  readonly fact: string
  readonly label: Words
  readonly custodian: string
}

/** Facts of the rule, the formula, the tiers and the benefit that the organisation may not see, by name. */
export function withheldFrom(catalogue: Catalogue, eyes: Eyes, compiled: CompiledProgramme): Withheld[] {
  if (eyes.withheld.size === 0) return []
  return [...factsOf(compiled)]
    .filter((id) => !eyes.sees(id))
    .toSorted()
    .flatMap((id) => {
      const fact = catalogue.facts.get(id)
      return fact ? [{ fact: id, label: fact.label, custodian: fact.custodian }] : []
    })
}

function factsOf({ rule, programme, formula }: CompiledProgramme): Set<string> {
  const ids = new Set<string>()
  for (const { space, ...condition } of [rule.condition, ...programme.tiers.map((tier) => tier.condition)])
    for (const slot of slotsOf({ space, ...condition })) ids.add(space.types[slot]?.id ?? '')
  for (const slot of formula?.formula.slots ?? []) ids.add(formula?.formula.space.types[slot]?.id ?? '')
  return ids.add(programme.source.benefit.fact)
}

/** With fewer terms hidden, the score would tell of single ones: whoever knows the rest takes it away. */
export const LEAST_HIDDEN_TERMS = 3

/** Whether points, interval, rank and percentile may be told: every input is seen, or the score is granted and enough of it stays hidden. */
export function seesScore(catalogue: Catalogue, eyes: Eyes, compiled: Pick<CompiledProgramme, 'formula'>): boolean {
  if (eyes.withheld.size === 0 || hiddenTerms(eyes, compiled) === 0) return true
  return hidesEnough(eyes, compiled) && scoreFacts(catalogue).some(eyes.sees)
}

/** Whether no term could be worked out of a score that is told. */
export function hidesEnough(eyes: Eyes, compiled: Pick<CompiledProgramme, 'formula'>): boolean {
  const hidden = hiddenTerms(eyes, compiled)
  return hidden === 0 || hidden >= LEAST_HIDDEN_TERMS
}

function hiddenTerms({ sees }: Eyes, { formula }: Pick<CompiledProgramme, 'formula'>): number {
  if (!formula) return 0
  const { terms, space } = formula.formula
  return terms.filter((term) => !slotsOfTerm(term).every((slot) => sees(space.types[slot]?.id ?? ''))).length
}

const scoreFacts = ({ facts }: Catalogue): string[] =>
  [...facts.values()].flatMap(({ id, definition }) => (definition.kind === 'computed' && definition.what === 'welfareScore' ? [id] : []))
