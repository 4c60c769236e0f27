/** A worker's part in fits: it performs those in the queue, and looks for those whose process died. */
import type { Database } from '../../db/database.ts'
import { isLockFree } from '../../jobs/held-lock.ts'
import { freeJob, readJob } from '../../jobs/queue.ts'
import { startWorker, type Task, type WorkerLog } from '../../jobs/start-worker.ts'
import { Problem } from '../../kernel/problem.ts'
import { readFit, unattendedFits } from './fit-store.ts'
import { fitLock, performFit } from './perform-fit.ts'
import { enqueueFit, FIT_TASK } from './request-fit.ts'

export interface FitLog extends WorkerLog {
  readonly info: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

export interface FitWork {
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

const RECOVER_EVERY_MS = 5_000
const TAKEN_SECONDS = 5
const WAITED_SECONDS = 15

export async function workOnFits(database: Database, log: FitLog): Promise<FitWork> {
  const recover = async (): Promise<void> => {
    try {
      for (const fit of await recoverFits(database)) log.warn({ fit }, 'a fit that broke off is queued again')
    } catch (err) {
      log.error({ err }, 'fits that broke off cannot be looked for')
    }
  }
  await recover()
  const worker = await startWorker(database.pool, { [FIT_TASK]: fitTask(database, log) }, log)
  let recovering: Promise<void> | null = null
  const timer = setInterval(() => {
    recovering ??= recover().finally(() => (recovering = null))
  }, RECOVER_EVERY_MS)
  return {
    ended: worker.ended,
    stop: async () => {
      clearInterval(timer)
      await worker.stop()
      await recovering
    },
  }
}

function fitTask(database: Database, log: FitLog): Task {
  return async (id, { signal }) => {
    const { status } = (await readFit(database.pool, id)) ?? {}
    if (status !== 'queued' && status !== 'running') return
    const started = performance.now()
    try {
      await performFit(database, id, { onProgress: () => undefined, signal })
      log.info({ fit: id, milliseconds: Math.round(performance.now() - started) }, 'fit completed')
    } catch (error) {
      if (signal.aborted) throw error
      log.warn({ fit: id, code: error instanceof Problem ? error.code : 'internal-error' }, 'fit not completed')
    }
  }
}

/** Those that nobody performs get a job that some worker can take. */
export async function recoverFits(
  { pool, transaction }: Database,
  { takenSeconds = TAKEN_SECONDS, waitedSeconds = WAITED_SECONDS } = {},
): Promise<string[]> {
  const recovered: string[] = []
  for (const id of await unattendedFits(pool, waitedSeconds)) {
    const put = await transaction(async ({ client }) => {
      if (!(await isLockFree(client, fitLock(id)))) return false
      const { status } = (await readFit(client, id)) ?? {}
      if (status !== 'running' && status !== 'queued') return false
      const job = await readJob(client, id)
      if (job !== null && !job.spent && (job.lockedSeconds === null || job.lockedSeconds < takenSeconds)) return false
      await freeJob(client, id)
      await enqueueFit(client, id, 0)
      return true
    })
    if (put) recovered.push(id)
  }
  return recovered
}
