/** What performing runs takes, from the configuration. */
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { expireAnswers } from '../households/expire-answers.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import type { RunDeps } from '../targeting/run/perform-run.ts'
import { runThreads } from '../targeting/run/run-nation.ts'
import { agesOf, registriesOf } from '../warehouse/definitions/registries-in-force.ts'

/** A run holds two connections for its locks beside those that it works with, a simulation and a fit one each, a re-evaluation one for what it holds; each queue listens on its own. */
export const CONNECTIONS_MIN = 15

export function runDeps(database: Database, config: Config): RunDeps {
  const registries = registriesOf(database)
  return {
    database,
    versions: versionsOf(database),
    freshness: agesOf(registries),
    onBegun: async (asOf) => void (await expireAnswers(database, await registries.all(), asOf)),
    timeZone: config.timeZone,
    settings: {
      folder: join(config.dataDirectory, 'nation'),
      memoryMb: config.runMemoryMb,
      threads: config.runThreads || runThreads(),
      sample: config.runSample,
      snapshotsKept: config.snapshotsKept,
    },
  }
}
