import { contentHash } from '../../kernel/canonical.ts'
import { at, type Diagnostic } from '../../kernel/diagnostic.ts'
import type { Definitions } from '../condition/definition.ts'
import { factSpace } from '../fact-space.ts'
import type { Catalogue, CatalogueFact, Entity } from './catalogue.ts'
import { type Findings, findings, isObject } from './diagnostics.ts'
import { inferKnowledge } from './knowledge.ts'
import type { DefinitionContext } from './definition-context.ts'
import { checkReplacements } from './deprecation.ts'
import { checkDefinition } from './fact-definition.ts'
import { checkHeader, type CodeLists, type FactHeader } from './fact-header.ts'
import { checkParameter, type Parameter } from './parameter.ts'
import type { RegistryShape } from './registry-shape.ts'
import { relationRegistry } from './sql/relatives-sql.ts'

/** The files of a catalogue as JSON values; a file name begins each pointer, so that an error says where it is. */
export interface CatalogueText {
  readonly files: readonly { readonly name: string; readonly json: unknown }[]
  readonly parameters: readonly { readonly name: string; readonly json: unknown }[]
  /** Shared condition definitions by id. */
  readonly definitions: Definitions
  readonly codeLists: CodeLists
  readonly registries: readonly RegistryShape[]
}

/** Checks a whole catalogue; all errors at once, and no catalogue if there is one. */
export function checkCatalogue(text: CatalogueText): { readonly catalogue?: Catalogue; readonly diagnostics: readonly Diagnostic[] } {
  const out = findings()
  const parameters = new Map<string, Parameter>()
  for (const { name, json } of text.parameters) {
    const parameter = checkParameter(json, out, name)
    if (parameter && parameters.has(parameter.id))
      out.error('defined-twice', `${name}/id`, `the parameter ${parameter.id} is defined twice`)
    if (parameter) parameters.set(parameter.id, parameter)
  }
  const headers = readHeaders(text, out)
  checkReplacements(headers, out)
  const typesOf = (entity: Entity) => [...headers.values()].filter((header) => header.entity === entity)
  const spaces = { household: factSpace('household', typesOf('household')), person: factSpace('person', typesOf('person')) }
  const checked = checkFacts(headers, { ...text, parameters, spaces }, out)
  if (out.list.some((finding) => finding.severity === 'error')) return { diagnostics: out.list }
  const inOrder = [...checked.values()] as CatalogueFact[]
  const catalogue: Catalogue = {
    hash: contentHash({
      facts: text.files.map((file) => file.json),
      parameters: text.parameters.map((file) => file.json),
      definitions: Object.fromEntries(text.definitions),
    }),
    facts: new Map(inOrder.map((fact) => [fact.id, fact])),
    parameters,
    registries: new Map(text.registries.map((registry) => [registry.id, registry])),
    ...spaces,
    personWithHousehold: factSpace('person', [...spaces.person.types, ...spaces.household.types]),
    order: { person: inOrder.filter((fact) => fact.entity === 'person'), household: inOrder.filter((fact) => fact.entity === 'household') },
    ...lineage(new Map(inOrder.map((fact) => [fact.id, fact]))),
  }
  return { catalogue, diagnostics: out.list }
}

function readHeaders(text: CatalogueText, out: Findings): Map<string, FactHeader> {
  const headers = new Map<string, FactHeader>()
  for (const { name, json } of text.files) {
    const entity = isObject(json) ? json['entity'] : undefined
    const facts = isObject(json) ? json['facts'] : undefined
    if ((entity !== 'household' && entity !== 'person') || !Array.isArray(facts)) {
      out.error('catalogue-file', name, 'a catalogue file states its entity and lists facts', {
        expected: '{"entity": "household" | "person", "facts": [...]}',
      })
      continue
    }
    facts.forEach((fact: unknown, index) => {
      const pointer = at(`${name}/facts`, index)
      const header = checkHeader(fact, entity, text.codeLists, out, pointer)
      if (!header) return
      if (headers.has(header.id)) out.error('defined-twice', at(pointer, 'id'), `the fact ${header.id} is defined twice`)
      headers.set(header.id, header)
    })
  }
  return headers
}

/** Each level is a step of the assembly statement; the shipped catalogue has seven. */
const MAX_FACT_DEPTH = 40

