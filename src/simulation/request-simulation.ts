/** Asking for a simulation, and taking the wish back: durable work in one transaction with its audit event. */
import { type AuditEvent, recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { dropJob, enqueue } from '../jobs/queue.ts'
import { canonicalJson } from '../kernel/canonical.ts'
import { newId } from '../kernel/new-id.ts'
import { problem } from '../kernel/problem.ts'
import type { PinnedRequest } from './baseline.ts'
import {
  markSimulationCancelled,
  type NewSimulation,
  readSimulation,
  type SimulationKey,
  simulationUnderKey,
  storeSimulation,
  type StoredSimulation,
  unfinishedOf,
} from './simulation-store.ts'

export const SIMULATION_TASK = 'simulate'
/** One at a time: each uses all threads. */
const QUEUE = 'simulations'
/** Of one actor, that wait or are performed. */
export const UNFINISHED_MAX = 20

type Audit = (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent

export interface Asking {
  readonly actor: string
  readonly entity: string
  readonly request: PinnedRequest
}

export const newSimulation = ({ actor, entity, request }: Asking): NewSimulation => ({
  id: newId(),
  actor,
  entity,
  name: request.name,
  request: canonicalJson(request),
  run: request.baseline.run,
})

/** The simulation that the key stands for already; null for none. */
export async function repeatedSimulation({ pool }: Database, key: SimulationKey): Promise<StoredSimulation | null> {
  const found = await simulationUnderKey(pool, key)
  if (!found) return null
  if (found.bodyHash !== key.bodyHash) throw problem('idempotency-key-reused', { pointer: 'Idempotency-Key' })
  return existing(pool, found.id)
}

/** Stores and enqueues it, once for each key. */
export async function requestSimulation(
  database: Database,
  asking: Asking,
  key: SimulationKey,
  audit: Audit,
): Promise<{ readonly simulation: StoredSimulation; readonly repeated: boolean }> {
  const made = newSimulation(asking)
  const stored = await database.transaction(async ({ client }) => {
    // Counted one after another: wishes that come together neither pass the limit nor all come first.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`mizan simulations of ${asking.actor}`])
    const waiting = await unfinishedOf(client, asking.actor)
    if (!(await storeSimulation(client, made, key))) return false
    if (waiting >= UNFINISHED_MAX) throw problem('simulations-too-many', { expected: `at most ${UNFINISHED_MAX}`, retryAfterSeconds: 10 })
    // The first wish of everybody comes before the second of anybody.
    await enqueueSimulation(client, made.id, waiting)
    await recordEvent(client, audit({ action: 'simulation.requested', outcome: 'queued', objects: [`simulation:${made.id}`] }))
    return true
  })
  const simulation = stored ? await existing(database.pool, made.id) : await repeatedSimulation(database, key)
  if (!simulation) throw problem('idempotency-in-progress', { pointer: 'Idempotency-Key', retryAfterSeconds: 1 })
  return { simulation, repeated: !stored }
}

export const enqueueSimulation = (transaction: Queryable, id: string, priority: number): Promise<void> =>
  enqueue(transaction, { task: SIMULATION_TASK, queue: QUEUE, key: id, priority })

export async function cancelSimulation({ pool, transaction }: Database, id: string, audit: Audit): Promise<StoredSimulation> {
  await transaction(async ({ client }) => {
    if (await markSimulationCancelled(client, id)) {
      await dropJob(client, id)
      await recordEvent(client, audit({ action: 'simulation.cancelled', outcome: 'cancelled', objects: [`simulation:${id}`] }))
    } else if ((await existing(client, id)).status !== 'cancelled') throw problem('simulation-ended')
  })
  return existing(pool, id)
}

async function existing(db: Queryable, id: string): Promise<StoredSimulation> {
  const found = await readSimulation(db, id)
  if (!found) throw problem('simulation-not-found')
  return found
}
