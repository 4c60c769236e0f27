/** Everything about data protection that the service answers (Law 24/2023). */
import type { Database } from '../db/database.ts'
import { civilDay } from '../determinations/as-of.ts'
import type { Server } from '../http/server.ts'
import { dayNumber } from '../kernel/date.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { registerBreachRoutes } from './breaches/routes.ts'
import { registerSubjectRequestRoutes } from './requests/routes.ts'
import { registerShelterRoutes } from './sheltered/routes.ts'

export interface DataProtectionDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  readonly timeZone: string
  readonly subjectRequestDays: number
}

export function registerDataProtectionRoutes(app: Server, deps: DataProtectionDeps): void {
  const { database, registries, timeZone, subjectRequestDays } = deps
  const today = (): number => dayNumber(civilDay(new Date(), timeZone)) as number
  registerBreachRoutes(app, { database, registries })
  registerShelterRoutes(app, { database })
  registerSubjectRequestRoutes(app, { database, registries, records: async () => [], today, answerDays: subjectRequestDays })
}
