/** Loads: sent as a stream, followed, read; refused rows by a permission of their own. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { OPERATOR } from '../../access/operator.ts'
import { audited } from '../../http/audited.ts'
import { EVENT_STREAM, eventStreams } from '../../http/event-stream.ts'
import { longUpload } from '../../http/long-upload.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { isAsked } from '../pulled/answers-registry.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { loadProblem, type LoadRecord, type LoadTotals, readLoad, readLoads } from './load-store.ts'
import { type LoadFormat, loadStream } from './load-stream.ts'
import { rejectedFormats, rejectedText } from './rejected-text.ts'
import { LoadAnswer, loadAnswer, LoadParams, LoadsQuery, NewLoadQuery, RegistryParams } from './schema.ts'

const tags = ['registries']
const purpose = 'keeping the registries as their custodians deliver them'
const SHOWN = 20
/** Each sorts and joins whole deliveries. */
const AT_ONCE = 2
const DAY_MS = 86_400_000

const formats = new Map<string, LoadFormat>([
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'ndjson'],
  ['application/vnd.apache.parquet', 'parquet'],
])

export interface LoadRouteDeps {
  readonly database: Database
  readonly definitionOf: (registry: string) => Promise<RegistryDefinition | undefined>
  readonly dataDirectory: string
  readonly loadBytesMax: number
  /** In the transaction of a load: queues whoever follows it. */
  readonly onChanged: (transaction: Queryable) => Promise<void>
  /** What follows at once, so that whoever sent it finds membership up to date; after it is committed. */
  readonly onLoaded: (definition: RegistryDefinition, totals: LoadTotals) => Promise<void>
}

export function registerLoadRoutes(app: Server, deps: LoadRouteDeps): void {
  registerReads(app, deps)
  registerRejected(app, deps)
  void app.register(async (scope) => registerUpload(scope as Server, deps))
}

async function known({ definitionOf }: LoadRouteDeps, registry: string): Promise<RegistryDefinition> {
  const definition = await definitionOf(registry)
  if (!definition) throw problem('registry-not-found')
  return definition
}

async function found(deps: LoadRouteDeps, { registry, load }: Type.Static<typeof LoadParams>): Promise<LoadRecord> {
  await known(deps, registry)
  const record = await readLoad(deps.database.pool, registry, load)
  if (!record) throw problem('load-not-found')
  return record
}

function registerReads(app: Server, deps: LoadRouteDeps): void {
  const { database } = deps
  const config = { permission: 'loads:read' } as const
  app.get(
    '/v1/registries/:registry/loads',
    {
      config,
      schema: {
        tags,
        summary: 'Loads of a registry, the newest first',
        params: RegistryParams,
        querystring: LoadsQuery,
        response: { 200: Type.Object({ loads: Type.Array(LoadAnswer) }) },
      },
    },
    async (request) => {
      const { id } = await known(deps, request.params.registry)
      const { limit = SHOWN, before = null } = request.query
      return { loads: (await readLoads(database.pool, id, limit, before)).map(loadAnswer) }
    },
  )
  app.get(
    '/v1/registries/:registry/loads/:load',
    { config, schema: { tags, summary: 'A load: how far it is, or what it came to', params: LoadParams, response: { 200: LoadAnswer } } },
    async (request) => loadAnswer(await found(deps, request.params)),
  )
  const events = eventStreams(app)
  const schema = {
    tags,
    summary: 'A load as it goes, as server-sent events',
    description: 'Events `progress` and at last `end`, each the whole load; a comment every 15 s while nothing moves.',
    params: LoadParams,
    produces: ['text/event-stream'],
  }
  app.get('/v1/registries/:registry/loads/:load/events', { config, schema }, async (request, reply) => {
    const { registry, load } = request.params
    await found(deps, request.params)
    const read = async () => {
      const record = await readLoad(database.pool, registry, load)
      // To whoever follows, a load that broke has failed.
      return record && { ...loadAnswer(record), status: record.status === 'broken' ? 'failed' : record.status }
    }
    return reply.type(EVENT_STREAM).header('x-accel-buffering', 'no').send(events(request, read))
  })
}

function registerRejected(app: Server, deps: LoadRouteDeps): void {
  const config = { permission: 'loads:rejected', purpose: 'mending rows that a registry refused' } as const
  const schema = {
    tags,
    summary: 'Refused rows of a load, with line, reasons and what was sent',
    description:
      'To its custodian, or the operator. They may hold National IDs, hence a permission of their own; each download is an audit event. JSON lines, or CSV by `format=csv`.',
    params: LoadParams,
    querystring: Type.Object({ format: Type.Optional(Type.Enum(['ndjson', 'csv'])) }, { additionalProperties: false }),
    response: {
      200: {
        description: 'line, reasons, content',
        content: Object.fromEntries(Object.values(rejectedFormats).map((type) => [type, { schema: Type.String() }])),
      },
    },
  }
  app.get('/v1/registries/:registry/loads/:load/rejected', { config, schema }, async (request, reply) => {
    assertCustodian(request, await known(deps, request.params.registry))
    const { id, registry, rejected } = await found(deps, request.params)
    const format = request.query.format ?? 'ndjson'
    const event = {
      action: 'load.rejected-rows-read',
      outcome: format,
      read: [`${rejected} rows`],
      objects: [`registry:${registry}`, `load:${id}`],
    }
    await recordEvent(deps.database.pool, audited(request, event))
    return (reply as FastifyReply)
      .type(`${rejectedFormats[format]}; charset=utf-8`)
      .header('content-disposition', `attachment; filename="${registry}-load-${id}-rejected.${format}"`)
      .send(Readable.from(rejectedText(deps.database.pool, id, format), { highWaterMark: 1 }))
  })
}

