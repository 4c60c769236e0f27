/** One fit from the queue to its stored result; whatever stops it is kept with it. */
import type { Database } from '../../db/database.ts'
import { holdLock } from '../../jobs/held-lock.ts'
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import { type Problem, problem } from '../../kernel/problem.ts'
import { textsOfSet } from '../../programmes/versions-in-force.ts'
import { runFailure } from '../../targeting/run/run-failure.ts'
import type { FitProgress } from '../fit/fit-formula.ts'
import type { SampleColumns } from '../fit/sample-columns.ts'
import { readContent } from '../reference/content-store.ts'
import { readSample, type StoredSample } from '../reference/sample-store.ts'
import { fitApart } from './fit-apart.ts'
import { beginFit, completeFit, endFit, type FitAttempt, readFit, storeFitProgress, type StoredFit } from './fit-store.ts'

export interface FitTold {
  readonly onProgress: FitProgress
  readonly signal: AbortSignal
}

/** Held by whoever performs the fit: two processes never do. */
export const fitLock = (id: string): string => `mizan fit ${id}`

const LOCK_WAIT_MS = 3_000
const TELL_EVERY_MS = 300

/** Returns the manifest's hash. */
export async function performFit(database: Database, id: string, told: FitTold): Promise<string> {
  const { pool } = database
  const lock = await holdLock(pool, fitLock(id), { waitMs: LOCK_WAIT_MS, signal: told.signal })
  if (!lock) throw problem('fit-ended', { detail: 'somebody else performs it' })
  try {
    const attempt = await beginFit(pool, id)
    const stored = await readFit(pool, id)
    if (!stored) throw problem('fit-not-found')
    if (attempt === null) throw problem('fit-ended')
    return await attemptFit(database, stored, { id, attempt }, told, lock.lost)
  } finally {
    await lock.release()
  }
}

async function attemptFit(
  database: Database,
  stored: StoredFit,
  attempt: FitAttempt,
  { onProgress, signal }: FitTold,
  lost: AbortSignal,
): Promise<string> {
  const { pool } = database
  const cancelled = new AbortController()
  let progress: Parameters<typeof storeFitProgress>[2] = { stage: null, done: 0, total: 0 }
  const timer = setInterval(() => {
    // The answer says whether it is still to be performed.
    storeFitProgress(pool, attempt, progress).then(
      (ours) => void (ours || cancelled.abort(problem('fit-cancelled'))),
      () => undefined,
    )
  }, TELL_EVERY_MS)
  try {
    const { manifest, result } = await computeFit(database, stored, {
      onProgress: (stage, done, total) => {
        progress = { stage, done, total }
        onProgress(stage, done, total)
      },
      signal: AbortSignal.any([signal, cancelled.signal, lost]),
    })
    const manifestHash = sha256(manifest)
    if (!(await completeFit(pool, attempt, { manifest, manifestHash, result }))) throw problem('fit-cancelled')
    return manifestHash
  } catch (error) {
    const failure = signal.aborted
      ? problem('fit-cancelled')
      : cancelled.signal.aborted
        ? (cancelled.signal.reason as Problem)
        : runFailure(error)
    const { detail = null, errors = null } = failure.parts
    const queued = signal.aborted || lost.aborted
    await endFit(pool, attempt, {
      status: queued ? 'queued' : 'failed',
      problem: queued ? null : failure.code,
      detail,
      errors,
    }).catch(() => undefined)
    throw failure
  } finally {
    clearInterval(timer)
  }
}

export interface ComputedFit {
  readonly manifest: string
  readonly result: string
}

/** From the stored rows and the pinned versions; throws `fit-refused` with every fault. */
export async function computeFit(database: Database, { sampleId, versionSet, request }: StoredFit, told: FitTold): Promise<ComputedFit> {
  const sample = await readSample(database.pool, sampleId)
  if (!sample || sample.contentHash === null) throw problem('reference-sample-without-rows')
  const pieces: Uint8Array[] = []
  for await (const piece of readContent(database.pool, sample.contentHash)) pieces.push(piece)
  const { synthetic } = sample
  const task = {
    texts: await textsOfSet(database, versionSet),
    pieces,
    columns: JSON.parse(sample.columns) as SampleColumns,
    rows: sample.rowsUsed,
    synthetic,
    request: JSON.parse(request) as unknown,
  }
  const answer = await fitApart(task, told.onProgress, told.signal)
  if ('errors' in answer) throw problem('fit-refused', { errors: answer.errors, pointer: answer.errors[0]?.pointer ?? '' })
  const { result } = answer
  return { manifest: fitManifest(sample, versionSet, task.request, result), result }
}

/** Everything that the result follows from, and its hash: computed again it comes to the same bytes. */
const fitManifest = ({ contentHash, synthetic }: StoredSample, versionSet: string, request: unknown, result: string): string =>
  canonicalJson({ format: 1, sample: contentHash, synthetic, versionSet, request, node: process.versions.node, result: sha256(result) })
