/** A worker of the queue in this process: one job at a time, until it is stopped. */
import { Logger, run } from 'graphile-worker'
import type pg from 'pg'

/** What a task is told: the job's key, and a signal that aborts when the worker has to stop. `lastAttempt`: nobody tries again. */
export type Task = (key: string, told: { readonly signal: AbortSignal; readonly lastAttempt: boolean }) => Promise<void>

export interface WorkerLog {
  readonly warn: (fields: object, message: string) => void
}

export interface Worker {
  /** Resolves when it stopped; rejects when it cannot go on. */
  readonly ended: Promise<void>
  /** Tells the running job to stop, and waits for it. */
  readonly stop: () => Promise<void>
}

const POLL_MS = 1_000

export async function startWorker(pool: pg.Pool, tasks: Readonly<Record<string, Task>>, log: WorkerLog): Promise<Worker> {
  const stopping = new AbortController()
  const runner = await run({
    pgPool: pool,
    concurrency: 1,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      // What a job threw is told by whoever performs it.
      if (level === 'error' || level === 'warning') log.warn({ queue: level }, firstLine(message))
    }),
    taskList: Object.fromEntries(
      Object.entries(tasks).map(([name, task]) => [
        name,
        (payload: unknown, { job }) =>
          task((payload as { readonly key: string }).key, { signal: stopping.signal, lastAttempt: job.attempts >= job.max_attempts }),
      ]),
    ),
  })
  return {
    ended: runner.promise,
    stop: async () => {
      stopping.abort()
      await runner.stop().catch(() => undefined)
    },
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 200) ?? ''