/** Checks each definition after its inputs, so that the map's order is a topological order. */
function checkFacts(
  headers: ReadonlyMap<string, FactHeader>,
  given: Pick<DefinitionContext, 'parameters' | 'spaces' | 'definitions'> & { registries: readonly RegistryShape[] },
  out: Findings,
) {
  const done = new Map<string, CatalogueFact | undefined>()
  const depths = new Map<string, number>()
  const path: string[] = []
  const registries = new Map(given.registries.map((registry) => [registry.id, registry]))
  const factIds = [...headers.keys()]
  const visit = (id: string): CatalogueFact | undefined => {
    if (done.has(id)) return done.get(id)
    const header = headers.get(id)
    if (!header) return undefined
    if (path.includes(id)) {
      return out.error(
        'cyclic-fact',
        at(header.pointer, 'definition'),
        `${[...path.slice(path.indexOf(id)), id].join(' → ')} is computed from itself`,
      )
    }
    const tooDeep = (): undefined =>
      out.error('fact-too-deep', at(header.pointer, 'definition'), `${id} is computed through more than ${MAX_FACT_DEPTH} other facts`, {
        hint: 'compute it from facts that stand nearer to the registries',
      })
    // Ended here, before the call stack does.
    if (path.length > MAX_FACT_DEPTH) return tooDeep()
    path.push(id)
    const reads = new Set<string>()
    const context: DefinitionContext = {
      out,
      fact: visit,
      factIds,
      registries,
      reads,
      parameters: given.parameters,
      spaces: given.spaces,
      definitions: given.definitions,
    }
    const definition = checkDefinition(header, context)
    path.pop()
    const depth = 1 + Math.max(-1, ...[...reads].map((input) => depths.get(input) ?? 0))
    depths.set(id, depth)
    const fact = depth > MAX_FACT_DEPTH ? tooDeep() : definition && finish(header, definition, [...reads], visit, out)
    done.set(id, fact)
    return fact
  }
  for (const id of factIds) visit(id)
  return done
}

function finish(
  header: FactHeader,
  definition: CatalogueFact['definition'],
  reads: readonly string[],
  fact: (id: string) => CatalogueFact | undefined,
  out: Findings,
): CatalogueFact | undefined {
  const inputs = reads.map(fact)
  const computed = inputs.find((input) => input?.definition.kind === 'computed' || input?.definition.kind === 'programmeStatus')
  if (computed)
    return out.error('computed-input', at(header.pointer, 'definition'), `${computed.id} is computed after the facts`, {
      hint: 'read it in a rule instead',
    })
  if (overRelatives(definition, 'anywhere') && reachesRelatives(reads, fact)) {
    return out.error(
      'relatives-of-relatives',
      at(header.pointer, 'definition'),
      `${header.id} reads facts that are themselves about relatives`,
      {
        hint: 'aggregate facts of the relative alone',
      },
    )
  }
  const declaredNonNegative = typeof header.json['min'] === 'number' && header.json['min'] >= 0
  const { id, type, scale, unit, codes, codeLabels, label, entity, description, custodian, correctable, illustrative, deprecated } = header
  const stated = {
    id,
    type,
    scale,
    unit,
    codes,
    codeLabels,
    label,
    protected: header.protected,
    entity,
    description,
    custodian,
    correctable,
    illustrative,
    deprecated,
  }
  return { ...stated, definition, inputs: reads, ...inferKnowledge(header, definition, fact, declaredNonNegative) }
}

const overRelatives = (definition: CatalogueFact['definition'], within?: 'anywhere'): boolean =>
  definition.kind === 'aggregate' && definition.over.kind === 'relatives' && (within === undefined || definition.over.within === within)

const reachesRelatives = (ids: readonly string[], fact: (id: string) => CatalogueFact | undefined): boolean =>
  [...withInputs(ids, fact)].some(({ definition }) => overRelatives(definition))

/** The facts and all that they are computed from, each once: there are more ways down than facts. */
function withInputs(ids: readonly string[], fact: (id: string) => CatalogueFact | undefined): Set<CatalogueFact> {
  const met = new Set(ids.flatMap((id) => fact(id) ?? []))
  for (const { inputs } of met) for (const id of inputs) for (const input of [fact(id) ?? []].flat()) met.add(input)
  return met
}

/** Where a fact comes from, all the way down. */
function lineage(facts: ReadonlyMap<string, CatalogueFact>): Pick<Catalogue, 'sourcesOf' | 'baseFactsOf'> {
  const closure = (id: string): CatalogueFact[] => [...withInputs([id], (one) => facts.get(one))]
  const memo = <T>(f: (id: string) => T) => {
    const known = new Map<string, T>()
    return (id: string): T => {
      if (!known.has(id)) known.set(id, f(id))
      return known.get(id) as T
    }
  }
  return {
    sourcesOf: memo((id) => [...new Set(closure(id).flatMap(registriesOf))].toSorted()),
    baseFactsOf: memo((id) => [...new Set(closure(id).flatMap((fact) => (fact.inputs.length === 0 ? [fact.id] : [])))]),
  }
}

function registriesOf({ definition }: CatalogueFact): string[] {
  if (definition.kind === 'column') return [definition.registry.id]
  if (definition.kind !== 'aggregate') return []
  if (definition.over.kind === 'registry') return [definition.over.registry.id]
  // Who the relatives are is itself read from a registry.
  return [relationRegistry(definition.over.relation) ?? []].flat()
}
