/** A worker's part in notices: it looks for published runs that nobody was told of, and writes their notices. */
import type { Database } from '../../db/database.ts'
import { tellOfRuns } from './notices-of-runs.ts'

export interface NoticeLog {
  readonly info: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

const LOOK_EVERY_MS = 10_000

/** What fails is tried again at the next look: which runs are due stands in the database. */
export function workOnRunNotices(database: Database, log: NoticeLog, everyMs = LOOK_EVERY_MS): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController()
  let telling: Promise<void> | null = null
  const look = async (): Promise<void> => {
    try {
      const onFailed = (run: string, err: unknown): void => log.error({ err, run }, 'notices of a published run could not be written')
      const notices = await tellOfRuns(database, { signal: stopping.signal, onFailed })
      if (notices > 0) log.info({ notices }, 'notices of published runs were written')
    } catch (err) {
      if (!stopping.signal.aborted) log.error({ err }, 'notices of published runs could not be written')
    }
  }
  const timer = setInterval(() => {
    telling ??= look().finally(() => (telling = null))
  }, everyMs)
  return {
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await telling
    },
  }
}
