/** Asking for a run, and taking the wish back: refused at once where it can be known, else durable work in one transaction with its audit event. */
import { type AuditEvent, recordEvent } from '../../audit/audit-event.ts'
import { entityExists } from '../../access/entities/entity-store.ts'
import { OPERATOR } from '../../access/operator.ts'
import type { Principal } from '../../access/principal.ts'
import type { Queryable } from '../../db/queryable.ts'
import { dayOrCurrent, refusedDay } from '../../determinations/as-of.ts'
import { isMembershipKnown } from '../../households/membership-known.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { dropJob, enqueue } from '../../jobs/queue.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { cycleOfMonth, refuseOtherWord } from './cycle-of-month.ts'
import { isCycleWord } from './cycle-word.ts'
import { governorateCodes } from './decide-snapshot.ts'
import { newRun, refuseUnusable, type RunDeps, type RunRequest } from './perform-run.ts'
import { type AskedOfRun, putsInForce } from './run-manifest.ts'
import {
  markCancelled,
  type NewRun,
  readRun,
  refuseSuperseded,
  requeueRun,
  type RunKey,
  runUnderKey,
  storeRun,
  type StoredRun,
} from './run-store.ts'

export const RUN_TASK = 'run'
/** One run at a time, whichever process takes them. */
const QUEUE = 'runs'

export type RequestDeps = Pick<RunDeps, 'database' | 'versions' | 'freshness' | 'timeZone'>

