/** Everything about data protection that the service answers (Law 24/2023). */
import type { Database } from '../db/database.ts'
import { civilDay } from '../determinations/as-of.ts'
import type { DeclaredPurposes } from '../http/declared-purposes.ts'
import type { Server } from '../http/server.ts'
import { dayNumber } from '../kernel/date.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { registerBreachRoutes } from './breaches/routes.ts'
import { registerSubjectRequestRoutes } from './requests/routes.ts'
import { registerNoticeRoutes } from './notices/routes.ts'
import { registerPersonExportRoute } from './person-export/routes.ts'
import { processingRegister } from './processing/processing-records.ts'
import { type GrantedProcessing, registerProcessingRoutes } from './processing/routes.ts'
import { registerShelterRoutes } from './sheltered/routes.ts'

export interface DataProtectionDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  readonly timeZone: string
  readonly subjectRequestDays: number
  readonly versions: Versions
  readonly purposes: DeclaredPurposes
  /** Grants in force today. */
  readonly grants: () => Promise<readonly GrantedProcessing[]>
}

export function registerDataProtectionRoutes(app: Server, deps: DataProtectionDeps): void {
  const { database, registries, timeZone, subjectRequestDays, versions, purposes, grants } = deps
  const today = (): number => dayNumber(civilDay(new Date(), timeZone)) as number
  registerBreachRoutes(app, { database, registries })
  registerShelterRoutes(app, { database })
  registerNoticeRoutes(app, { database, versions })
  registerProcessingRoutes(app, { database, purposes, grants })
  registerPersonExportRoute(app, { database, versions, registries })
  registerSubjectRequestRoutes(app, {
    database,
    registries,
    records: async () => processingRegister.records,
    today,
    answerDays: subjectRequestDays,
  })
}
