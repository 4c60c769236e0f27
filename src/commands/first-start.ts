/** What a new database is given before the service answers: a population to try it with, and the first key. */
import { ensureFirstKey } from '../access/key-store.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'

/** Fills what is empty and leaves what is not; resolves to the first API key if it was made now. */
export async function fillAtFirstStart(database: Database, _config: Config): Promise<string | null> {
  return ensureFirstKey(database)
}
