/** Building queries: what they may be made of, the SQL that a definition becomes, and trying one. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Type from 'typebox'
import { audited } from '../http/audited.ts'
import { principalOf } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { csvCell } from '../kernel/csv-cell.ts'
import { columnsAnswer } from './columns-answer.ts'
import type { CompiledQuery } from './compile-query.ts'
import { definitionInBody } from './definition-in-body.ts'
import { compileFor, performQuery, type QueryOutcome, type QueryVersion, type RouteEvent } from './perform-query.ts'
import type { QueryDeps } from './query-deps.ts'
import { toldColumns } from './row-answer.ts'
import { ColumnsAnswer, DefinitionRequest, FormatQuery, RowsAnswer, SqlAnswer, TryRequest } from './schema.ts'

const tags = ['queries']
export const QUERY_BODY_BYTES = 131_072
export const trying = 'trying a query before it is saved'

export function registerQueryRoutes(app: Server, deps: QueryDeps): void {
  app.get(
    '/v1/queries/columns',
    {
      config: { permission: 'queries:read' },
      schema: { tags, summary: 'Registries and columns that queries of your entity may be built of', response: { 200: ColumnsAnswer } },
    },
    async (request) => {
      const { entity } = principalOf(request)
      return columnsAnswer(await deps.registries(), await deps.rights(entity))
    },
  )
  app.post(
    '/v1/queries/sql',
    {
      config: { permission: 'queries:write' },
      schema: { tags, summary: 'The SQL that a definition becomes', body: DefinitionRequest, response: { 200: SqlAnswer } },
      bodyLimit: QUERY_BODY_BYTES,
    },
    async (request) => {
      const rights = await deps.rights(principalOf(request).entity)
      return sqlAnswer(await definitionInBody(async () => compileFor(deps, rights, request.body.definition)))
    },
  )
  app.post(
    '/v1/queries/run',
    {
      config: { permission: 'queries:write', purpose: trying },
      schema: { tags, summary: 'Run a definition without saving it', querystring: FormatQuery, body: TryRequest, response: rowsResponse },
      bodyLimit: QUERY_BODY_BYTES,
    },
    async (request, reply) => {
      const { definition, parameters = {} } = request.body
      const { id: caller, entity } = principalOf(request)
      deps.countCall('tried', caller)
      const rights = await deps.rights(entity)
      const call = { entity, rights, definition, parameters, saved: null, audited: (event: RouteEvent) => audited(request, event) }
      const outcome = await definitionInBody(async () => performQuery(deps, call))
      return sendOutcome(request, reply, outcome, null, request.query.format)
    },
  )
}

export const rowsResponse = {
  200: { description: 'Rows', content: { 'application/json': { schema: RowsAnswer }, 'text/csv': { schema: { type: 'string' } } } },
}

/** JSON, or CSV whose cells are safe to open in a spreadsheet. */
export function sendOutcome(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: QueryOutcome,
  query: QueryVersion | null,
  format: 'json' | 'csv' | undefined,
): FastifyReply {
  const wantsCsv = format === 'csv' || (format === undefined && /\btext\/csv\b/i.test(request.headers.accept ?? ''))
  if (!wantsCsv) return reply.type('application/json; charset=utf-8').send({ ...outcome, query })
  const ids = outcome.columns.map(({ id }) => id)
  const lines = [ids, ...outcome.rows.map((row) => ids.map((id) => row[id] ?? null))]
  return reply
    .type('text/csv; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', 'attachment; filename="query.csv"')
    .header('x-more-rows', String(outcome.more))
    .send(lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join(''))
}

export function sqlAnswer({ query, statement }: CompiledQuery): Type.Static<typeof SqlAnswer> {
  const meaning = {
    programmes: 'programmes whose applicants may be read',
    noise: 'a secret that the noise is drawn by',
    sheltered: 'persons whose addresses are kept from others',
  }
  return {
    sql: statement.text,
    placeholders: statement.bindings.map((binding) =>
      binding.kind !== 'parameter'
        ? meaning[binding.kind]
        : binding.parameter.kind === 'person'
          ? `${binding.parameter.id}: reference of the person`
          : binding.parameter.id,
    ),
    columns: toldColumns(query),
    reads: [...query.reads],
  }
}
