/** Fits: asked for, followed, cancelled, read. */
import Type from 'typebox'
import type { Principal } from '../../access/principal.ts'
import type { Database } from '../../db/database.ts'
import { audited } from '../../http/audited.ts'
import { idempotencyKey } from '../../http/idempotency-key.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { problem } from '../../kernel/problem.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { ownSample } from '../reference/routes.ts'
import { readSample } from '../reference/sample-store.ts'
import { readFit, readFitResult, readFits, type StoredFit } from './fit-store.ts'
import { cancelFit, newFit, requestFit } from './request-fit.ts'
import { FitAnswer, fitAnswer, FitAskedSchema, FitParams, FitSummary, fitSummary } from './schema.ts'

const tags = ['simulation']
const SHOWN = 100
const purpose = 'fitting a formula on households whose welfare a survey measured'
const eventless = 'a wish that is sent again, or cancelled again, changes nothing and tells of nobody'

export interface FitRouteDeps {
  readonly database: Database
  readonly versions: Versions
  /** Day number. */
  readonly today: () => Promise<number>
}

export function registerFitRoutes(app: Server, deps: FitRouteDeps): void {
  registerReads(app, deps)
  registerRequest(app, deps)
}

/** Fits are their entity's: to others they are not there. */
async function ownFit({ pool }: Database, id: string, { entity }: Principal): Promise<StoredFit> {
  const found = await readFit(pool, id)
  if (!found || found.entity !== entity) throw problem('fit-not-found')
  return found
}

async function told({ pool }: Database, fit: StoredFit): Promise<Type.Static<typeof FitAnswer>> {
  const sample = await readSample(pool, fit.sampleId)
  if (!sample) throw problem('reference-sample-not-found')
  return fitAnswer(fit, sample, fit.status === 'completed' ? await readFitResult(pool, fit.id) : null)
}

function registerReads(app: Server, { database }: FitRouteDeps): void {
  const config = { permission: 'simulations:read' } as const
  const response = { 200: Type.Object({ fits: Type.Array(FitSummary) }) }
  app.get('/v1/fits', { config, schema: { tags, summary: 'Fits of your entity, the newest first', response } }, async (request) => ({
    fits: (await readFits(database.pool, principalOf(request).entity, SHOWN)).map(fitSummary),
  }))
  app.get(
    '/v1/fits/:fit',
    {
      config,
      schema: {
        tags,
        summary: 'A fit: how far it is, and what it came to',
        description: 'What was measured on a synthetic sample is stamped so, in the result and in the description of its draft.',
        params: FitParams,
        response: { 200: FitAnswer },
      },
    },
    async (request) => told(database, await ownFit(database, request.params.fit, principalOf(request))),
  )
}

function registerRequest(app: Server, { database, versions, today }: FitRouteDeps): void {
  const config = { permission: 'simulations:write', purpose, eventless } as const
  const schema = {
    tags,
    summary: 'Fit a formula on a reference sample',
    description:
      'The form of the request is checked at once; a worker holds it against the sample and performs it, by the catalogue in force today. ' +
      'The draft that comes out decides nothing. ' +
      'Header `Idempotency-Key`: a UUID of your own; sent again with the same body it is the same fit.',
    headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ description: 'a UUID, fresh for each fit' })) }),
    body: FitAskedSchema,
    response: { 202: FitSummary },
  }
  app.post('/v1/fits', { config, schema }, async (request, reply) => {
    const principal = principalOf(request)
    const key = { keyId: principal.id, key: idempotencyKey(request.headers['idempotency-key']), bodyHash: sha256(request.bodyText) }
    const { name, sample, request: asked } = request.body
    const { storedAt } = await ownSample(database, sample, principal)
    if (storedAt === null) throw problem('reference-sample-without-rows', { pointer: '/sample' })
    const { hash: versionSet } = await versions.inForce(await today())
    const made = newFit({ actor: principal.id, entity: principal.entity, name, sampleId: sample, versionSet, request: asked })
    const { fit, repeated } = await requestFit(database, made, key, (event) => audited(request, event))
    if (repeated) reply.header('idempotency-replayed', 'true')
    return reply.code(202).header('location', `/v1/fits/${fit.id}`).send(fitSummary(fit))
  })
  app.post(
    '/v1/fits/:fit/cancel',
    { config, schema: { tags, summary: 'Cancel a fit', params: FitParams, response: { 200: FitSummary } } },
    async (request) => {
      const { id } = await ownFit(database, request.params.fit, principalOf(request))
      return fitSummary(await cancelFit(database, id, (event) => audited(request, event)))
    },
  )
}
