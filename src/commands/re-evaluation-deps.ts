/** What determining households again takes, from the configuration. */
import type { Config } from '../config.ts'
import { noticesDue } from '../data-protection/notices/notice-store.ts'
import type { Database } from '../db/database.ts'
import type { ReEvaluationDeps } from '../intake/re-evaluation/re-evaluate.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { householdsServed, programmesServing } from '../targeting/enrolments/enrolment-store.ts'
import { placeInLatestRun } from '../targeting/rankings/ranking-store.ts'
import { configuredPuller } from '../warehouse/pulled/configured-puller.ts'
import { agesOf, registriesOf } from '../warehouse/definitions/registries-in-force.ts'

export interface DisagreementLog {
  readonly error: (fields: object, message: string) => void
}

export function reEvaluationDeps(
  database: Database,
  config: Pick<Config, 'timeZone' | 'serviceBusUrl' | 'serviceBusToken'>,
  log: DisagreementLog,
): ReEvaluationDeps {
  const registries = registriesOf(database)
  return {
    database,
    versions: versionsOf(database),
    freshness: agesOf(registries),
    pulling: { registries: registries.all, puller: configuredPuller(database, config) },
    timeZone: config.timeZone,
    targeting: { programmesServing, placeInLatestRun },
    householdsServed,
    onStored: noticesDue,
    onOutcome: () => undefined,
    onDisagreement: (programmes, versionSet) => log.error({ programmes, versionSet }, 'the two engines disagree: outcomes withheld'),
    // Nobody can subscribe yet: interop puts its job here.
    onReEvaluated: async () => undefined,
  }
}
