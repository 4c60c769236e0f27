/** Registries defined and changed at run time, their definitions with all versions, and what is generated from them: pages and OpenAPI. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { contentHash } from '../../kernel/canonical.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { RegistryParams } from '../loads/schema.ts'
import { loadRegistryFiles } from '../registry-definition.ts'
import { registryPage } from '../registry-docs.ts'
import { type DefineDeps, type Definer, defineRegistry, redefineRegistry } from './define-registry.ts'
import { type DefinitionVersion, readDefinitionVersions, SHIPPED } from './definition-store.ts'
import { openapiOfRegistries } from './openapi-of-registries.ts'
import { DefinedAnswer, DefinitionAnswer, DefinitionBody, MatchHeaders, OneVersionAnswer, VersionParams } from './schema.ts'

const tags = ['registries']
const writes = { permission: 'registries:write', purpose: 'keeping the list of registries' } as const
const reads = { permission: 'registries:read' } as const
const BODY_BYTES_MAX = 262_144

export function registerDefinitionRoutes(app: Server, deps: DefineDeps): void {
  registerWrites(app, deps)
  registerReads(app, deps)
  registerGenerated(app, deps)
}

function registerWrites(app: Server, deps: DefineDeps): void {
  const post = {
    tags,
    summary: 'Define a registry: its table, loads, columns of queries and sources of facts are there at once',
    body: DefinitionBody,
    response: { 201: DefinedAnswer },
  }
  app.post('/v1/registries', { config: writes, schema: post, bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const defined = await inBody(() => defineRegistry(deps, request.body.definition, definerOf(request)))
    reply.header('location', `/v1/registries/${defined.id}/definition`)
    return withEtag(reply, 201, defined)
  })
  const put = {
    tags,
    summary: 'Change the definition of a registry',
    description:
      'New optional columns, more codes, wider ranges, words, ages and indexes; a column is taken out when nothing reads it. What would change the meaning of rows that are there is refused. ' +
      '`If-Match` names the definition that this one follows.',
    params: RegistryParams,
    headers: MatchHeaders,
    body: DefinitionBody,
    response: { 200: DefinedAnswer },
  }
  app.put('/v1/registries/:registry/definition', { config: writes, schema: put, bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const ifMatch = request.headers['if-match']?.trim().replace(/^"(.*)"$/, '$1')
    const wish = { id: request.params.registry, json: request.body.definition, ifMatch }
    return withEtag(reply, 200, await inBody(() => redefineRegistry(deps, wish, definerOf(request))))
  })
}

function registerReads(app: Server, { database: { pool } }: DefineDeps): void {
  app.get(
    '/v1/registries/:registry/definition',
    {
      config: reads,
      schema: {
        tags,
        summary: 'The definition of a registry, and its versions',
        params: RegistryParams,
        response: { 200: DefinitionAnswer },
      },
    },
    async (request, reply) => {
      const versions = await versionsHeld(pool, request.params.registry)
      const [newest] = versions
      if (!newest) throw problem('registry-not-found')
      reply.header('etag', `"${newest.hash}"`)
      return { ...named(newest), definition: JSON.parse(newest.source) as unknown, versions: versions.map(named) }
    },
  )
  app.get(
    '/v1/registries/:registry/definition/versions/:version',
    {
      config: reads,
      schema: { tags, summary: 'A version of a definition', params: VersionParams, response: { 200: OneVersionAnswer } },
    },
    async (request) => {
      const { registry, version } = request.params
      const found = (await versionsHeld(pool, registry)).find((one) => one.version === version)
      if (!found) throw problem('registry-not-found')
      return { ...named(found), definition: JSON.parse(found.source) as unknown }
    },
  )
}

function registerGenerated(app: Server, { registries }: DefineDeps): void {
  app.get(
    '/v1/registries/openapi.json',
    {
      config: reads,
      schema: {
        tags,
        summary: 'The rows of every registry, as an OpenAPI document of its loads',
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
      },
    },
    async () => openapiOfRegistries(await registries.all()),
  )
  app.get(
    '/v1/registries/:registry/page',
    {
      config: reads,
      schema: {
        tags,
        summary: 'The page of a registry: its columns and codes in both languages',
        params: RegistryParams,
        response: { 200: { description: 'Markdown', content: { 'text/markdown': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      const definition = await registries.one(request.params.registry)
      if (!definition) throw problem('registry-not-found')
      return (reply as FastifyReply).type('text/markdown; charset=utf-8').send(`${registryPage(definition)}\n`)
    },
  )
}

/** Stored versions, the newest first; a shipped registry that is not stored yet has its file. */
async function versionsHeld(pool: DefineDeps['database']['pool'], id: string) {
  const stored: readonly (Omit<DefinitionVersion, 'definedAt'> & { readonly definedAt: string | null })[] = await readDefinitionVersions(
    pool,
    id,
  )
  if (stored.length > 0) return stored
  return loadRegistryFiles()
    .filter((file) => file.id === id)
    .map((file) => ({
      id,
      version: 1,
      hash: contentHash(file),
      source: JSON.stringify(file),
      origin: SHIPPED,
      entity: null,
      definedAt: null,
    }))
}

const named = ({ id, version, hash, origin, entity, definedAt }: Awaited<ReturnType<typeof versionsHeld>>[number]) => ({
  id,
  version,
  hash,
  origin,
  entity,
  definedAt,
})

function definerOf(request: FastifyRequest): Definer {
  const { id, entity } = principalOf(request)
  return { origin: id, entity, audit: (event) => audited(request, event) }
}

function withEtag(reply: FastifyReply, status: 200 | 201, { id, version, hash }: Type.Static<typeof DefinedAnswer>): FastifyReply {
  return reply.code(status).header('etag', `"${hash}"`).send({ id, version, hash })
}

/** Faults of the definition as places of the body. */
async function inBody<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'registry-definition-refused') throw error
    const { pointer = '', errors = [] } = error.parts
    throw problem(error.code, {
      pointer: `/definition${pointer}`,
      errors: errors.map((one) => ({ ...one, pointer: `/definition${one.pointer}` })),
    })
  }
}