/** A run as somebody asks for it. */
export interface RunWish extends Omit<RunRequest, 'asOf' | 'cycle'> {
  /** ISO date; the current day unless named. */
  readonly asOf: string | undefined
  /** Unless named the word of the day's month, or before one is fixed the month itself. */
  readonly cycle: string | undefined
}
type Audit = (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent

export interface Requested {
  readonly run: StoredRun
  readonly repeated: boolean
}

/** Stores and enqueues the run, once for each key. */
export async function requestRun(deps: RequestDeps, wish: RunWish, key: RunKey, audit: Audit): Promise<Requested> {
  const { database, freshness } = deps
  const before = await runBefore(database.pool, key)
  if (before) return before
  const { request, bundle } = await soundRequest(deps, wish)
  if (!request.despiteRegistries) await refuseUnusable(database, bundle, await freshness(), request.asOf)
  const run = newRun(request)
  const stored = await database.transaction(async ({ client }) => {
    if (!(await storeSound(client, run, key))) return false
    await enqueueRun(client, run.id)
    await recordEvent(
      client,
      audit({ action: 'run.requested', outcome: 'queued', objects: [`run:${run.id}`, `population:${request.population}`] }),
    )
    return true
  })
  if (stored) return { run: await existing(database.pool, run.id), repeated: false }
  return (await runBefore(database.pool, key)) ?? lost()
}

/** Stores a run of a sound request, in a transaction of whoever goes on with it; false where another has the key. */
export async function storeSound(transaction: Queryable, run: NewRun, key?: RunKey): Promise<boolean> {
  if (putsInForce(JSON.parse(run.request) as AskedOfRun)) await refuseOtherWord(transaction, run)
  return storeRun(transaction, run, key)
}

export const enqueueRun = (transaction: Queryable, id: string): Promise<void> =>
  enqueue(transaction, { task: RUN_TASK, queue: QUEUE, key: id })

type Stored = Pick<RequestDeps, 'database'>

/** A wish about a run that was asked for before. */
export interface RunChange {
  readonly id: string
  readonly asker: Pick<Principal, 'entity' | 'permissions'>
  readonly audit: Audit
}

/** The run publishes nothing from here on. Cancelled twice it is as cancelled as once. */
export const cancelRun = (stored: Stored, change: RunChange): Promise<StoredRun> =>
  changeRun(stored, change, async (client, { id, audit }) => {
    if (await markCancelled(client, id)) {
      await dropJob(client, id)
      await recordEvent(client, audit({ action: 'run.cancelled', outcome: 'cancelled', objects: [`run:${id}`] }))
    } else if ((await existing(client, id)).status !== 'cancelled') throw problem('run-ended')
  })

/** What failed or was cancelled waits for a worker again, with the versions that were pinned. */
export const resumeRun = (stored: Stored, change: RunChange): Promise<StoredRun> =>
  changeRun(stored, change, async (client, { id, audit }) => {
    await refuseToBeginAgain(client, await existing(client, id))
    if (await requeueRun(client, id, ['failed', 'cancelled'])) {
      await enqueueRun(client, id)
      await recordEvent(client, audit({ action: 'run.resumed', outcome: 'queued', objects: [`run:${id}`] }))
    } else throw problem((await existing(client, id)).status === 'completed' ? 'run-ended' : 'run-in-progress')
  })

/** Of a run that failed or was cancelled: lists of later runs may be in force since, or of another word. */
export async function refuseToBeginAgain(transaction: Queryable, run: StoredRun): Promise<void> {
  const isOver = run.status === 'failed' || run.status === 'cancelled'
  if (!isOver || !putsInForce(JSON.parse(run.request) as Partial<AskedOfRun>)) return
  await refuseSuperseded(transaction, run.id)
  await refuseOtherWord(transaction, run)
}

/** In one transaction, of a run that is the asker's to change; answers it as it is then. */
async function changeRun(
  { database }: Stored,
  change: RunChange,
  write: (client: Queryable, change: RunChange) => Promise<void>,
): Promise<StoredRun> {
  refuseOthersRun(await existing(database.pool, change.id), change)
  await database.transaction(({ client }) => write(client, change))
  return existing(database.pool, change.id)
}

async function existing(db: Queryable, id: string): Promise<StoredRun> {
  const run = await readRun(db, id)
  if (!run) throw problem('run-not-found')
  return run
}

async function runBefore(db: Queryable, key: RunKey): Promise<Requested | null> {
  const before = await runUnderKey(db, key)
  if (!before) return null
  if (before.bodyHash !== key.bodyHash) throw problem('idempotency-key-reused', { pointer: 'Idempotency-Key' })
  return { run: await existing(db, before.id), repeated: true }
}

/**
 * The request that a wish comes to, and the versions in force on its day. Throws what no run can be: of a day to come or on which nobody is known,
 * with a word that is none, about nobody that there is. `newRun` alone checks nothing.
 */
export async function soundRequest(
  { database: { pool }, versions, timeZone }: Pick<RequestDeps, 'database' | 'versions' | 'timeZone'>,
  wish: RunWish,
): Promise<{ readonly request: RunRequest; readonly bundle: Bundle }> {
  const asOf = await dayOrCurrent(pool, timeZone, wish.asOf)
  const fixed = putsInForce(wish) ? await cycleOfMonth(pool, isoOfDay(asOf)) : null
  const cycle = wish.cycle ?? fixed ?? isoOfDay(asOf).slice(0, 'YYYY-MM'.length)
  if (!isCycleWord(cycle))
    throw problem('request-invalid', {
      pointer: '/cycle',
      expected: 'a word of 1 to 100 characters with a letter or digit, without control characters',
    })
  const request = { ...wish, asOf, cycle, governorates: [...new Set(wish.governorates)] }
  const accepted = async (): Promise<{ readonly request: RunRequest; readonly bundle: Bundle }> => {
    const bundle = await versions.inForce(asOf)
    await refuseUnknownPopulation(pool, request, governorateCodes(bundle))
    return { request, bundle }
  }
  return accepted().catch(refusedDay(wish.asOf))
}

/** `codes`: of governorates. */
async function refuseUnknownPopulation(
  db: Queryable,
  { asOf, population, registeredBy, governorates }: RunRequest,
  codes: readonly string[],
): Promise<void> {
  const unknown = governorates.findIndex((code) => !codes.includes(code))
  if (unknown >= 0) throw problem('request-invalid', { pointer: `/governorates/${unknown}`, expected: `one of ${codes.join(', ')}` })
  if (registeredBy !== undefined && population === 'residents')
    throw problem('request-invalid', { pointer: '/registeredBy', expected: 'a run over registrants: residents are nobody’s' })
  if (registeredBy !== undefined && !(await entityExists(db, registeredBy)))
    throw problem('request-invalid', { pointer: '/registeredBy', expected: 'the id of an entity of GET /v1/entities' })
  const day = isoOfDay(asOf)
  if (!(await isMembershipKnown(db, day))) throw problem('run-population-empty', { detail: `nobody's household is known on ${day}` })
}

/** A run is its entity's, and the operator's of the registry: nobody else stops it or begins it again. Residents need their own permission. */
function refuseOthersRun({ entity: owner, request }: StoredRun, { asker: { entity, permissions } }: RunChange): void {
  if (entity !== owner && entity !== OPERATOR) throw problem('run-not-yours')
  const { population } = JSON.parse(request) as Pick<RunRequest, 'population'>
  if (population === 'residents' && !permissions.has('runs:write-residents'))
    throw problem('permission-missing', { expected: 'runs:write-residents' })
}

/** The other request was rolled back after ours had waited for it. */
const lost = (): never => {
  throw problem('idempotency-in-progress', { pointer: 'Idempotency-Key', retryAfterSeconds: 1 })
}
