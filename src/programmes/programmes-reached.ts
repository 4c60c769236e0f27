/** Programmes that a change of shared texts reaches: a definition, a parameter, a fact or a code list that they read, however far down. */
import { canonicalJson } from '../kernel/canonical.ts'
import { parametersIn } from '../language/catalogue/assembly/rederive.ts'
import type { CatalogueFact } from '../language/catalogue/catalogue.ts'
import { closureOf } from '../language/catalogue/sql/levels.ts'
import type { Condition } from '../language/condition/condition.ts'
import type { Bundle, CompiledProgramme } from './bundle.ts'
import type { NumberedText } from './compile-bundle.ts'
import { factsUsed } from './facts-granted.ts'

export interface TextsCompiled {
  readonly bundle: Bundle
  readonly texts: readonly NumberedText[]
}

/** By either side's reading: a text that is taken away was read before only. */
export function programmesReached(before: TextsCompiled, after: TextsCompiled): ReadonlySet<string> {
  const [was, is] = [sharedIn(before.texts), sharedIn(after.texts)]
  const changed = new Set([...was.keys(), ...is.keys()].filter((name) => was.get(name) !== is.get(name)))
  if (changed.size === 0) return changed
  return new Set(
    [before.bundle, after.bundle].flatMap((bundle) =>
      bundle.programmes.filter((one) => sharedReadBy(bundle, one).some((name) => changed.has(name))).map(({ id }) => id),
    ),
  )
}

/** What shared texts say, by `kind/id`; of a text of the catalogue fact by fact, with the code list that it names. */
function sharedIn(texts: readonly NumberedText[]): Map<string, string> {
  const of = (kind: NumberedText['kind']): unknown[] => texts.flatMap((text) => (text.kind === kind ? [text.json] : []))
  const lists = Object.assign({}, ...of('codeLists')) as Readonly<Record<string, unknown>>
  const named = (kind: 'definition' | 'parameter') =>
    (of(kind) as { readonly id: string }[]).map((json) => [`${kind}/${json.id}`, canonicalJson(json)] as const)
  const facts = (of('catalogue') as CatalogueText[]).flatMap(({ entity, facts: entries }) =>
    entries.map((fact) => {
      const list = typeof fact.codes === 'string' ? (lists[fact.codes] ?? null) : null
      return [`fact/${fact.id}`, canonicalJson({ entity, fact, list })] as const
    }),
  )
  return new Map([...named('definition'), ...named('parameter'), ...facts])
}

interface CatalogueText {
  readonly entity: string
  readonly facts: readonly { readonly id: string; readonly codes?: unknown }[]
}

/** By rule, tiers, order, quotas, benefit and formula. */
function sharedReadBy({ catalogue }: Bundle, compiled: CompiledProgramme): string[] {
  const { rule, programme, formula } = compiled
  const terms = formula?.formula.terms ?? []
  const ofFormula = formula ? formula.formula.slots.map((slot) => formula.formula.space.types[slot]?.id ?? '') : []
  const facts = [...closureOf(catalogue, [...factsUsed(compiled), ...ofFormula])].flatMap((id) => catalogue.facts.get(id) ?? [])
  const conditions = [
    rule.condition,
    ...programme.tiers.map(({ condition }) => condition),
    ...terms.flatMap((term) => (term.kind === 'conditional' ? [term.condition] : [])),
    ...facts.flatMap(conditionsIn),
  ]
  const { quotas } = programme.source.targeting
  const shares = quotas?.method === 'proportional' && quotas.to !== 'population' ? [quotas.to.parameter] : []
  return [
    ...facts.map(({ id }) => `fact/${id}`),
    ...[...facts.flatMap(parametersIn), ...shares].map((id) => `parameter/${id}`),
    ...conditions.flatMap(definitionsIn).map((id) => `definition/${id}`),
  ]
}

const conditionsIn = ({ definition }: CatalogueFact): Condition[] =>
  definition.kind === 'holds' ? [definition.condition] : definition.kind === 'aggregate' && definition.where ? [definition.where] : []

/** With those that definitions refer to: all are put in. */
const definitionsIn = ({ nodes }: Condition): string[] => nodes.flatMap((node) => (node.kind === 'definition' ? [node.refersTo] : []))
