/** Which registries, columns and relatives the wanted facts read: what has to be fetched for an assembly. */
import { slotsOf } from '../../condition/condition.ts'
import type { Aggregate, Catalogue, CatalogueFact, Relation } from '../catalogue.ts'
import type { Expression } from '../expression.ts'
import type { RegistryShape } from '../registry-shape.ts'
import { closureOf, readsRelativesAnywhere } from '../sql/levels.ts'
import { relationRegistry } from '../sql/relatives-sql.ts'
import type { RegistryRead } from './rows.ts'

export interface Reads {
  /** In the catalogue's order. */
  readonly registries: readonly RegistryRead[]
  /** Relations by which relatives are found. */
  readonly anywhere: readonly Relation[]
  readonly within: readonly Relation[]
  /** Registries that decide whether relatives are known at all. */
  readonly foundBy: readonly string[]
  /** Facts computed of relatives outside the household. */
  readonly ofRelatives: ReadonlySet<string>
}

const FOUND_BY_HOUSEHOLD: readonly Relation[] = ['members', 'otherMembers']

export function readsOf(catalogue: Catalogue, wanted: ReadonlySet<string> | null): Reads {
  const facts = [...catalogue.facts.values()].filter(({ id }) => wanted === null || wanted.has(id))
  const ofRelatives = closureOf(
    catalogue,
    facts.filter(readsRelativesAnywhere).flatMap((fact) => fact.inputs),
  )
  const columns = new Map<string, Set<string>>()
  const relatives = new Map<string, Set<string>>()
  for (const fact of facts) {
    const read = registryRead(fact)
    if (!read) continue
    const names = columns.get(read.registry.id) ?? new Set<string>()
    columns.set(read.registry.id, names)
    for (const name of read.columns) names.add(name)
    const { answeredBy } = read.registry
    // Of whoever answered it is read that there is a row, and nothing of it.
    if (answeredBy !== undefined && !columns.has(answeredBy)) columns.set(answeredBy, new Set())
    if (!ofRelatives.has(fact.id)) continue
    const own = relatives.get(read.registry.id) ?? new Set<string>()
    relatives.set(read.registry.id, own)
    for (const name of read.columns) own.add(name)
    if (answeredBy !== undefined && !relatives.has(answeredBy)) relatives.set(answeredBy, new Set())
  }
  const relations = (within: 'household' | 'anywhere'): Relation[] => [
    ...new Set(
      facts.flatMap(({ definition: d }) =>
        d.kind === 'aggregate' && d.over.kind === 'relatives' && d.over.within === within && !FOUND_BY_HOUSEHOLD.includes(d.over.relation)
          ? [d.over.relation]
          : [],
      ),
    ),
  ]
  const [anywhere, within] = [relations('anywhere'), relations('household')]
  return {
    registries: [...catalogue.registries.values()]
      .filter(({ id }) => columns.has(id))
      .map((registry) => ({
        registry,
        columns: registry.columns.filter(({ name }) => columns.get(registry.id)?.has(name)),
        relativesColumns: relatives.get(registry.id) ?? null,
      })),
    anywhere,
    within,
    foundBy: [...new Set([...anywhere, ...within].flatMap((relation) => relationRegistry(relation) ?? []))],
    ofRelatives,
  }
}

/** Registries among them that are asked person by person, each with the relatives anywhere of whom the facts read it. */
export function relativesAsked(catalogue: Catalogue, wanted: ReadonlySet<string>): ReadonlyMap<RegistryShape, ReadonlySet<Relation>> {
  const asked = new Map(
    readsOf(catalogue, wanted).registries.flatMap(({ registry }) =>
      registry.answeredBy === undefined ? [] : [[registry, new Set<Relation>()] as const],
    ),
  )
  for (const fact of catalogue.facts.values()) {
    const { definition } = fact
    if (!wanted.has(fact.id) || !readsRelativesAnywhere(fact)) continue
    if (definition.kind !== 'aggregate' || definition.over.kind !== 'relatives') continue
    for (const id of closureOf(catalogue, fact.inputs)) {
      const input = catalogue.facts.get(id)
      const registry = input && registryRead(input)?.registry
      if (registry) asked.get(registry)?.add(definition.over.relation)
    }
  }
  return asked
}

/** What a fact reads of a registry itself; null for one that reads none or other facts. */
export function registryRead({
  definition,
}: CatalogueFact): { readonly registry: RegistryShape; readonly columns: readonly string[] } | null {
  if (definition.kind === 'column') return { registry: definition.registry, columns: [definition.column] }
  if (definition.kind !== 'aggregate' || definition.over.kind !== 'registry') return null
  return { registry: definition.over.registry, columns: namesOf(definition) }
}

/** Names that an aggregate reads, `let` names among them. */
function namesOf({ where, window, of, date, lets, space }: Aggregate): string[] {
  return [
    ...(where ? slotsOf(where).map((slot) => space.types[slot]?.id ?? '') : []),
    ...(window ? [window.date] : []),
    ...(date === null ? [] : [date]),
    ...(of ? namesIn(of) : []),
    ...lets.flatMap(({ value }) => namesIn(value)),
  ]
}

function namesIn(e: Expression): string[] {
  switch (e.op) {
    case 'literal':
      return []
    case 'name':
      return [e.name]
    case 'lookUp':
      return e.keys.flatMap(namesIn)
    case 'yearsBetween':
    case 'monthsBetween':
    case 'daysBetween':
      return [...namesIn(e.from), ...namesIn(e.to)]
    case 'band':
    case 'year':
      return namesIn(e.of)
    default:
      return e.of.flatMap(namesIn)
  }
}
