/** One impact from the queue to its stored result; whatever stops it is kept with it. */
import { holdLock } from '../../jobs/held-lock.ts'
import { problem } from '../../kernel/problem.ts'
import { mayPass, runFailure } from '../../targeting/run/run-failure.ts'
import type { Laboratory } from '../laboratory.ts'
import type { Performing } from '../perform-simulation.ts'
import { beginImpact, completeImpact, failImpact, waitAgain } from './impact-store.ts'
import { measureImpact } from './measure-impact.ts'

/** Held by whoever measures it: two processes never do. */
export const impactLock = (id: string): string => `mizan impact ${id}`

const LOCK_WAIT_MS = 3_000

/** Does nothing where it has ended. Throws what stopped it, after keeping it. */
export async function performImpact(laboratory: Laboratory, id: string, { onProgress, signal, again = false }: Performing): Promise<void> {
  const { pool } = laboratory.deps.database
  const lock = await holdLock(pool, impactLock(id), { waitMs: LOCK_WAIT_MS, signal })
  if (!lock) throw problem('simulation-ended', { detail: 'somebody else measures it' })
  try {
    const asked = await beginImpact(pool, id)
    if (!asked) return
    const outcome = await measureImpact(laboratory, asked, { onProgress, signal: AbortSignal.any([signal, lock.lost]) })
    // Canonical by construction: fixed keys, whole numbers and texts in the order of the computation.
    await completeImpact(pool, id, JSON.stringify(outcome))
  } catch (error) {
    const failure = lock.lost.aborted ? problem('database-unavailable', { retryAfterSeconds: 1 }) : runFailure(error)
    // Whoever had to stop leaves it to another process.
    if (signal.aborted || (again && mayPass(failure))) await waitAgain(pool, id).catch(() => undefined)
    else await failImpact(pool, id, failure.code, failure.parts.errors ?? null).catch(() => undefined)
    throw failure
  } finally {
    await lock.release()
  }
}
