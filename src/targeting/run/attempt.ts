/** One attempt at a run: it tells how far it is twice a second, and stops when it is told to, or when the run is no longer its own. */
import type pg from 'pg'
import { endAttempt, type RunProgress, storeProgress } from './run-store.ts'

export interface Attempt {
  readonly id: string
  readonly attempt: number
}

export interface AttemptWatch {
  /** Aborts when the run was cancelled, or somebody else began it anew. */
  readonly signal: AbortSignal
  readonly tell: (stage: string, done: number, total: number) => void
  readonly stop: () => Promise<void>
}

const TELL_EVERY_MS = 500

export class NotOurs extends Error {
  override readonly name = 'NotOurs'
}

/** Writes the progress whether it moved or not: the answer says whether the run is still to be performed. */
export function watchAttempt(pool: pg.Pool, attempt: Attempt): AttemptWatch {
  const stop = new AbortController()
  let progress: RunProgress = { stage: null, done: 0, total: 0 }
  let writing: Promise<void> | null = null
  const write = async (): Promise<void> => {
    // A lost line of progress is no reason to lose the run.
    const ours = await storeProgress(pool, attempt, progress).catch(() => true)
    if (!ours) stop.abort(new NotOurs('the run was cancelled, or begun anew by another process'))
  }
  const timer = setInterval(() => {
    writing ??= write().finally(() => (writing = null))
  }, TELL_EVERY_MS)
  return {
    signal: stop.signal,
    tell: (stage, done, total) => void (progress = { stage, done, total }),
    stop: async () => {
      clearInterval(timer)
      await writing
    },
  }
}

const END_TRIES = 5
const END_AGAIN_MS = 400

/** A database that was gone for a moment is asked again; a run whose end cannot be stored is found by whoever looks for those that broke off. */
export async function storeEnd(pool: pg.Pool, attempt: Attempt, end: Parameters<typeof endAttempt>[2]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await endAttempt(pool, attempt, end)
    } catch {
      if (tries === END_TRIES) return
      await new Promise((resolve) => setTimeout(resolve, END_AGAIN_MS))
    }
  }
}
