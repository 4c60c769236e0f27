/** What a simulation would read by its changes: only facts that the entity may see, or may decide by. Which it has of them decides how exactly it is told. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import { eyesOf } from '../determinations/eyes/eyes.ts'
import { problem } from '../kernel/problem.ts'
import { factsFollowing } from '../language/catalogue/assembly/rederive.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { slotsOf } from '../language/condition/condition.ts'
import type { FactSpace } from '../language/fact-space.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { factsUsed } from '../programmes/facts-granted.ts'
import type { Change, Scenario } from './scenario-schema.ts'

/** Throws at the first change that reads facts which the entity is granted in no way, and names these: otherwise counts would tell of them. */
export function refuseUngranted(bundle: Bundle, scenarios: readonly Scenario[], rights: ReadRights): void {
  const { sees } = eyesOf(rights, bundle.catalogue, '')
  scenarios.forEach(({ changes }, scenario) =>
    changes.forEach((change, index) => {
      const refused = [...factsOf(bundle, change)].filter((id) => !sees(id) && !rights.decideOnly.has(id))
      if (refused.length > 0)
        throw problem('facts-not-granted', {
          pointer: `/scenarios/${scenario}/changes/${index}`,
          expected: grantsOf([bundle], refused),
        })
    }),
  )
}

/** `countedCars (DVLD)`: each fact with whom to ask for it. Catalogues are public, and tell of nobody. */
export function grantsOf(bundles: readonly Bundle[], facts: Iterable<string>): string {
  const custodian = (id: string): string => bundles.map(({ catalogue }) => catalogue.facts.get(id)?.custodian).find(Boolean) ?? ''
  return [...new Set(facts)]
    .toSorted()
    .map((id) => `${id} (${custodian(id)})`)
    .join(', ')
}

export interface WrittenText {
  readonly kind: string
  readonly id: string
  readonly json: unknown
}

/** The same for whole texts, of objects that there may not have been before. `bundles`: without the texts and with them. */
export function refuseUngrantedTexts(bundles: readonly Bundle[], texts: readonly WrittenText[], rights: ReadRights): void {
  const refused = unseenIn(bundles, texts, rights).filter((id) => !rights.decideOnly.has(id))
  if (refused.length > 0) throw problem('facts-not-granted', { expected: grantsOf(bundles, refused) })
}

export const textsMayBeExact = (bundles: readonly Bundle[], texts: readonly WrittenText[], rights: ReadRights): boolean =>
  unseenIn(bundles, texts, rights).length === 0

