/** Runs: asked for, followed, cancelled, resumed. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Viewing } from '../../determinations/eyes/eyes.ts'
import { audited } from '../../http/audited.ts'
import { EVENT_STREAM, eventStreams } from '../../http/event-stream.ts'
import type { Followed } from '../../http/follow.ts'
import { idempotencyKey } from '../../http/idempotency-key.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { problem } from '../../kernel/problem.ts'
import type { RunDeps } from '../run/perform-run.ts'
import { cancelRun, requestRun, resumeRun, type RunChange } from '../run/request-run.ts'
import { readProgress, readRun, readRuns, type StoredRun } from '../run/run-store.ts'
import { NewRunBody, RunAnswer, RunHeader, RunParams } from './schema.ts'
import { runHeader, runTeller } from './told-run.ts'

const tags = ['targeting']
const RUNS_SHOWN = 100
const MAX_BODY_BYTES = 8_192
const purpose = 'ranking and selecting the units of all programmes'
const eventless = 'a wish that is sent again, or cancelled again, changes nothing and tells of nobody'

export interface RunRouteDeps extends Pick<RunDeps, 'database' | 'versions' | 'freshness' | 'timeZone'>, Viewing {}

/** Tells runs as the asking organisation may know them. */
const tellerFor = async ({ versions, rights }: RunRouteDeps, request: FastifyRequest): Promise<(run: StoredRun) => Promise<RunAnswer>> =>
  runTeller(versions, await rights(principalOf(request).entity))

export function registerRunRoutes(app: Server, deps: RunRouteDeps): void {
  registerReads(app, deps)
  registerRequest(app, deps)
  registerChanges(app, deps)
  registerEvents(app, deps)
}

function registerReads(app: Server, deps: RunRouteDeps): void {
  const { database } = deps
  const config = { permission: 'runs:read' } as const
  app.get(
    '/v1/runs',
    { config, schema: { tags, summary: 'Runs, the newest first', response: { 200: Type.Object({ runs: Type.Array(RunHeader) }) } } },
    async () => ({ runs: (await readRuns(database.pool, RUNS_SHOWN)).map(runHeader) }),
  )
  app.get(
    '/v1/runs/:run',
    { config, schema: { tags, summary: 'A run: how far it is, or what it came to', params: RunParams, response: { 200: RunAnswer } } },
    async (request) => {
      const stored = await readRun(database.pool, request.params.run)
      if (!stored) throw problem('run-not-found')
      return (await tellerFor(deps, request))(stored)
    },
  )
}

function registerRequest(app: Server, deps: RunRouteDeps): void {
  const schema = {
    tags,
    summary: 'Rank and select a population and publish the lists',
    description:
      'Answered at once: a worker performs it, one run at a time. Refused when a registry that it needs is missing or past its grace. ' +
      'Header `Idempotency-Key`: a UUID of your own; sent again with the same body it is the same run.',
    headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ description: 'a UUID, fresh for each run' })) }),
    body: NewRunBody,
    response: { 202: RunAnswer },
  }
  app.post(
    '/v1/runs',
    { config: { permission: 'runs:write', purpose, eventless }, schema, bodyLimit: MAX_BODY_BYTES },
    async (request, reply) => {
      const { asOf, cycle, population = 'registrants', registeredBy, governorates = [], despiteRegistries = false } = request.body
      const { undeterminedPercentMax = 100 } = request.body
      const { id: keyId, entity, permissions } = principalOf(request)
      if (population === 'residents' && !permissions.has('runs:write-residents'))
        throw problem('permission-missing', { expected: 'runs:write-residents' })
      const key = { keyId, key: idempotencyKey(request.headers['idempotency-key']), bodyHash: sha256(request.bodyText) }
      const limits = { despiteRegistries, undeterminedPercentMax }
      const whom = { population, governorates, ...(registeredBy === undefined ? {} : { registeredBy }) }
      const wish = { asOf, cycle, ...whom, ...limits, actor: keyId, entity }
      const { run, repeated } = await requestRun(deps, wish, key, (event) => audited(request, event))
      if (repeated) reply.header('idempotency-replayed', 'true')
      return reply
        .code(202)
        .header('location', `/v1/runs/${run.id}`)
        .send(await (await tellerFor(deps, request))(run))
    },
  )
}

const changeOf = (request: FastifyRequest, id: string): RunChange => ({
  id,
  asker: principalOf(request),
  audit: (event) => audited(request, event),
})

function registerChanges(app: Server, deps: RunRouteDeps): void {
  const config = { permission: 'runs:write', purpose, eventless } as const
  app.post(
    '/v1/runs/:run/cancel',
    {
      config,
      schema: {
        tags,
        summary: 'Cancel a run: from now on it publishes nothing',
        description:
          'By its own entity or the operator of the registry. Whoever performs it stops within a second or at its next step. Residents need `runs:write-residents`.',
        params: RunParams,
        response: { 200: RunAnswer },
      },
    },
    async (request) => (await tellerFor(deps, request))(await cancelRun(deps, changeOf(request, request.params.run))),
  )
  app.post(
    '/v1/runs/:run/resume',
    {
      config,
      schema: {
        tags,
        summary: 'Put a run that failed or was cancelled in the queue again',
        description:
          'By its own entity or the operator of the registry. With the versions, day and word that it began with; parts of its snapshot that were finished are used again. Residents need `runs:write-residents`.',
        params: RunParams,
        response: { 202: RunAnswer },
      },
    },
    async (request, reply) => {
      const { run: id } = request.params
      const run = await resumeRun(deps, changeOf(request, id))
      return reply
        .code(202)
        .header('location', `/v1/runs/${id}`)
        .send(await (await tellerFor(deps, request))(run))
    },
  )
}

function registerEvents(app: Server, { database }: RunRouteDeps): void {
  const events = eventStreams(app)
  const schema = {
    tags,
    summary: 'A run as it goes, as server-sent events',
    description: 'Events `progress` and at last `end`, each with status, stage, done and total; a comment every 15 s while nothing moves.',
    params: RunParams,
    produces: ['text/event-stream'],
  }
  app.get('/v1/runs/:run/events', { config: { permission: 'runs:read' }, schema }, async (request, reply) => {
    const { run } = request.params
    if (!(await readRun(database.pool, run))) throw problem('run-not-found')
    return reply
      .type(EVENT_STREAM)
      .header('x-accel-buffering', 'no')
      .send(events(request, () => progressOf(database, run)))
  })
}

/** Without details and the manifest's hash: GET /v1/runs/{run} tells them to whom they may be told. */
async function progressOf({ pool }: RunRouteDeps['database'], run: string): Promise<Followed | null> {
  const state = await readProgress(pool, run)
  if (!state) return null
  const { status, stage, done, total, attempt, problem: code } = state
  return { status, stage, done, total, attempt, problem: code } as Followed
}
