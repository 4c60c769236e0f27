/** Simulations: asked for, followed, cancelled, read. */
import Type, { type Static } from 'typebox'
import type { Principal } from '../access/key-store.ts'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { audited } from '../http/audited.ts'
import { EVENT_STREAM, eventStreams } from '../http/event-stream.ts'
import { idempotencyKey } from '../http/idempotency-key.ts'
import { principalOf } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { sha256 } from '../kernel/canonical.ts'
import { problem } from '../kernel/problem.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import { nationFolder, openBaseline, pinned, refuseOtherGovernorates } from './baseline.ts'
import { refuseFaulty } from './check-apart.ts'
import { cancelSimulation, repeatedSimulation, requestSimulation } from './request-simulation.ts'
import { readResult, toldResult } from './result.ts'
import { SimulationSchema } from './scenario-schema.ts'
import { ResultAnswer, ResultQuery, SimulationAnswer, simulationAnswer, SimulationParams, SimulationSummary } from './schema.ts'
import { readSimulation, readSimulationProgress, readSimulationResult, readSimulations, type StoredSimulation } from './simulation-store.ts'

const tags = ['simulation']
const SHOWN = 100
const MAX_BODY_BYTES = 1_048_576
const purpose = 'measuring what a change would do before anyone is affected'

export interface SimulationRouteDeps {
  readonly database: Database
  readonly versions: Versions
  readonly dataDirectory: string
}

export function registerSimulationRoutes(app: Server, deps: SimulationRouteDeps): void {
  registerReads(app, deps)
  registerRequest(app, deps)
  registerEvents(app, deps)
  registerResult(app, deps)
}

/** Simulations are their entity's: to others they are not there. */
async function ownSimulation({ pool }: Database, id: string, { entity }: Principal): Promise<StoredSimulation> {
  const found = await readSimulation(pool, id)
  if (!found || found.entity !== entity) throw problem('simulation-not-found')
  return found
}

function registerReads(app: Server, { database }: SimulationRouteDeps): void {
  const config = { permission: 'simulations:read' } as const
  const response = { 200: Type.Object({ simulations: Type.Array(SimulationSummary) }) }
  app.get(
    '/v1/simulations',
    { config, schema: { tags, summary: 'Simulations of your entity, the newest first', response } },
    async (request) => ({
      simulations: await readSimulations(database.pool, principalOf(request).entity, SHOWN),
    }),
  )
  app.get(
    '/v1/simulations/:simulation',
    { config, schema: { tags, summary: 'A simulation: how far it is', params: SimulationParams, response: { 200: SimulationAnswer } } },
    async (request) => simulationAnswer(await ownSimulation(database, request.params.simulation, principalOf(request))),
  )
}

function registerRequest(app: Server, { database, versions, dataDirectory }: SimulationRouteDeps): void {
  const config = { permission: 'simulations:write', purpose } as const
  const schema = {
    tags,
    summary: 'Simulate changes of formulas, rules, programmes and parameters over the snapshot of a run',
    description:
      'Checked at once, with every fault and its place; a worker performs it. Nothing that it computes can reach a list or a payment. ' +
      'Header `Idempotency-Key`: a UUID of your own; sent again with the same body it is the same simulation.',
    headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ description: 'a UUID, fresh for each simulation' })) }),
    body: SimulationSchema,
    response: { 202: SimulationAnswer },
  }
  app.post('/v1/simulations', { config, schema, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const { id: keyId, entity } = principalOf(request)
    const key = { keyId, key: idempotencyKey(request.headers['idempotency-key']), bodyHash: sha256(request.bodyText) }
    const { body } = request
    const asked = async (): Promise<Awaited<ReturnType<typeof requestSimulation>>> => {
      const baseline = await openBaseline({ database, versions, folder: nationFolder(dataDirectory) }, body.baseline)
      refuseOtherGovernorates(baseline, body.governorates)
      await refuseFaulty(database, baseline, body)
      const asking = { actor: keyId, entity, request: pinned(body, baseline) }
      return requestSimulation(database, asking, key, (event) => audited(request, event))
    }
    // Sent again it is what it was, even when the baseline is no longer kept.
    const before = await repeatedSimulation(database, key)
    const { simulation, repeated } = before ? { simulation: before, repeated: true } : await asked()
    if (repeated) reply.header('idempotency-replayed', 'true')
    return reply.code(202).header('location', `/v1/simulations/${simulation.id}`).send(simulationAnswer(simulation))
  })
  app.post(
    '/v1/simulations/:simulation/cancel',
    { config, schema: { tags, summary: 'Cancel a simulation', params: SimulationParams, response: { 200: SimulationAnswer } } },
    async (request) => {
      const { id } = await ownSimulation(database, request.params.simulation, principalOf(request))
      return simulationAnswer(await cancelSimulation(database, id, (event) => audited(request, event)))
    },
  )
}

function registerEvents(app: Server, { database }: SimulationRouteDeps): void {
  const events = eventStreams(app)
  const schema = {
    tags,
    summary: 'A simulation as it goes, as server-sent events',
    description: 'Events `progress` and at last `end`, each with status, stage, done and total; a comment every 15 s while nothing moves.',
    params: SimulationParams,
    produces: ['text/event-stream'],
  }
  app.get('/v1/simulations/:simulation/events', { config: { permission: 'simulations:read' }, schema }, async (request, reply) => {
    const { id } = await ownSimulation(database, request.params.simulation, principalOf(request))
    return reply
      .type(EVENT_STREAM)
      .header('x-accel-buffering', 'no')
      .send(events(() => readSimulationProgress(database.pool, id)))
  })
}

function registerResult(app: Server, { database }: SimulationRouteDeps): void {
  const schema = {
    tags,
    summary: 'What a simulation came to: who enters, who leaves, where, and what it costs',
    description:
      'Counts below ten are suppressed, others moved by up to four units that depend on who is counted, amounts rounded to three digits. ' +
      '`exact=true` tells them as they are.',
    params: SimulationParams,
    querystring: ResultQuery,
    response: { 200: ResultAnswer },
  }
  app.get('/v1/simulations/:simulation/result', { config: { permission: 'simulations:read', purpose }, schema }, async (request) => {
    const { exact = false } = request.query
    const principal = principalOf(request)
    if (exact && !principal.permissions.has('simulations:exact')) throw problem('permission-missing', { expected: 'simulations:exact' })
    const { id, status } = await ownSimulation(database, request.params.simulation, principal)
    const text = status === 'completed' ? await readSimulationResult(database.pool, id) : null
    if (text === null) throw problem('simulation-not-completed', { detail: status })
    if (exact)
      await recordEvent(
        database.pool,
        audited(request, { action: 'simulation.read-exact', outcome: 'told', objects: [`simulation:${id}`] }),
      )
    return toldResult(readResult(text), exact) as Static<typeof ResultAnswer>
  })
}
