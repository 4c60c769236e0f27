/** One simulation from the queue to its stored result; whatever stops it is kept with it. */
import type { Database } from '../db/database.ts'
import { whenThere } from '../db/when-there.ts'
import { holdLock } from '../jobs/held-lock.ts'
import { canonicalJson, sha256 } from '../kernel/canonical.ts'
import { type Problem, problem } from '../kernel/problem.ts'
import { mayPass, runFailure } from '../targeting/run/run-failure.ts'
import type { Laboratory, Told } from './laboratory.ts'
import type { SimulationOutcome } from './simulation-outcome.ts'
import { storedResult } from './result.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import {
  beginSimulation,
  completeSimulation,
  endSimulation,
  readSimulation,
  type SimulationAttempt,
  storeSimulationProgress,
  type StoredSimulation,
} from './simulation-store.ts'

export interface PerformDeps {
  readonly database: Database
  readonly laboratory: Laboratory
}

/** Held by whoever performs the simulation: two processes never do. */
export const simulationLock = (id: string): string => `mizan simulation ${id}`

const LOCK_WAIT_MS = 3_000
const TELL_EVERY_MS = 300
const END_WAIT_MS = 2_000

export interface Performing extends Told {
  /** Whether somebody comes back to it: what failed in a way that may pass then waits again. Without, it has failed. */
  readonly again?: boolean
}

/** Returns the manifest's hash; throws what stopped it after that was stored. Whoever has to stop leaves it in the queue. */
export async function performSimulation({ database, laboratory }: PerformDeps, id: string, told: Performing): Promise<string> {
  const { pool } = database
  const lock = await holdLock(pool, simulationLock(id), { waitMs: LOCK_WAIT_MS, signal: told.signal })
  if (!lock) throw problem('simulation-ended', { detail: 'somebody else performs it' })
  try {
    const attempt = await beginSimulation(pool, id)
    const stored = await readSimulation(pool, id)
    if (!stored) throw problem('simulation-not-found')
    if (attempt === null) throw problem('simulation-ended')
    return await attemptSimulation({ database, laboratory }, stored, { id, attempt }, told, lock.lost)
  } finally {
    await lock.release()
  }
}

async function attemptSimulation(
  { database: { pool }, laboratory }: PerformDeps,
  stored: StoredSimulation,
  attempt: SimulationAttempt,
  { onProgress, signal, again = false }: Performing,
  lost: AbortSignal,
): Promise<string> {
  const cancelled = new AbortController()
  let progress: Parameters<typeof storeSimulationProgress>[2] = { stage: null, done: 0, total: 0 }
  const timer = setInterval(() => {
    // The answer says whether it is still to be performed.
    storeSimulationProgress(pool, attempt, progress).then(
      (ours) => void (ours || cancelled.abort(problem('simulation-cancelled'))),
      () => undefined,
    )
  }, TELL_EVERY_MS)
  try {
    const request = JSON.parse(stored.request) as SimulationRequest
    const outcome = await laboratory.simulate(request, {
      onProgress: (stage, done, total) => {
        progress = { stage, done, total }
        onProgress(stage, done, total)
      },
      signal: AbortSignal.any([signal, cancelled.signal, lost]),
    })
    const kept = storedResult(outcome)
    const manifest = simulationManifest(request, outcome, kept.result)
    const manifestHash = sha256(manifest)
    const found = { runId: outcome.run, manifest, manifestHash, ...kept }
    if (!(await completeSimulation(pool, attempt, found))) throw problem('simulation-cancelled')
    return manifestHash
  } catch (error) {
    const failure = signal.aborted
      ? problem('simulation-cancelled')
      : cancelled.signal.aborted
        ? (cancelled.signal.reason as Problem)
        : lost.aborted
          ? problem('database-unavailable', { retryAfterSeconds: 1 })
          : runFailure(error)
    const { detail = null, errors = null } = failure.parts
    const end =
      signal.aborted || (again && mayPass(failure))
        ? ({ status: 'queued', problem: null, detail: null, errors: null } as const)
        : ({ status: 'failed', problem: failure.code, detail, errors } as const)
    // One whose end cannot be stored is found by whoever looks for those that broke off.
    await whenThere(() => endSimulation(pool, attempt, end), { signal, waitMs: END_WAIT_MS }).catch(() => undefined)
    throw failure
  } finally {
    clearInterval(timer)
  }
}

/** Everything that the result follows from, and its hash: computed again it comes to the same bytes. */
export function simulationManifest(request: SimulationRequest, outcome: SimulationOutcome, result: string): string {
  const { run, asOf, snapshot, inputs, versionSet, sample, scenarios } = outcome
  return canonicalJson({
    format: 1,
    request,
    run,
    asOf,
    snapshot,
    inputs,
    versionSet,
    ...(sample ? { sample: sample.contentHash } : {}),
    scenarios: scenarios.map((one) => ({ name: one.name, versionSet: one.versionSet })),
    node: process.versions.node,
    result: sha256(result),
  })
}
