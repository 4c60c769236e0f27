/** Asking what a change would do: measured once for each question, by the worker that holds the nation; whoever asks again reads what was kept. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadRights } from '../../access/grants/read-rights.ts'
import { type AuditEvent, recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { isLockFree } from '../../jobs/held-lock.ts'
import { enqueue, freeJob, readJob } from '../../jobs/queue.ts'
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import { dayNumber } from '../../kernel/date.ts'
import { newId } from '../../kernel/new-id.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import type { CheckedChange } from '../../programmes/authoring/changes/check-change.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { versionSet } from '../../programmes/version-store.ts'
import { compareRefs } from '../../programmes/version.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { keptRun } from '../baseline.ts'
import { refuseUngrantedTexts } from '../facts-granted.ts'
import {
  type ImpactChange,
  impactOfQuestion,
  type ImpactQuestion,
  impactStatus,
  storeImpact,
  type StoredImpact,
  unfinishedImpactsOf,
  waitAgain,
} from './impact-store.ts'
import { impactLock } from './perform-impact.ts'

export const IMPACT_TASK = 'impact'
/** That of simulations: both use the nation in memory, and all threads. */
const QUEUE = 'simulations'
/** Of one actor, that wait or are measured. */
export const UNFINISHED_MAX = 20
const FORMAT = 1
const LOOK_EVERY_MS = 60
const ERRORS_SHOWN = 500
/** A job that somebody took this long ago, and whose lock is free, is nobody's. */
const TAKEN_SECONDS = 5

export interface AskDeps {
  readonly database: Database
  readonly versions: Versions
  /** Where runs keep their snapshots. */
  readonly folder: string
  /** Null for whoever is at the machine. */
  readonly rights: ((entity: string) => Promise<ReadRights>) | null
}

export interface Wish {
  readonly effectiveFrom: string
  readonly checked: CheckedChange
  /** The author's: the texts read facts by what it was granted. */
  readonly entity: string
}

export interface Asker {
  readonly actor: string
  readonly entity: string
  readonly audit: (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent
}

/** Whatever there is of it now. Throws with every fault of the texts, and where there is no snapshot or the facts are not granted. */
export async function askImpact(deps: AskDeps, wish: Wish, asker: Asker): Promise<StoredImpact> {
  const { pool } = deps.database
  const { bundle, asked } = await questionOf(deps, wish)
  const question = hashOf(asked)
  const known = await impactOfQuestion(pool, question)
  if (known && !mayPass(known)) return known
  const { actor, entity } = asker
  const made = { id: newId(), question, actor, entity, ...asked, change: changeOf(bundle, wish.checked) }
  await deps.database.transaction(async ({ client }) => {
    // Counted one after another: wishes that come together do not pass the limit.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`mizan impacts of ${actor}`])
    const waiting = await unfinishedImpactsOf(client, actor)
    const id = known?.id ?? made.id
    if (known ? !(await waitAgain(client, known.id)) : !(await storeImpact(client, made))) return
    if (waiting >= UNFINISHED_MAX) throw problem('simulations-too-many', { expected: `at most ${UNFINISHED_MAX}`, retryAfterSeconds: 10 })
    await enqueueImpact(client, id, waiting)
    await recordEvent(
      client,
      asker.audit({ action: 'impact.requested', outcome: 'queued', objects: [`impact:${id}`, `sha256:${asked.draft}`] }),
    )
  })
  return (await impactOfQuestion(pool, question)) as StoredImpact
}

/** All that is needed to compile the versions with the change again, whatever becomes of the drafts. */
export function changeOf(bundle: Bundle, { versions, programmes }: Pick<CheckedChange, 'versions' | 'programmes'>): ImpactChange {
  return {
    members: bundle.versions.toSorted(compareRefs).map(({ kind, id, version, hash }) => ({ kind, id, version, hash })),
    texts: versions.filter(({ kind }) => kind !== 'cases').map(({ kind, id, version, source }) => ({ kind, id, version, source })),
    programmes,
  }
}

/** What was kept of it; null where nobody has asked, or nobody could. */
export async function keptImpact(deps: AskDeps, wish: Wish): Promise<StoredImpact | null> {
  try {
    return await impactOfQuestion(deps.database.pool, hashOf((await questionOf(deps, wish)).asked))
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

/** Looks for its end for so long. */
export async function waitForImpact(deps: AskDeps, asked: StoredImpact, wish: Wish, milliseconds: number): Promise<StoredImpact> {
  const { pool } = deps.database
  for (const deadline = performance.now() + milliseconds; performance.now() < deadline; await sleep(LOOK_EVERY_MS)) {
    const status = await impactStatus(pool, asked.id)
    if (status === 'completed' || status === 'failed') break
  }
  return (await keptImpact(deps, wish)) ?? asked
}

export const enqueueImpact = (transaction: Parameters<typeof enqueue>[0], id: string, priority: number): Promise<void> =>
  enqueue(transaction, { task: IMPACT_TASK, queue: QUEUE, key: id, priority })

/** Failed for a reason that is not in the texts or the snapshot: the next to ask has it tried again. */
const mayPass = ({ status, problem: code }: StoredImpact): boolean => status === 'failed' && !LASTING.has(code ?? '')
const LASTING = new Set(['impact-refused', 'run-enrolled-exceed'])

async function questionOf(
  { database, versions, folder, rights }: AskDeps,
  { effectiveFrom, checked, entity }: Wish,
): Promise<{ readonly bundle: Bundle; readonly asked: ImpactQuestion }> {
  const { bundle } = checked
  // Cases that fail or are lacking keep drafts from being submitted, not from being measured.
  const faults = checked.diagnostics.filter(({ severity, pointer }) => severity === 'error' && !pointer.startsWith('cases/'))
  if (faults.length > 0 || !bundle) throw problem('change-set-refused', { errors: checked.diagnostics.slice(0, ERRORS_SHOWN) })
  const { run, snapshot } = await keptRun(database, folder, 'latest').catch((error: unknown) => {
    throw error instanceof Problem && ABSENT.has(error.code) ? problem('impact-no-snapshot') : error
  })
  const before = await versions.inForce(dayNumber(effectiveFrom) as number)
  if (rights) refuseUngrantedTexts([before, bundle], checked.versions, await rights(entity))
  return {
    bundle,
    asked: { run: run.id, snapshot: snapshot.hash, effectiveFrom, base: before.hash, draft: versionSet(bundle.versions).hash },
  }
}

const ABSENT = new Set(['run-not-found', 'snapshot-not-kept'])
const hashOf = (asked: ImpactQuestion): string => sha256(canonicalJson({ format: FORMAT, ...asked }))

/** Those that nobody measures get a job that some worker can take. */
export async function recoverImpact({ transaction }: Database, id: string): Promise<boolean> {
  return transaction(async ({ client }) => {
    if (!(await isLockFree(client, impactLock(id)))) return false
    const status = await impactStatus(client, id)
    if (status !== 'running' && status !== 'queued') return false
    const job = await readJob(client, id)
    if (job !== null && !job.spent && (job.lockedSeconds === null || job.lockedSeconds < TAKEN_SECONDS)) return false
    await freeJob(client, id)
    await enqueueImpact(client, id, 0)
    return true
  })
}
