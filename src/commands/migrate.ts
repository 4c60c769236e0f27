/** `mizan migrate`: brings the schema up to date and says what was applied. */
import { openDatabase } from '../db/database.ts'
import { migrate as applyMigrations } from '../db/migrate.ts'
import { type Command, tell } from './command.ts'

export const migrate: Command = async ({ config }) => {
  const database = await openDatabase(config)
  try {
    const applied = await applyMigrations(database.pool)
    if (applied.length === 0) tell('The schema is up to date.', 'مخطط قاعدة البيانات محدَّث.')
    else tell(`Applied: ${applied.join(', ')}`, `طُبِّقت: ${applied.join('، ')}`)
    return 0
  } finally {
    await database.close()
  }
}
