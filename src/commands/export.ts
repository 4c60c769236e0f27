/** `mizan export FOLDER [--on DATE]`: the versions in force today or on a date, written as files. */
import { parseArgs } from 'node:util'
import { dayNumber } from '../kernel/date.ts'
import { exportVersions } from '../programmes/export-versions.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { exportDefinitions } from '../warehouse/definitions/export-definitions.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'
import { todayIn } from './today.ts'
import { withDatabase } from './with-database.ts'

export const exportCommand: Command = async (context) => {
  const { values, positionals } = parseArgs({ args: [...context.args], allowPositionals: true, options: { on: { type: 'string' } } })
  const [folder] = positionals
  const day = values.on ?? todayIn(context.config.timeZone)
  if (folder === undefined || positionals.length > 1 || dayNumber(day) === null)
    throw new Error('expected: mizan export FOLDER [--on YYYY-MM-DD] / الصيغة: mizan export FOLDER [--on YYYY-MM-DD]')
  return withDatabase(context, async (database) => {
    await loadShippedVersions(database)
    const written = [...(await exportVersions(database.pool, folder, day)), ...(await exportDefinitions(database.pool, folder))]
    tell(
      `${written.length} files of what is in force on ${day} written to ${folder}.`,
      `كُتب ${written.length} ملفًا من النسخ النافذة في ${day} إلى ${folder}.`,
    )
    return written.length > 0 ? 0 : 1
  })
}
