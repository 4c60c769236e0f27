/** Saved queries as an API: each call by today's grants, and the document that describes them. */
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import type { CountCall } from '../call-rate.ts'
import { openapiOfQueries } from '../openapi-of-queries.ts'
import { visibleVersion } from '../own-query.ts'
import { compileFor, performQuery, type QueryDeps } from '../perform-query.ts'
import { listQueries } from '../query-store.ts'
import { rowsResponse, sendOutcome } from '../routes.ts'
import { FormatQuery, QueryParams, RunRequest } from '../schema.ts'

const tags = ['queries']
/** An entity's document of its queries names this many, the newest. */
const DESCRIBED = 1_000
export interface QueryCallDeps extends QueryDeps {
  readonly callsPerMinute: number
  readonly countCall: CountCall
}

export function registerQueryCallRoutes(app: Server, deps: QueryCallDeps): void {
  registerRun(app, deps)
  registerOpenapi(app, deps)
}

function registerRun(app: Server, deps: QueryCallDeps): void {
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
      const { query, version: found } = await visibleVersion(deps.database.pool, request.params.id, request.body.version, principal)
      if (query.archivedAt !== null) throw problem('query-archived')
      deps.countCall(query.id, principal.id, query.callsPerMinute ?? deps.callsPerMinute)
      const { definition, version, hash } = found
      const saved = { id: query.id, version, hash }
      const outcome = await performQuery(deps, {
        entity: principal.entity,
        definition,
        parameters: request.body.parameters ?? {},
        saved,
        audited: (event) => audited(request, event),
      })
      return sendOutcome(request, reply, outcome, saved, request.query.format)
    },
  )
}

function registerOpenapi(app: Server, deps: QueryCallDeps): void {
  const schema = {
    tags,
    summary: 'OpenAPI 3.1 of the saved queries that you may call',
    response: { 200: { type: 'object', additionalProperties: true } },
  }
  app.get('/v1/queries/openapi.json', { config: { permission: 'queries:read' }, schema }, async (request) => {
    const { entity, id: principal } = principalOf(request)
    const wanted = { entity, principal, search: null, before: null, archived: false, limit: DESCRIBED }
    const described = (await listQueries(deps.database.pool, wanted)).map(async (saved) => ({
      saved,
      query: await compileFor(deps, { entity, definition: saved.definition }).then(
        ({ query }) => query,
        (error: unknown) => {
          if (error instanceof Problem) return null
          throw error
        },
      ),
    }))
    return openapiOfQueries(entity, await Promise.all(described))
  })
}
