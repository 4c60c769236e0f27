/** `mizan openapi`: the API's description from the routes, and the page of its errors; needs no database. */
import { buildApp } from '../app.ts'
import { connectDatabase } from '../db/database.ts'
import { errorsReference } from '../http/openapi.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'
import { version } from './version.ts'

export const openapi: Command = async ({ config, args }) => {
  // A pool connects when it is first asked, which describing routes never does.
  const database = connectDatabase('postgres://described.invalid', config)
  const app = await buildApp({ database, config: { ...config, logLevel: 'silent' }, version })
  await app.ready()
  const description = `${JSON.stringify(app.swagger(), null, 2)}\n`
  await app.close()
  await database.close()
  return writeOrCompare({ 'openapi/openapi.json': description, 'docs/reference/errors.md': errorsReference() }, args, 'npm run openapi')
}
