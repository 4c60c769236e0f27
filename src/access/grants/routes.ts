/** Grants: asked for, decided, revoked, and read as a list, as the access matrix, and by service operation. */
import type { FastifyRequest } from 'fastify'
import type Type from 'typebox'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { assertVisible, partiesOf } from './custody.ts'
import { decideOnGrant, revoke, revokeOperation } from './decide-grant.ts'
import type { Grant } from './grant.ts'
import type { Audit, GrantDeps } from './grant-deps.ts'
import { currentGrants, listGrants, readGrant, readGrantStamp } from './grant-store.ts'
import { matrixOf } from './matrix.ts'
import { consumersOf, operations } from './operations.ts'
import type { RowScope } from './read-rights.ts'
import { requestGrant } from './request-grant.ts'
import * as shapes from './schema.ts'

const tags = ['grants']
const purpose = 'deciding who may read which data'
const requesting = { permission: 'grants:request', purpose } as const
const approving = { permission: 'grants:approve', purpose } as const
/** Grants say nothing of persons: reading them needs no purpose. */
const reading = { permission: 'grants:read' } as const
const PAGE = 50

export function registerGrantRoutes(app: Server, deps: GrantDeps): void {
  registerReads(app, deps)
  registerViews(app, deps)
  registerRequest(app, deps)
  registerDecisions(app, deps)
}

function registerReads(app: Server, { database }: GrantDeps): void {
  const list = {
    tags,
    summary: 'Grants that your entity gives or receives, the newest first',
    querystring: shapes.GrantQuery,
    response: { 200: shapes.GrantList },
  }
  app.get('/v1/grants', { config: reading, schema: list }, async (request) => {
    const grants = await listGrants(database.pool, { ...request.query, parties: partiesOf(principalOf(request)), limit: PAGE })
    return { grants: grants.map(grantAnswer), before: grants.length === PAGE ? (grants.at(-1)?.id ?? null) : null }
  })
  const one = { tags, summary: 'A grant with its history', params: shapes.GrantParams, response: { 200: shapes.GrantAnswer } }
  app.get('/v1/grants/:id', { config: reading, schema: one }, async (request) => {
    const grant = await readGrant(database.pool, request.params.id)
    assertVisible(grant, principalOf(request))
    return grantAnswer(grant)
  })
}

function registerViews(app: Server, { database, timeZone }: GrantDeps): void {
  const currentTo = async (request: FastifyRequest, filter: Type.Static<typeof shapes.MatrixQuery>) => {
    const principal = principalOf(request)
    const { day } = await readGrantStamp(database.pool, principal.entity, timeZone)
    return { day, current: await currentGrants(database.pool, { ...filter, parties: partiesOf(principal), day }) }
  }
  const matrix = {
    tags,
    summary: 'The access matrix of today: consumers by registries by columns, and facts',
    querystring: shapes.MatrixQuery,
    response: { 200: shapes.MatrixAnswer },
  }
  app.get('/v1/grants/matrix', { config: reading, schema: matrix }, async (request) => {
    const { day, current } = await currentTo(request, request.query)
    const told = matrixOf(current).map(({ registries, ...consumer }) => ({
      ...consumer,
      registries: registries.map(({ columns, ...registry }) => ({
        ...registry,
        columns: columns.map((column) => ({ ...column, rows: rowsAnswer(column.rows) })),
      })),
    }))
    return { day, consumers: told as never }
  })
  const byOperation = {
    tags,
    summary: 'The same grants by service operation: who may call which',
    querystring: shapes.MatrixQuery,
    response: { 200: shapes.OperationsAnswer },
  }
  app.get('/v1/grants/operations', { config: reading, schema: byOperation }, async (request) => {
    const { custodian, registry } = request.query
    const { day, current } = await currentTo(request, request.query)
    const wanted = operations.filter((one) => one.custodian === (custodian ?? one.custodian) && one.registry === (registry ?? one.registry))
    return { day, operations: wanted.map((operation) => ({ ...operation, consumers: consumersOf(operation, current) })) as never }
  })
}

function registerRequest(app: Server, deps: GrantDeps): void {
  const schema = {
    tags,
    summary: 'Ask for a grant of columns, of an operation, or of facts',
    description: 'By somebody of the consumer or of the custodian. It holds when another person of the custodian approves it.',
    body: shapes.GrantRequest,
    response: { 201: shapes.GrantAnswer },
  }
  app.post('/v1/grants', { config: requesting, schema }, async (request, reply) => {
    const grant = await requestGrant(deps, principalOf(request), request.body, auditOf(request))
    return reply.code(201).header('location', `/v1/grants/${grant.id}`).send(grantAnswer(grant))
  })
}

function registerDecisions(app: Server, deps: GrantDeps): void {
  const params = shapes.GrantParams
  for (const [verb, status, summary] of [
    ['approve', 'approved', 'Approve a grant, as another person of the custodian than the one that asked'],
    ['reject', 'rejected', 'Reject a grant'],
  ] as const) {
    const schema = { tags, summary, params, body: shapes.DecisionRequest, response: { 200: shapes.GrantAnswer } }
    app.post(`/v1/grants/:id/${verb}`, { config: approving, schema }, async (request) => {
      const decision = { id: (request.params as { id: string }).id, status, note: (request.body as { note?: string }).note ?? null }
      return grantAnswer(await decideOnGrant(deps, principalOf(request), decision, auditOf(request)))
    })
  }
  const whole = {
    tags,
    summary: 'Revoke a grant, or some of its columns or facts: the next call is held to it',
    params,
    body: shapes.RevokeRequest,
    response: { 200: shapes.GrantAnswer },
  }
  app.post('/v1/grants/:id/revoke', { config: approving, schema: whole }, async (request) => {
    const { items = null, note = null } = request.body
    return grantAnswer(await revoke(deps, principalOf(request), { id: request.params.id, items, note }, auditOf(request)))
  })
  const operation = {
    tags,
    summary: 'Take a service operation back from a consumer: its columns in every grant that gives them',
    params: shapes.OperationParams,
    body: shapes.RevokeOperationRequest,
    response: { 200: shapes.ChangedGrants },
  }
  app.post('/v1/grants/operations/:operation/revoke', { config: approving, schema: operation }, async (request) => {
    const { consumer, note = null } = request.body
    const wanted = { operation: request.params.operation, consumer, note }
    return { grants: (await revokeOperation(deps, principalOf(request), wanted, auditOf(request))).map(grantAnswer) }
  })
}

const auditOf =
  (request: FastifyRequest): Audit =>
  (event) =>
    audited(request, event)

const rowsAnswer = (rows: RowScope) =>
  rows.kind === 'applicants' ? { scope: rows.kind, programmes: [...rows.programmes] } : { scope: rows.kind }

const grantAnswer = ({ rows, items, ...grant }: Grant): Type.Static<typeof shapes.GrantAnswer> => ({
  ...grant,
  items: [...items],
  rows: rows === null ? null : rowsAnswer(rows),
})
