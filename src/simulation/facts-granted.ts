/** What a simulation would read by its changes: only facts that the entity may see, or may decide by. Which it has of them decides how exactly it is told. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import { eyesOf } from '../determinations/eyes/eyes.ts'
import { problem } from '../kernel/problem.ts'
import { slotsOf } from '../language/condition/condition.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { Change, Scenario } from './scenario-schema.ts'

/** Throws at the first change that reads a fact which the entity is granted in no way: otherwise counts would tell of it. */
export function refuseUngranted(bundle: Bundle, scenarios: readonly Scenario[], rights: ReadRights): void {
  const { sees } = eyesOf(rights, bundle.catalogue, '')
  scenarios.forEach(({ changes }, scenario) =>
    changes.forEach((change, index) => {
      if ([...factsOf(bundle, change)].some((id) => !sees(id) && !rights.decideOnly.has(id)))
        throw problem('facts-not-granted', { pointer: `/scenarios/${scenario}/changes/${index}` })
    }),
  )
}

export interface WrittenText {
  readonly kind: string
  readonly id: string
  readonly json: unknown
}

/** The same for whole texts, of objects that there may not have been before. `bundles`: without the texts and with them. */
export function refuseUngrantedTexts(bundles: readonly Bundle[], texts: readonly WrittenText[], rights: ReadRights): void {
  if (!readsOnly(bundles, texts, (id, sees) => sees(id) || rights.decideOnly.has(id), rights)) throw problem('facts-not-granted')
}

export const textsMayBeExact = (bundles: readonly Bundle[], texts: readonly WrittenText[], rights: ReadRights): boolean =>
  readsOnly(bundles, texts, (id, sees) => sees(id), rights)

function readsOnly(
  bundles: readonly Bundle[],
  texts: readonly WrittenText[],
  may: (fact: string, sees: (id: string) => boolean) => boolean,
  rights: ReadRights,
): boolean {
  return bundles.every((bundle) => {
    const { sees } = eyesOf(rights, bundle.catalogue, '')
    return texts.every(({ kind, id, json }) =>
      // Cases are of made-up households.
      kind === 'cases'
        ? true
        : [...factsOf(bundle, { object: kind, id: statedId(json) ?? id, source: json })].every((fact) => may(fact, sees)),
    )
  })
}

/** A parameter's or definition's file may have another name than it gives itself. */
const statedId = (json: unknown): string | undefined => {
  const { id } = (json ?? {}) as { readonly id?: unknown }
  return typeof id === 'string' ? id : undefined
}

/** Whether exact counts may be told: thresholds moved over a fact that nobody may see would tell its values one by one. */
export function mayBeExact(bundle: Bundle, scenarios: readonly Scenario[], rights: ReadRights): boolean {
  const { sees } = eyesOf(rights, bundle.catalogue, '')
  return scenarios.every(({ changes }) => changes.every((change) => [...factsOf(bundle, change)].every(sees)))
}

type ChangedText = Pick<Change, 'id' | 'source' | 'set'> & { readonly object: string }

/** Facts that a changed text names or named: a threshold may be moved without naming its fact. */
function factsOf({ catalogue, definitions, programmes, formulas }: Bundle, { object, id, source, set }: ChangedText): Set<string> {
  const ids = new Set<string>()
  const name = (fact: string | undefined): void => void (fact !== undefined && catalogue.facts.has(fact) && ids.add(fact))
  const walk = (json: unknown): void => {
    if (typeof json === 'string') name(json)
    else if (typeof json === 'object' && json !== null) Object.values(json).forEach(walk)
  }
  walk(source)
  walk(set)
  for (const { rule, programme } of programmes)
    for (const condition of [rule.condition, ...programme.tiers.map((tier) => tier.condition)]) {
      const isOf = (object === 'rule' && rule.source.id === id) || (object === 'programme' && programme.source.id === id)
      const uses = object === 'definition' && definitions.has(id) && condition.nodes.some((node) => node.definition === id)
      // A parameter is a threshold of every rule that compares with it.
      const compares =
        object === 'parameter' && slotsOf(condition).some((slot) => isParameter(catalogue, condition.space.types[slot]?.id, id))
      if (isOf || uses || compares) for (const slot of slotsOf(condition)) name(condition.space.types[slot]?.id)
    }
  for (const { formula } of formulas)
    if (object === 'formula' && formula.id === id) for (const slot of formula.slots) name(formula.space.types[slot]?.id)
  return ids
}

function isParameter({ facts }: Bundle['catalogue'], fact: string | undefined, parameter: string): boolean {
  const definition = fact === undefined ? undefined : facts.get(fact)?.definition
  return definition?.kind === 'parameter' && definition.parameter.id === parameter
}
