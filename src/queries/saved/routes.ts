/** Saved queries: kept in versions, shared within the entity, archived. */
import type Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { contentHash } from '../../kernel/canonical.ts'
import { problem } from '../../kernel/problem.ts'
import type { Words } from '../../language/fact-space.ts'
import { definitionInBody } from '../definition-in-body.ts'
import { changeableQuery, versionOf, visibleQuery } from '../own-query.ts'
import { compileFor } from '../perform-query.ts'
import type { QueryDeps } from '../query-deps.ts'
import { archiveQuery, insertQuery, insertVersion, listQueries, readVersions, type SavedQuery, setAccess } from '../query-store.ts'
import { QUERY_BODY_BYTES, sqlAnswer } from '../routes.ts'
import {
  AccessRequest,
  DefinitionRequest,
  ListRequest,
  NewVersionRequest,
  QueryAnswer,
  QueryList,
  QueryParams,
  type QuerySummary,
  SavedAnswer,
  SqlAnswer,
  VersionAnswer,
  VersionParams,
  VersionQuery,
} from '../schema.ts'

const tags = ['queries']
const PAGE = 50
const reads = { permission: 'queries:read' } as const
const writes = { permission: 'queries:write', purpose: 'keeping queries of an organisation' } as const

export function registerSavedQueryRoutes(app: Server, deps: QueryDeps): void {
  registerReads(app, deps)
  registerWrites(app, deps)
  registerAccess(app, deps)
}