function registerUpload(scope: Server, deps: LoadRouteDeps): void {
  const { database, dataDirectory, loadBytesMax: bytesMax } = deps
  scope.removeAllContentTypeParsers()
  for (const type of formats.keys()) scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
  const bytes = Type.Unknown({ description: `at most LOAD_BYTES_MAX bytes` })
  const schema = {
    tags,
    summary: 'Deliver rows of a registry, as a stream of any length',
    description:
      'By its custodian, or the operator. CSV (RFC 4180, UTF-8, a header with `national_number` and the columns), JSON lines, or Parquet. Answered when the load has ended: good rows are in, bad ones are kept ' +
      'with their reasons. Readers see the registry before it or after it. Sent again, a delivery that was loaded is answered as the first time (200); one that broke off begins anew.',
    params: RegistryParams,
    querystring: NewLoadQuery,
    body: { content: Object.fromEntries([...formats.keys()].map((type) => [type, { schema: bytes }])) },
    response: { 200: LoadAnswer, 201: LoadAnswer },
  }
  let busy = 0
  const config = { permission: 'loads:write', purpose } as const
  scope.post('/v1/registries/:registry/loads', { config, schema, bodyLimit: bytesMax }, async (request, reply) => {
    // What is left of a body that is not read to its end has nobody to take it.
    reply.header('connection', 'close')
    const definition = await known(deps, request.params.registry)
    assertCustodian(request, definition)
    if (isAsked(definition)) throw problem('registry-pulled')
    const { delivery, asOf, mode = 'incremental', removedPercentMax } = request.query
    if (asOf > new Date(Date.now() + DAY_MS).toISOString().slice(0, 10))
      throw problem('request-invalid', { pointer: 'query/asOf', expected: 'a day that is not in the future' })
    if (Number(request.headers['content-length'] ?? 0) > bytesMax)
      throw problem('body-too-large', { expected: `at most ${bytesMax} bytes` })
    if (!(request.body instanceof Readable)) throw problem('body-missing', { expected: 'the rows of the delivery' })
    if (busy >= AT_ONCE) throw problem('service-overloaded', { retryAfterSeconds: 30 })
    busy++
    try {
      const { id: actor, entity } = principalOf(request)
      const totals = await loadStream(database, definition, {
        id: delivery,
        asOf,
        mode,
        ...(removedPercentMax === undefined ? {} : { removedPercentMax }),
        actor,
        entity,
        format: formats.get((request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '') as LoadFormat,
        body: longUpload(request.raw),
        bytesMax,
        dataDirectory,
        onSwitched: async (client, done) => {
          await deps.onChanged(client)
          const event = { action: 'registry.loaded', outcome: 'completed', ...objectsOf(definition, done.loadId) }
          await recordEvent(client, audited(request, event))
        },
      })
      if (!totals.repeated) {
        reply.removeHeader('connection')
        // It is in: what fails now is done by the worker, who was told in the same transaction.
        await deps.onLoaded(definition, totals).catch((err: unknown) => request.log.warn({ err }, 'membership is left to the worker'))
      }
      const record = (await readLoad(database.pool, definition.id, totals.loadId)) as LoadRecord
      if (totals.repeated) {
        const event = { action: 'registry.loaded', outcome: 'repeated', ...objectsOf(definition, totals.loadId) }
        await recordEvent(database.pool, audited(request, event))
        reply.header('idempotency-replayed', 'true')
      }
      return await reply
        .code(totals.repeated ? 200 : 201)
        .header('location', `/v1/registries/${definition.id}/loads/${totals.loadId}`)
        .send(loadAnswer(record))
    } catch (error) {
      await recordEvent(
        database.pool,
        audited(request, { action: 'registry.loaded', outcome: loadProblem(error), ...objectsOf(definition) }),
      ).catch((missed: unknown) => logMissed(request, missed))
      throw error
    } finally {
      busy--
    }
  })
}

/** A registry's rows are delivered, and those that were refused read, by whoever keeps it. */
function assertCustodian(request: FastifyRequest, { custodian }: RegistryDefinition): void {
  const { entity } = principalOf(request)
  if (entity !== custodian && entity !== OPERATOR)
    throw problem('entity-not-yours', { pointer: 'params/registry', expected: 'a registry of your own' })
}

const objectsOf = ({ id }: RegistryDefinition, loadId?: number) => ({
  objects: [`registry:${id}`, ...(loadId === undefined ? [] : [`load:${loadId}`])],
})

const logMissed = (request: FastifyRequest, error: unknown): void =>
  request.log.error({ err: error }, 'the audit event of a failed load could not be written')
