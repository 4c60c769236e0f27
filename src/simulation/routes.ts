/** Simulations: asked for, followed, cancelled, read. */
import Type from 'typebox'
import type { Principal } from '../access/principal.ts'
import type { Database } from '../db/database.ts'
import { audited } from '../http/audited.ts'
import { EVENT_STREAM, eventStreams } from '../http/event-stream.ts'
import { idempotencyKey } from '../http/idempotency-key.ts'
import { principalOf } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { sha256 } from '../kernel/canonical.ts'
import { problem } from '../kernel/problem.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import type { Slots } from '../kernel/limited-slots.ts'
import { equivalenceScale } from './equivalence-scale.ts'
import { nationFolder, openBaseline, pinned } from './baseline.ts'
import type { Viewing } from '../determinations/eyes/eyes.ts'
import { refuseFaulty, refuseUnknown } from './check-apart.ts'
import { mayBeExact, refuseUngranted } from './facts-granted.ts'
import { registerResultRoutes } from './export/routes.ts'
import { ownSample } from './reference/routes.ts'
import { refuseFinerLines } from './line-of.ts'
import { withinOf } from './near-cut-offs.ts'
import { ownSimulation } from './own-simulation.ts'
import { cancelSimulation, repeatedSimulation, requestSimulation } from './request-simulation.ts'
import { refuseOtherPopulation } from './simulated-population.ts'
import { SimulationSchema } from './scenario-schema.ts'
import { SimulationAnswer, simulationAnswer, SimulationParams, SimulationSummary } from './schema.ts'
import { readSimulationProgress, readSimulations } from './simulation-store.ts'

const tags = ['simulation']
const SHOWN = 100
const MAX_BODY_BYTES = 1_048_576
const purpose = 'measuring what a change would do before anyone is affected'
const eventless = 'a wish that is sent again, or cancelled again, changes nothing and tells of nobody'

export interface SimulationRouteDeps extends Viewing {
  readonly database: Database
  readonly versions: Versions
  readonly dataDirectory: string
  /** Files and reports that are made at once. */
  readonly slots: Slots
}

export function registerSimulationRoutes(app: Server, deps: SimulationRouteDeps): void {
  registerReads(app, deps)
  registerRequest(app, deps)
  registerEvents(app, deps)
  registerResultRoutes(app, deps)
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
    async (request) => simulationAnswer(await ownSimulation(database.pool, request.params.simulation, principalOf(request))),
  )
}

function registerRequest(app: Server, { database, versions, dataDirectory, rights }: SimulationRouteDeps): void {
  const config = { permission: 'simulations:write', purpose, eventless } as const
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
    const { id: keyId, entity, permissions } = principalOf(request)
    const key = { keyId, key: idempotencyKey(request.headers['idempotency-key']), bodyHash: sha256(request.bodyText) }
    const { body } = request
    const asked = async (): Promise<Awaited<ReturnType<typeof requestSimulation>>> => {
      const baseline = await openBaseline({ database, versions, folder: nationFolder(dataDirectory) }, body.baseline)
      refuseOtherPopulation(baseline, body)
      withinOf(body.withinPoints)
      refuseFinerLines(body)
      equivalenceScale(body)
      if (body.reference) await refuseSample(database, body.reference.sample, principalOf(request))
      refuseUnknown(baseline, body)
      const granted = await rights(entity)
      refuseUngranted(baseline.bundle, body.scenarios, granted)
      await refuseFaulty(database, baseline, body)
      const seesExactly = permissions.has('simulations:exact') && mayBeExact(baseline.bundle, body.scenarios, granted)
      const asking = { actor: keyId, entity, request: pinned(body, baseline, seesExactly ? {} : { isProtected: true }) }
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
      const { id } = await ownSimulation(database.pool, request.params.simulation, principalOf(request))
      return simulationAnswer(await cancelSimulation(database, id, (event) => audited(request, event)))
    },
  )
}

/** A sample of another entity is not there. */
async function refuseSample(database: Database, id: string, principal: Principal): Promise<void> {
  const { storedAt } = await ownSample(database, id, principal)
  if (storedAt === null) throw problem('reference-sample-without-rows', { pointer: '/reference/sample' })
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
    const { id } = await ownSimulation(database.pool, request.params.simulation, principalOf(request))
    return reply
      .type(EVENT_STREAM)
      .header('x-accel-buffering', 'no')
      .send(events(request, () => readSimulationProgress(database.pool, id)))
  })
}
