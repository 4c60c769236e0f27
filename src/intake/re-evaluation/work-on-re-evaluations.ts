/** A worker's part in re-evaluations: it follows changes as they come, and looks for what others left. */
import { startWorker, type WorkerLog } from '../../jobs/start-worker.ts'
import { enqueueFollowing, FOLLOW_CHANGES_TASK, followChanges } from './follow-changes.ts'
import type { ReEvaluationDeps } from './re-evaluate.ts'
import { isWorkDue } from './re-evaluation-store.ts'

export interface ReEvaluationLog extends WorkerLog {
  readonly info: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

const LOOK_EVERY_MS = 5_000

export async function workOnReEvaluations(deps: ReEvaluationDeps, log: ReEvaluationLog) {
  const { pool } = deps.database
  const worker = await startWorker(
    pool,
    {
      [FOLLOW_CHANGES_TASK]: async (_key, { signal }) => {
        const { persons, households } = await followChanges(deps, { signal, log })
        if (persons + households > 0) log.info({ persons, households }, 'changes followed')
      },
    },
    log,
  )
  // What is due again after a failure has no job, and a worker that died holds one for hours.
  let looking: Promise<void> | null = null
  const look = async (): Promise<void> => {
    try {
      if (await isWorkDue(pool)) await enqueueFollowing(pool)
    } catch (err) {
      log.error({ err }, 'changes that wait cannot be looked for')
    }
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = null))
  }, LOOK_EVERY_MS)
  return {
    ended: worker.ended,
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await worker.stop()
      await looking
    },
  }
}
