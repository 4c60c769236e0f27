/** A schedule that only enqueues: each of its ticks is taken by one process, however many listen to the same clock. */
import { schedule } from 'node-cron'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'

export interface ScheduleRequest {
  readonly job: string
  /** Five fields of cron, or six with seconds first. */
  readonly cron: string
  readonly timeZone: string
  /** In the transaction that took the tick: both are kept, or neither. */
  readonly onTick: (transaction: Queryable, tick: Date) => Promise<void>
  readonly onError: (error: unknown) => void
}

export interface Schedule {
  readonly stop: () => Promise<void>
}

export function startSchedule(database: Database, { job, cron, timeZone, onTick, onError }: ScheduleRequest): Schedule {
  const open = new Set<Promise<void>>()
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined }
  const task = schedule(
    cron,
    ({ date }) => {
      const taken = takeTick(database, job, nominal(date, cron), onTick)
        .then(() => undefined, onError)
        .finally(() => open.delete(taken))
      open.add(taken)
    },
    { timezone: timeZone, logger: quiet, suppressMissedWarning: true },
  )
  return {
    stop: async () => {
      await task.destroy()
      await Promise.all(open)
    },
  }
}

/** Resolves to whether this process was the first. */
export async function takeTick(
  database: Database,
  job: string,
  tick: Date,
  onTick: (transaction: Queryable, tick: Date) => Promise<void>,
): Promise<boolean> {
  return database.transaction(async ({ client }) => {
    const { rowCount } = await client.query('insert into job_tick (job, tick) values ($1, $2) on conflict do nothing', [job, tick])
    if (rowCount !== 1) return false
    await onTick(client, tick)
    return true
  })
}

/** The moment that the schedule names: processes hear of it some milliseconds apart. */
function nominal(date: Date, cron: string): Date {
  const unit = cron.trim().split(/\s+/).length > 5 ? 1_000 : 60_000
  return new Date(Math.floor(date.getTime() / unit) * unit)
}
