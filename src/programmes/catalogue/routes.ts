/** The catalogue as a product: searched, one fact with everything about it, and what a fact would cost before it is added. */
import { listEntities } from '../../access/entities/entity-store.ts'
import type { Principal } from '../../access/principal.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'
import { didYouMean } from '../../language/nearest.ts'
import { visibleQueriesReading } from '../../queries/queries-reading.ts'
import type { factCost, FactCostRequest } from '../../simulation/fact-cost/fact-cost.ts'
import type { FactDistribution } from '../../simulation/distributions/observed-distribution.ts'
import type { Bundle } from '../bundle.ts'
import { readMembers } from '../version-store.ts'
import type { Versions } from '../versions-in-force.ts'
import { entities } from '../../warehouse/shared-lists.ts'
import { columnsAlone } from './columns-alone.ts'
import { factAnswer, legalBasesOf, reachOf, type RegistryNow, sourcesOfFact, toldUses } from './fact-page.ts'
import { factUses } from './fact-uses.ts'
import { CostAnswer, CostBody, FactAnswer, FactParams, SearchAnswer, SearchQuery } from './schema.ts'
import { searchFacts } from './search-facts.ts'

export interface CatalogueRouteDeps {
  readonly database: Database
  readonly versions: Versions
  readonly today: () => Promise<number>
  /** How old each registry's data are today. */
  readonly registryAges: () => Promise<readonly RegistryNow[]>
  readonly costOf: (request: Omit<FactCostRequest, 'rights'>, principal: Principal) => ReturnType<typeof factCost>
  readonly distributionOf: (bundle: Bundle, fact: string, principal: Principal) => Promise<FactDistribution>
}

const config = { permission: 'versions:read' } as const
const tags = ['versions']
const FACTS_SHOWN = 50
const MAX_BODY_BYTES = 256 * 1024
const measuring = { permission: 'versions:write', purpose: 'measuring what a change would do before anyone is affected' } as const

export function registerCatalogueRoutes(app: Server, deps: CatalogueRouteDeps): void {
  registerSearch(app, deps)
  registerFact(app, deps)
  registerCost(app, deps)
}

function registerSearch(app: Server, { database, versions, today }: CatalogueRouteDeps): void {
  const schema = {
    tags,
    summary: 'Search the catalogue in Arabic or English',
    description:
      'Over ids, labels, descriptions, codes, custodians, registries and columns. Arabic is found however its hamzas, taa marbuta, vowels and ' +
      'article are written. Best first, then by id; without words everything that fits the filters, by id.',
    querystring: SearchQuery,
    response: { 200: SearchAnswer },
  }
  app.get('/v1/catalogue/search', { config, schema }, async (request) => {
    const { q = '', offset = 0, limit = FACTS_SHOWN, ...filters } = request.query
    const day = await today()
    const { catalogue, hash } = await versions.inForce(day)
    const names = new Map([...entities, ...(await listEntities(database.pool))].map((entity) => [entity.id, entity.names]))
    const { found, near } = searchFacts(catalogue, q, filters, names)
    return {
      asOf: isoOfDay(day),
      versionSet: hash,
      total: found.length,
      near,
      facts: found
        .slice(offset, offset + limit)
        .map(({ fact, matched }) => ({ fact: factAnswer(catalogue.sourcesOf, fact), matched: [...matched] })),
    }
  })
}

