/** What the laboratory takes, from the configuration. */
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { nationFolder } from '../simulation/baseline.ts'
import type { LaboratoryDeps } from '../simulation/laboratory.ts'
import { runThreads } from '../targeting/run/run-nation.ts'

export const laboratoryDeps = (database: Database, config: Config): LaboratoryDeps => ({
  database,
  versions: versionsOf(database),
  folder: nationFolder(config.dataDirectory),
  settings: { dataDirectory: config.dataDirectory, threads: config.runThreads || runThreads() },
})