function registerReads(app: Server, deps: QueryDeps): void {
  const { pool } = deps.database
  app.get(
    '/v1/queries',
    {
      config: reads,
      schema: { tags, summary: 'Queries that you may see, the newest first', querystring: ListRequest, response: { 200: QueryList } },
    },
    async (request) => {
      const { entity, id: principal } = principalOf(request)
      const { search = null, archived = false, before = null } = request.query
      const queries = await listQueries(pool, { entity, principal, search, before, archived, limit: PAGE })
      return {
        queries: queries.map((query) => summaryOf(query, query.hash, query)),
        before: queries.length === PAGE ? (queries.at(-1)?.id ?? null) : null,
      }
    },
  )
  app.get(
    '/v1/queries/:id',
    {
      config: reads,
      schema: { tags, summary: 'A query: its latest definition, and its versions', params: QueryParams, response: { 200: QueryAnswer } },
    },
    async (request) => {
      const query = await visibleQuery(pool, request.params.id, principalOf(request))
      const [latest, versions] = await Promise.all([versionOf(pool, query), readVersions(pool, query.id)])
      return { ...summaryOf(query, latest.hash, latest.definition), definition: latest.definition, versions }
    },
  )
  app.get(
    '/v1/queries/:id/versions/:version',
    { config: reads, schema: { tags, summary: 'A version of a query', params: VersionParams, response: { 200: VersionAnswer } } },
    async (request) => {
      const query = await visibleQuery(pool, request.params.id, principalOf(request))
      return versionOf(pool, query, request.params.version)
    },
  )
  app.get(
    '/v1/queries/:id/sql',
    {
      config: reads,
      schema: {
        tags,
        summary: 'The SQL of a query by today’s grants',
        params: QueryParams,
        querystring: VersionQuery,
        response: { 200: SqlAnswer },
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const query = await visibleQuery(pool, request.params.id, principal)
      const { definition } = await versionOf(pool, query, request.query.version)
      return sqlAnswer(await compileFor(deps, await deps.rights(principal.entity), definition))
    },
  )
}

function registerWrites(app: Server, deps: QueryDeps): void {
  const { database } = deps
  app.post(
    '/v1/queries',
    {
      config: writes,
      schema: { tags, summary: 'Save a query: its first version', body: DefinitionRequest, response: { 201: SavedAnswer } },
      bodyLimit: QUERY_BODY_BYTES,
    },
    async (request, reply) => {
      const { definition } = request.body
      const { entity, id: principal } = principalOf(request)
      const rights = await deps.rights(entity)
      await definitionInBody(async () => compileFor(deps, rights, definition))
      const hash = contentHash(definition)
      const id = await database.transaction(async ({ client }) => {
        const made = await insertQuery(client, definition, { entity, principal })
        await recordEvent(
          client,
          audited(request, { action: 'query.saved', outcome: 'version 1', objects: [`query:${made}`, `definition:${hash}`] }),
        )
        return made
      })
      return reply.code(201).header('location', `/v1/queries/${id}`).send({ id, version: 1, hash })
    },
  )
  app.post(
    '/v1/queries/:id/versions',
    {
      config: writes,
      schema: {
        tags,
        summary: 'Save a new version of a query',
        description: 'The same definition as the latest is the latest.',
        params: QueryParams,
        body: NewVersionRequest,
        response: { 200: SavedAnswer, 201: SavedAnswer },
      },
      bodyLimit: QUERY_BODY_BYTES,
    },
    async (request, reply) => {
      const { definition, basedOn } = request.body
      const principal = principalOf(request)
      const query = await changeableQuery(database.pool, request.params.id, principal)
      const rights = await deps.rights(principal.entity)
      await definitionInBody(async () => compileFor(deps, rights, definition))
      const latest = await versionOf(database.pool, query)
      const hash = contentHash(definition)
      if (latest.hash === hash) {
        const outcome = `version ${latest.version} as before`
        await recordEvent(
          database.pool,
          audited(request, { action: 'query.saved', outcome, objects: [`query:${query.id}`, `definition:${hash}`] }),
        )
        return { id: query.id, version: latest.version, hash }
      }
      if (basedOn !== latest.version) throw problem('query-changed', { pointer: '/basedOn', expected: String(latest.version) })
      const version = latest.version + 1
      await database.transaction(async ({ client }) => {
        if (!(await insertVersion(client, query.id, version, definition, principal.id)))
          throw problem('query-changed', { pointer: '/basedOn' })
        await recordEvent(
          client,
          audited(request, { action: 'query.saved', outcome: `version ${version}`, objects: [`query:${query.id}`, `definition:${hash}`] }),
        )
      })
      return reply.code(201).send({ id: query.id, version, hash })
    },
  )
}

function registerAccess(app: Server, { database }: QueryDeps): void {
  app.put(
    '/v1/queries/:id/access',
    {
      config: writes,
      schema: {
        tags,
        summary: 'Who may call a query, and how often',
        params: QueryParams,
        body: AccessRequest,
        response: { 200: AccessRequest },
      },
      bodyLimit: 16_384,
    },
    async (request) => {
      const query = await changeableQuery(database.pool, request.params.id, principalOf(request))
      const access = { ...request.body, callers: [...new Set(request.body.callers)] }
      const outcome = `${access.shared ? 'shared' : 'not shared'}, ${access.callers.length} callers`
      await database.transaction(async ({ client }) => {
        await setAccess(client, query.id, access)
        await recordEvent(
          client,
          audited(request, {
            action: 'query.access',
            outcome,
            objects: [`query:${query.id}`, ...access.callers.map((caller) => `caller:${caller}`)],
          }),
        )
      })
      return access
    },
  )
  app.post(
    '/v1/queries/:id/archive',
    {
      config: writes,
      schema: {
        tags,
        summary: 'Archive a query: it can be read and no longer called',
        params: QueryParams,
        response: { 204: { type: 'null' } },
      },
    },
    async (request, reply) => {
      const query = await changeableQuery(database.pool, request.params.id, principalOf(request))
      await database.transaction(async ({ client }) => {
        const outcome = (await archiveQuery(client, query.id)) ? 'archived' : 'archived before'
        await recordEvent(client, audited(request, { action: 'query.archived', outcome, objects: [`query:${query.id}`] }))
      })
      return reply.code(204).send(null)
    },
  )
}

const summaryOf = (
  { id, version, shared, callers, callsPerMinute, createdBy, createdAt, archivedAt }: SavedQuery,
  hash: string,
  { name, description }: { readonly name: Words; readonly description?: Words | null },
): Type.Static<typeof QuerySummary> => ({
  id,
  name,
  description: description ?? null,
  version,
  hash,
  shared,
  callers: [...callers],
  callsPerMinute,
  createdBy,
  createdAt,
  archivedAt,
})