function registerFact(app: Server, deps: CatalogueRouteDeps): void {
  const schema = {
    tags,
    summary: 'A fact: meaning, sources, law, who reads it, how it is spread, what it costs',
    description:
      'Of drafts your own are searched, of saved queries those that you may see. The distribution is of the latest snapshot, protected as all ' +
      'aggregates are, and told of facts that your entity was granted or, of facts that are not protected, with distributions:read.',
    params: FactParams,
    response: { 200: FactAnswer },
  }
  app.get('/v1/catalogue/facts/:fact', { config, schema }, async (request) => {
    const { database, versions, today, registryAges, distributionOf } = deps
    const day = await today()
    const bundle = await versions.inForce(day)
    const fact = factNamed(bundle, request.params.fact)
    const principal = principalOf(request)
    const sources = sourcesOfFact(bundle, fact.id, await registryAges())
    const columns = sources.flatMap((source) => source.columns.map(({ id }) => id))
    const [uses, written, { bytesPerHousehold, ...distribution }, queries] = await Promise.all([
      factUses(database.pool, fact.id, isoOfDay(day), principal.id),
      writtenDefinition(database, bundle, fact.id),
      distributionOf(bundle, fact.id, principal),
      principal.permissions.has('queries:read') ? visibleQueriesReading(database.pool, columns, principal) : null,
    ])
    return {
      asOf: isoOfDay(day),
      versionSet: bundle.hash,
      fact: factAnswer(bundle.catalogue.sourcesOf, fact),
      ...written,
      sources,
      legalBases: legalBasesOf(bundle, fact.id),
      ...toldUses(uses),
      reaches: reachOf(bundle, fact.id),
      savedQueries: queries?.map((query) => ({ ...query, columns: [...query.columns] })) ?? null,
      distribution: toldParts(distribution),
      cost: {
        assembled: factsAssembled(bundle).has(fact.id),
        columnsAlone: columnsAlone(bundle, fact.id),
        bytesPerHousehold,
      },
    }
  })
}

function registerCost(app: Server, { database, today, registryAges, costOf }: CatalogueRouteDeps): void {
  const schema = {
    tags: ['authoring'],
    summary: 'What a fact would cost before it is added',
    description:
      'A text of the catalogue is compiled with everything in force and nothing is stored: registries and columns that would be read, what your ' +
      'entity would have to be granted, and room and time for each household: room by the declared types, time measured on households of the latest ' +
      'snapshot where your entity is granted all that the facts would read.',
    body: CostBody,
    response: { 200: CostAnswer },
  }
  app.post('/v1/catalogue/facts/cost', { config: measuring, schema, bodyLimit: MAX_BODY_BYTES }, async (request) => {
    const { source, replaces = null } = request.body
    const states = await registryAges()
    const cost = await costOf({ source, replaces, today: await today(), states }, principalOf(request))
    const read = cost.facts.flatMap(({ sources }) => sources.map(({ registry }) => registry))
    const objects = cost.facts.map(({ id }) => `fact:${id}`).slice(0, FACTS_SHOWN)
    const outcome = cost.measured ? `timed on ${cost.measured.households} households` : 'not timed'
    await recordEvent(database.pool, audited(request, { action: 'fact-cost.measured', outcome, read: [...new Set(read)], objects }))
    return cost
  })
}

/** Lists are copied: answers are no one's constants. */
function toldParts({ sources, told, ...about }: Omit<FactDistribution, 'bytesPerHousehold'>) {
  const copy = <T extends object>(list: readonly T[] | null): T[] | null => list?.map((one) => ({ ...one })) ?? null
  return {
    ...about,
    sources: sources.map((one) => ({ ...one })),
    told: told && { ...told, codes: copy(told.codes), quantiles: copy(told.quantiles), histogram: copy(told.histogram) },
  }
}

function factNamed({ catalogue }: Bundle, id: string): CatalogueFact {
  const fact = catalogue.facts.get(id)
  if (fact) return fact
  const hint = didYouMean(id, catalogue.facts.keys())
  throw problem('fact-not-found', { pointer: 'params/fact', ...(hint === undefined ? {} : { detail: hint }) })
}

/** The fact's entry in its text, and where that stands. */
async function writtenDefinition({ pool }: Database, { versions }: Bundle, id: string) {
  const rows = await readMembers(
    pool,
    versions.filter(({ kind }) => kind === 'catalogue'),
  )
  for (const row of rows) {
    const { facts } = JSON.parse(row.source) as { readonly facts: readonly { readonly id: string; readonly definition: unknown }[] }
    const place = facts.findIndex((fact) => fact.id === id)
    if (place >= 0)
      return { definition: facts[place]?.definition, catalogueText: { id: row.id, version: row.version, pointer: `/facts/${place}` } }
  }
  // INVARIANT: the bundle was compiled from these texts.
  throw new Error(`the fact ${id} stands in no text of the catalogue`)
}
