/** Asking for a fit, and taking the wish back: durable work in one transaction with its audit event. */
import { type AuditEvent, recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { dropJob, enqueue } from '../../jobs/queue.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import { newId } from '../../kernel/new-id.ts'
import { problem } from '../../kernel/problem.ts'
import { shapeDiagnostics } from '../../language/shape.ts'
import { FitRequestShellSchema } from '../fit/fit-request.ts'
import {
  type FitKey,
  fitUnderKey,
  markFitCancelled,
  type NewFit,
  readFit,
  storeFit,
  type StoredFit,
  unfinishedFitsOf,
} from './fit-store.ts'

export const FIT_TASK = 'fit'
/** One at a time; beside a simulation. */
const QUEUE = 'fits'
/** Of one actor, that wait or are performed. */
export const UNFINISHED_FITS_MAX = 20

type Audit = (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent

export interface FitAsking {
  readonly actor: string
  readonly entity: string
  readonly name: string
  readonly sampleId: string
  readonly versionSet: string
  readonly request: unknown
}

/** Throws `fit-refused` for a request of another form; what depends on the sample is checked with it. */
export function newFit({ request, ...asking }: FitAsking): NewFit {
  const errors = shapeDiagnostics(FitRequestShellSchema, request, '/request')
  if (errors.length > 0) throw problem('fit-refused', { errors, pointer: errors[0]?.pointer ?? '' })
  return { id: newId(), ...asking, request: canonicalJson(request) }
}

/** Stores and enqueues it, once for each key. */
export async function requestFit(
  { pool, transaction }: Database,
  made: NewFit,
  key: FitKey,
  audit: Audit,
): Promise<{ readonly fit: StoredFit; readonly repeated: boolean }> {
  const before = await fitKept(pool, key)
  if (before) return { fit: before, repeated: true }
  const waiting = await unfinishedFitsOf(pool, made.actor)
  if (waiting >= UNFINISHED_FITS_MAX) throw problem('fits-too-many', { expected: `at most ${UNFINISHED_FITS_MAX}`, retryAfterSeconds: 10 })
  const stored = await transaction(async ({ client }) => {
    if (!(await storeFit(client, made, key))) return false
    // The first wish of everybody comes before the second of anybody.
    await enqueueFit(client, made.id, waiting)
    const objects = [`fit:${made.id}`, `reference-sample:${made.sampleId}`]
    await recordEvent(client, audit({ action: 'fit.requested', outcome: 'queued', objects }))
    return true
  })
  const fit = stored ? await existing(pool, made.id) : await fitKept(pool, key)
  if (!fit) throw problem('idempotency-in-progress', { pointer: 'Idempotency-Key', retryAfterSeconds: 1 })
  return { fit, repeated: !stored }
}

export const enqueueFit = (transaction: Queryable, id: string, priority: number): Promise<void> =>
  enqueue(transaction, { task: FIT_TASK, queue: QUEUE, key: id, priority })

export async function cancelFit({ pool, transaction }: Database, id: string, audit: Audit): Promise<StoredFit> {
  await transaction(async ({ client }) => {
    if (await markFitCancelled(client, id)) {
      await dropJob(client, id)
      await recordEvent(client, audit({ action: 'fit.cancelled', outcome: 'cancelled', objects: [`fit:${id}`] }))
    } else if ((await existing(client, id)).status !== 'cancelled') throw problem('fit-ended')
  })
  return existing(pool, id)
}

async function existing(db: Queryable, id: string): Promise<StoredFit> {
  const found = await readFit(db, id)
  if (!found) throw problem('fit-not-found')
  return found
}

/** The fit that a key stands for. */
async function fitKept(db: Queryable, key: FitKey): Promise<StoredFit | null> {
  const found = await fitUnderKey(db, key)
  if (!found) return null
  if (found.bodyHash !== key.bodyHash) throw problem('idempotency-key-reused', { pointer: 'Idempotency-Key' })
  return existing(db, found.id)
}
