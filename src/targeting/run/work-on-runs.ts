/** A worker's part in runs: it performs those in the queue, looks for those whose process died, and hears the schedule. */
import { OPERATOR } from '../../access/operator.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import { currentDay } from '../../determinations/as-of.ts'
import { type Schedule, startSchedule } from '../../jobs/schedule.ts'
import { startWorker, type Task, type WorkerLog } from '../../jobs/start-worker.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Queryable } from '../../db/queryable.ts'
import { cycleOfMonth } from './cycle-of-month.ts'
import { newRun, performRun, type RunDeps, type RunRequest } from './perform-run.ts'
import { recoverRuns } from './recover-runs.ts'
import { enqueueRun, RUN_TASK } from './request-run.ts'
import { mayPass } from './run-failure.ts'
import { readRun, requeueRun, storeRun } from './run-store.ts'

export interface RunSchedule {
  /** Empty for none. */
  readonly cron: string
  readonly population: RunRequest['population']
}

export interface WorkLog extends WorkerLog {
  readonly info: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

export interface RunWork {
  /** Rejects when the queue cannot be worked on any more. */
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

const RECOVER_EVERY_MS = 5_000
const JOB = 'scheduled run'

export async function workOnRuns(deps: RunDeps, schedule: RunSchedule, log: WorkLog): Promise<RunWork> {
  const { database, timeZone } = deps
  const recover = async (): Promise<void> => {
    try {
      for (const run of await recoverRuns(database)) log.warn({ run }, 'a run that broke off is queued again')
    } catch (err) {
      log.error({ err }, 'runs that broke off cannot be looked for')
    }
  }
  await recover()
  const worker = await startWorker(database.pool, { [RUN_TASK]: runTask(deps, log) }, log)
  let recovering: Promise<void> | null = null
  const timer = setInterval(() => {
    recovering ??= recover().finally(() => (recovering = null))
  }, RECOVER_EVERY_MS)
  const clock: Schedule | null =
    schedule.cron === ''
      ? null
      : startSchedule(database, {
          job: JOB,
          cron: schedule.cron,
          timeZone,
          onTick: (transaction, tick) => enqueueScheduled(transaction, deps, schedule.population, tick),
          onError: (err) => log.error({ err }, 'a scheduled run could not be queued'),
        })
  return {
    ended: worker.ended,
    stop: async () => {
      clearInterval(timer)
      await clock?.stop()
      await worker.stop()
      await recovering
    },
  }
}

/** Performs the run of a job. What failed for good is told by the run itself and is no failure of the job. */
export function runTask(deps: RunDeps, log: WorkLog): Task {
  const { pool } = deps.database
  return async (id, { signal, lastAttempt }) => {
    const before = await readRun(pool, id)
    if (before?.status !== 'queued' && before?.status !== 'running') return
    const started = performance.now()
    log.info({ run: id, attempt: before.attempt + 1 }, 'run begun')
    try {
      const manifest = await performRun(deps, id, { onProgress: () => undefined, signal, stopped: 'queued' })
      log.info({ run: id, manifest, seconds: Math.round((performance.now() - started) / 100) / 10 }, 'run published')
    } catch (error) {
      if (signal.aborted) throw error
      const code = error instanceof Problem ? error.code : 'internal-error'
      log.error({ run: id, code, err: error }, 'run not published')
      if (!(error instanceof Problem) || !mayPass(error) || lastAttempt) return
      await requeueRun(pool, id, ['failed'])
      // The queue tries again, later each time.
      throw error
    }
  }
}

/** A scheduled run is of the current day; its word is that of the day's month, or the month itself, stored before anything is read. */
export async function enqueueScheduled(
  transaction: Queryable,
  { timeZone }: Pick<RunDeps, 'timeZone'>,
  population: RunRequest['population'],
  tick: Date,
): Promise<void> {
  const asOf = await currentDay(transaction, timeZone, tick)
  const who = { actor: 'schedule', entity: OPERATOR }
  const run = newRun({
    ...who,
    asOf,
    cycle: (await cycleOfMonth(transaction, isoOfDay(asOf))) ?? isoOfDay(asOf).slice(0, 'YYYY-MM'.length),
    population,
    governorates: [],
    despiteRegistries: false,
    undeterminedPercentMax: 100,
  })
  await storeRun(transaction, run)
  await enqueueRun(transaction, run.id)
  await recordEvent(transaction, {
    ...who,
    action: 'run.requested',
    purpose: 'targeting',
    requestId: run.id,
    outcome: 'queued',
    objects: [`run:${run.id}`, `population:${population}`, `tick:${tick.toISOString()}`],
  })
}
