/** Saved queries as an API: each call by today's grants, and the document that describes them. */
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { type DescribedQuery, openapiOfQueries } from '../openapi-of-queries.ts'
import { versionOf, visibleVersion } from '../own-query.ts'
import { compileFor, performQuery } from '../perform-query.ts'
import type { QueryDeps } from '../query-deps.ts'
import { listQueries } from '../query-store.ts'
import { rowsResponse, sendOutcome } from '../routes.ts'
import { FormatQuery, QueryParams, RunRequest } from '../schema.ts'

const tags = ['queries']
/** An entity's document of its queries names this many, the newest. */
const DESCRIBED = 200
export function registerQueryCallRoutes(app: Server, deps: QueryDeps): void {
  registerRun(app, deps)
  registerOpenapi(app, deps)
}

function registerRun(app: Server, deps: QueryDeps): void {
  app.post(
    '/v1/queries/:id/run',
    {
      config: { permission: 'queries:run', purpose: 'calling a saved query' },
      schema: {
        tags,
        summary: 'Call a saved query, by today’s grants',
        description: 'GET /v1/queries/openapi.json describes the parameters and columns of each. JSON, or CSV by `Accept` or `format`.',
        params: QueryParams,
        querystring: FormatQuery,
        body: RunRequest,
        response: rowsResponse,
      },
      bodyLimit: 65_536,
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const [{ query, version: found }, rights] = await Promise.all([
        visibleVersion(deps.database.pool, request.params.id, request.body.version, principal),
        deps.rights(principal.entity),
      ])
      if (query.archivedAt !== null) throw problem('query-archived')
      deps.countCall(query.id, principal.id, query.callsPerMinute ?? undefined)
      const { definition, version, hash } = found
      const saved = { id: query.id, version, hash }
      const outcome = await performQuery(deps, {
        entity: principal.entity,
        rights,
        definition,
        parameters: request.body.parameters ?? {},
        saved,
        audited: (event) => audited(request, event),
      })
      return sendOutcome(request, reply, outcome, saved, request.query.format)
    },
  )
}

function registerOpenapi(app: Server, deps: QueryDeps): void {
  const schema = {
    tags,
    summary: 'OpenAPI 3.1 of the saved queries that you may call',
    response: { 200: { type: 'object', additionalProperties: true } },
  }
  app.get('/v1/queries/openapi.json', { config: { permission: 'queries:read' }, schema }, async (request) => {
    const { entity, id: principal } = principalOf(request)
    const wanted = { entity, principal, search: null, before: null, archived: false, limit: DESCRIBED }
    const described: DescribedQuery[] = []
    const rights = await deps.rights(entity)
    for (const listed of await listQueries(deps.database.pool, wanted)) {
      const { definition, hash } = await versionOf(deps.database.pool, listed)
      const compiled = compileFor(deps, rights, definition, hash).catch((error: unknown) => {
        if (error instanceof Problem) return null
        throw error
      })
      described.push({ id: listed.id, version: listed.version, hash, definition, query: (await compiled)?.query ?? null })
    }
    return openapiOfQueries(entity, described)
  })
}
