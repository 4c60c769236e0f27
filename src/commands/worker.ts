/** `mizan worker`: performs queued runs, simulations and fits and follows changes of registries until it is asked to stop, or until the service that started it is gone. */
import { once } from 'node:events'
import { pino } from 'pino'
import { loggerOptions } from '../http/logging.ts'
import { currentDay } from '../determinations/as-of.ts'
import { workOnChanges } from '../programmes/authoring/come-into-force.ts'
import { workOnRunNotices } from '../data-protection/notices/work-on-run-notices.ts'
import { workOnReEvaluations } from '../intake/re-evaluation/work-on-re-evaluations.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { workOnFits } from '../simulation/fits/work-on-fits.ts'
import { openLaboratory } from '../simulation/laboratory.ts'
import { workOnSimulations } from '../simulation/work-on-simulations.ts'
import { workOnRuns } from '../targeting/run/work-on-runs.ts'
import type { Command } from './command.ts'
import { laboratoryDeps } from './laboratory-deps.ts'
import { reEvaluationDeps } from './re-evaluation-deps.ts'
import { CONNECTIONS_MIN, runDeps } from './run-deps.ts'
import { withDatabase } from './with-database.ts'

export const worker: Command = async (context) => {
  // A service that was killed takes its database with it: nothing is left to be finished here, and the run is resumed by the next worker.
  process.once('disconnect', () => process.exit(1))
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  const { signal } = context
  const asked = signal.aborted ? Promise.resolve() : once(signal, 'abort')
  const log = pino({ ...loggerOptions(config.logLevel), base: { process: 'worker' } })
  await withDatabase({ ...context, config }, async (database, ready) => {
    await loadShippedVersions(database)
    const work = await workOnRuns(runDeps(database, config), { cron: config.runSchedule, population: config.runSchedulePopulation }, log)
    const laboratory = openLaboratory(laboratoryDeps(database, config))
    const simulations = await workOnSimulations({ database, laboratory }, log)
    const fits = await workOnFits(database, log)
    const { timeZone } = config
    const changes = await workOnChanges({ database, timeZone, today: () => currentDay(database.pool, timeZone) }, log)
    const followed = await workOnReEvaluations(reEvaluationDeps(database, config, log), log)
    const notices = workOnRunNotices(database, log)
    ready()
    log.info({ pid: process.pid, schedule: config.runSchedule }, 'worker waits for runs')
    try {
      await Promise.race([asked, work.ended, simulations.ended, fits.ended, followed.ended])
    } finally {
      const stopped = [work.stop(), simulations.stop(), fits.stop(), changes.stop(), followed.stop(), notices.stop()]
      await Promise.race([Promise.all(stopped), expired(config.shutdownTimeoutMs)])
    }
  })
  return 0
}

const expired = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())
