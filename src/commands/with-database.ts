/** Opens the migrated database for the length of some work, and closes it (at once when the process is asked to stop). */
import { type Database, openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { lowerPriority } from '../jobs/lower-priority.ts'
import { migrateQueue } from '../jobs/queue.ts'
import type { CommandContext } from './command.ts'

/**
 * Rejects when the process is asked to stop before the work says, by `ready`, that it will end by itself. Whatever is done yields to the
 * service beside it unless another `niceness` is given: where nothing else wants the processors, that costs nothing.
 */
export async function withDatabase<T>(
  { config, signal }: CommandContext,
  work: (database: Database, ready: () => void) => Promise<T>,
  niceness = config.backgroundNiceness,
): Promise<T> {
  const database = await openDatabase(config)
  // Not before: an embedded server that this process starts serves others too.
  lowerPriority(niceness)
  let interruptible = true
  const stopped = new Promise<never>((_, reject) => {
    const refuse = (): void => {
      if (interruptible) reject(new Error('stopped'))
    }
    if (signal.aborted) refuse()
    signal.addEventListener('abort', refuse, { once: true })
  })
  const steps = async (): Promise<T> => {
    await migrate(database.pool)
    await migrateQueue(database.pool)
    return work(database, () => (interruptible = false))
  }
  try {
    return await Promise.race([steps(), stopped])
  } finally {
    await database.close()
  }
}