/** Facts that the texts read and that the entity may not see. */
function unseenIn(bundles: readonly Bundle[], texts: readonly WrittenText[], rights: ReadRights): string[] {
  // Cases are of made-up households.
  const deciding = texts.filter(({ kind }) => kind !== 'cases')
  return bundles.flatMap((bundle) => {
    const { sees } = eyesOf(rights, bundle.catalogue, '')
    return deciding
      .flatMap(({ kind, id, json }) => [...factsOf(bundle, { object: kind, id: statedId(json) ?? id, source: json })])
      .filter((id) => !sees(id))
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
function factsOf(bundle: Bundle, change: ChangedText): Set<string> {
  const { catalogue, definitions } = bundle
  const ids = new Set<string>()
  const followed = new Set<string>()
  const walk = (json: unknown): void => {
    if (typeof json === 'string') {
      if (catalogue.facts.has(json)) ids.add(json)
      // Whoever uses a shared condition reads its facts without naming them.
      const shared = definitions.get(json)
      if (shared && !followed.has(json)) {
        followed.add(json)
        walk(shared.conditions)
      }
    } else if (typeof json === 'object' && json !== null) Object.values(json).forEach(walk)
  }
  walk(change.source)
  walk(change.set)
  for (const id of factsTouched(bundle, change)) if (catalogue.facts.has(id)) ids.add(id)
  return ids
}

/** Also benefit, order and quotas, which a changed text need not name. */
const ownFacts = ({ programmes }: Bundle, id: string): string[] =>
  programmes.flatMap((one) => (one.programme.source.id === id ? [...factsUsed(one)] : []))

const idsIn = (space: FactSpace, slots: Iterable<number>): string[] => [...slots].map((slot) => space.types[slot]?.id ?? '')

/** Facts of the conditions and formulas that the change makes say something else. */
function factsTouched(bundle: Bundle, change: ChangedText): string[] {
  const { catalogue, definitions, programmes, formulas } = bundle
  const { object, id, source, set } = change
  const given = object === 'programme' ? ruleGiven(source, set) : undefined
  const shared = object === 'definition' ? named(id, [...definitions.keys()]) : new Set<string>()
  const moved =
    object === 'parameter' ? movedBy(catalogue, named(id, [...catalogue.parameters.keys()])) : new Map<string, readonly string[]>()
  const touched: string[] = object === 'programme' ? ownFacts(bundle, id) : []
  const renamed = object === 'programme' ? formulasOtherwise(bundle, change) : new Set<string>()
  for (const { rule, programme } of programmes)
    for (const condition of [rule.condition, ...programme.tiers.map((tier) => tier.condition)]) {
      const read = idsIn(condition.space, slotsOf(condition))
      const isOf =
        (object === 'rule' && rule.source.id === id) || rule.source.id === given || (object === 'programme' && programme.source.id === id)
      const uses = condition.nodes.some((node) => node.definition !== null && node.definition !== undefined && shared.has(node.definition))
      // What a parameter is computed into is a threshold of every rule that compares with it.
      if (isOf || uses || read.some((fact) => moved.has(fact))) touched.push(...read, ...read.flatMap((fact) => moved.get(fact) ?? []))
    }
  for (const { formula } of formulas) {
    const read = idsIn(formula.space, formula.slots)
    if ((object === 'formula' && formula.id === id) || renamed.has(formula.id)) touched.push(...read)
    touched.push(...read.flatMap((fact) => moved.get(fact) ?? []))
  }
  return touched
}

/** The object of this id; all of them where none has it: a file may have another name than it gives itself. */
const named = (id: string, known: readonly string[]): ReadonlySet<string> => new Set(known.includes(id) ? [id] : known)

/** Facts that follow from the parameters, each with all that it is computed from: a boolean whose threshold is moved tells of what is held against it. */
function movedBy(catalogue: Catalogue, parameters: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  return new Map(factsFollowing(catalogue, parameters).map(({ id }) => [id, [...inputsOf(catalogue, id)]]))
}

/** A fact and all that it is computed from. */
function inputsOf(catalogue: Pick<Catalogue, 'facts'>, id: string, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found
  found.add(id)
  for (const input of catalogue.facts.get(id)?.inputs ?? []) inputsOf(catalogue, input, found)
  return found
}

/** The rule that a programme's changed text names. */
function ruleGiven(source: unknown, set: ChangedText['set']): unknown {
  const idOf = (rule: unknown): unknown => (rule as { readonly id?: unknown } | null | undefined)?.id
  return set?.['/rule/id'] ?? idOf(set?.['/rule']) ?? idOf((source as { readonly rule?: unknown } | null | undefined)?.rule)
}

/** Formulas that a programme names, or named, where it comes to name another: who changes places tells of the facts of both. */
function formulasOtherwise({ programmes }: Bundle, { id, source, set }: ChangedText): Set<string> {
  const own = programmes.find(({ programme }) => programme.source.id === id)?.programme.source.formula
  const written = source === undefined ? own : (source as { readonly formula?: unknown } | null)?.formula
  const whole = set && Object.hasOwn(set, '/formula') ? set['/formula'] : written
  const part = (key: 'id' | 'version'): unknown => set?.[`/formula/${key}`] ?? (whole as FormulaName | null | undefined)?.[key]
  const given = { id: part('id'), version: part('version') }
  if (given.id === own?.id && given.version === own?.version) return new Set()
  return new Set([given.id, own?.id].filter((one): one is string => typeof one === 'string'))
}

interface FormulaName {
  readonly id?: unknown
  readonly version?: unknown
}
