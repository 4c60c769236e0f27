/** The worker's part in authoring: at each midnight, and when it starts, it notes which scheduled changes came into force. */
import type { Database } from '../../db/database.ts'
import { startSchedule } from '../../jobs/schedule.ts'
import type { Schedule } from '../../jobs/schedule.ts'
import { noteInForce } from './changes/activate-change.ts'

export interface ComeIntoForceDeps {
  readonly database: Database
  readonly timeZone: string
  readonly today: () => Promise<number>
}

interface Log {
  readonly info: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

const JOB = 'changes come into force'
const MIDNIGHT = '0 0 * * *'

export async function workOnChanges({ database, timeZone, today }: ComeIntoForceDeps, log: Log): Promise<Schedule> {
  const note = async (): Promise<void> => {
    for (const changeSet of await noteInForce(database, await today())) log.info({ changeSet }, 'change in force')
  }
  const failed = (err: unknown): void => log.error({ err }, 'changes that came into force could not be noted')
  await note().catch(failed)
  // The tick is only taken in its own transaction: each change is noted in one of its own, by whoever is first.
  return startSchedule(database, { job: JOB, cron: MIDNIGHT, timeZone, onTick: note, onError: failed })
}
