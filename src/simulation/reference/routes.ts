/** Reference samples: declared, sent, read; the rows themselves are never told. */
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import type { Principal } from '../../access/principal.ts'
import type { Database } from '../../db/database.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { mediaTypes } from '../../targeting/lists/exports/export-format.ts'
import { MAX_SAMPLE_ROWS } from '../fit/read-rows.ts'
import { readContent } from './content-store.ts'
import { declareSample, loadSample } from './load-sample.ts'
import { type SampleFormat, takePlace } from './read-apart.ts'
import { receiveFile, UPLOAD_BYTES_MAX } from './receive-file.ts'
import { SampleAnswer, sampleAnswer, SampleDeclarationSchema, SampleParams } from './schema.ts'
import { readSample, readSamples, type StoredSample } from './sample-store.ts'

const tags = ['simulation']
const SHOWN = 100
const formats = new Map<string, SampleFormat>([
  [mediaTypes.csv, 'csv'],
  [mediaTypes.parquet, 'parquet'],
])
const purpose = 'fitting a formula on households whose welfare a survey measured'

export interface SampleRouteDeps {
  readonly database: Database
  readonly versions: Versions
  /** Day number. */
  readonly today: () => Promise<number>
  readonly dataDirectory: string
}

export function registerSampleRoutes(app: Server, deps: SampleRouteDeps): void {
  registerReads(app, deps)
  registerDeclaration(app, deps)
  void app.register(async (scope) => registerRows(scope as Server, deps))
}

/** Samples are their entity's: to others they are not there. */
export async function ownSample({ pool }: Database, id: string, { entity }: Principal): Promise<StoredSample> {
  const found = await readSample(pool, id)
  if (!found || found.entity !== entity) throw problem('reference-sample-not-found')
  return found
}

function registerReads(app: Server, { database }: SampleRouteDeps): void {
  const config = { permission: 'simulations:read' } as const
  app.get(
    '/v1/reference-samples',
    {
      config,
      schema: {
        tags,
        summary: 'Reference samples of your entity, the newest first',
        response: { 200: Type.Object({ samples: Type.Array(SampleAnswer) }) },
      },
    },
    async (request) => ({ samples: (await readSamples(database.pool, principalOf(request).entity, SHOWN)).map(sampleAnswer) }),
  )
  app.get(
    '/v1/reference-samples/:sample',
    { config, schema: { tags, summary: 'A reference sample: what is known of it', params: SampleParams, response: { 200: SampleAnswer } } },
    async (request) => sampleAnswer(await ownSample(database, request.params.sample, principalOf(request))),
  )
  const faults = {
    tags,
    summary: 'Rows of a reference sample that are not used, with line and reasons',
    description: 'A line for each reason: line of the file, column, code, what was expected. Never what stood there.',
    params: SampleParams,
    response: { 200: { description: 'CSV (RFC 4180), UTF-8, with a header', content: { 'text/csv': { schema: Type.String() } } } },
  }
  app.get('/v1/reference-samples/:sample/faults', { config, schema: faults }, async (request, reply) =>
    sendFaults(database, await ownSample(database, request.params.sample, principalOf(request)), reply),
  )
}

function sendFaults({ pool }: Database, { id, faultsHash }: StoredSample, reply: FastifyReply): FastifyReply {
  if (faultsHash === null) throw problem('reference-sample-without-rows')
  const text = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of readContent(pool, faultsHash)) yield gunzipSync(piece)
  }
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="faults-${id}.csv"`)
    .send(Readable.from(text(), { highWaterMark: 1 }))
}

function registerDeclaration(app: Server, { database, versions, today }: SampleRouteDeps): void {
  const config = { permission: 'simulations:write', purpose } as const
  const schema = {
    tags,
    summary: 'Declare a reference sample: what it is called, where it comes from, what its columns mean',
    description: 'Its rows are sent next, with PUT /v1/reference-samples/{sample}/rows.',
    body: SampleDeclarationSchema,
    response: { 201: SampleAnswer },
  }
  app.post('/v1/reference-samples', { config, schema }, async (request, reply) => {
    const { id: actor, entity } = principalOf(request)
    const { catalogue } = await versions.inForce(await today())
    const sample = await declareSample(database, { actor, entity, declaration: request.body }, catalogue.household, (event) =>
      audited(request, event),
    )
    return reply.code(201).header('location', `/v1/reference-samples/${sample.id}`).send(sampleAnswer(sample))
  })
}

function registerRows(scope: Server, { database, versions, today, dataDirectory }: SampleRouteDeps): void {
  scope.removeAllContentTypeParsers()
  // As a stream: the handler decides whether to read it at all.
  for (const type of formats.keys()) scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
  const eventless = 'the same rows sent again change nothing and tell of nobody'
  const config = { permission: 'simulations:write', purpose, eventless } as const
  const bytes = Type.Unknown({ description: `at most ${UPLOAD_BYTES_MAX / 1024 / 1024} MiB and ${MAX_SAMPLE_ROWS} rows` })
  const schema = {
    tags,
    summary: 'Send the rows of a reference sample, once',
    description:
      'A file with a header: CSV (RFC 4180, UTF-8), or Parquet. Rows with a fault are kept apart with line and reasons, all others are used; ' +
      'columns that were not declared are not kept. A file in which any column holds numbers of ten digits, as National IDs are, is refused. ' +
      'The same file again is answered as the first time; another one is refused, since rows never change.',
    params: SampleParams,
    body: { content: Object.fromEntries([...formats.keys()].map((type) => [type, { schema: bytes }])) },
    response: { 200: SampleAnswer },
  }
  scope.put('/v1/reference-samples/:sample/rows', { config, schema, bodyLimit: UPLOAD_BYTES_MAX }, async (request, reply) => {
    const sample = await ownSample(database, request.params.sample, principalOf(request))
    // What is left of a body that is not read to its end has nobody to take it.
    reply.header('connection', 'close')
    if (Number(request.headers['content-length'] ?? 0) > UPLOAD_BYTES_MAX)
      throw problem('body-too-large', { expected: `at most ${UPLOAD_BYTES_MAX} bytes` })
    if (!(request.body instanceof Readable)) throw problem('body-missing', { expected: 'the rows of the sample' })
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
    const leave = takePlace()
    try {
      const file = await receiveFile(request.body, join(dataDirectory, 'tmp', 'uploads'))
      try {
        const bundle = await versions.inForce(await today())
        const loaded = await loadSample(database, sample, { ...file, format: formats.get(type) as SampleFormat }, bundle, (event) =>
          audited(request, event),
        )
        reply.removeHeader('connection')
        return sampleAnswer(loaded)
      } finally {
        await file.remove()
      }
    } finally {
      leave()
    }
  })
}
