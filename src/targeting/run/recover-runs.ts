/** Finds runs whose process died: begun or waiting, and nobody holds their lock; each gets a job that some worker can take. */
import type { Database } from '../../db/database.ts'
import { isLockFree } from '../../jobs/held-lock.ts'
import { freeJob, readJob } from '../../jobs/queue.ts'
import { runLock } from './perform-run.ts'
import { enqueueRun } from './request-run.ts'
import { readRun, unattendedRuns } from './run-store.ts'

/** From taking a job to holding its run's lock a live worker needs far less. */
const TAKEN_SECONDS = 5
/** `mizan run` stores its run a moment before it performs it. */
const WAITED_SECONDS = 15

/** Returns the runs that were put in the queue again. */
export async function recoverRuns(
  database: Database,
  { takenSeconds = TAKEN_SECONDS, waitedSeconds = WAITED_SECONDS } = {},
): Promise<string[]> {
  const recovered: string[] = []
  for (const id of await unattendedRuns(database.pool, waitedSeconds)) {
    const put = await database.transaction(async ({ client }) => {
      // Free until the end of this transaction: whoever wants to perform the run waits for it.
      if (!(await isLockFree(client, runLock(id)))) return false
      const status = (await readRun(client, id))?.status
      if (status !== 'running' && status !== 'queued') return false
      const job = await readJob(client, id)
      const waits = job !== null && !job.spent && (job.lockedSeconds === null || job.lockedSeconds < takenSeconds)
      if (waits) return false
      await freeJob(client, id)
      await enqueueRun(client, id)
      return true
    })
    if (put) recovered.push(id)
  }
  return recovered
}
