/** Answers of pulled registries that are past their age and grace on a day are taken out with their rows: whoever reads the warehouse afterwards reads only what counts. */
import type { Database } from '../db/database.ts'
import { isoOfDay } from '../kernel/date.ts'
import { isPulled } from '../warehouse/pulled/answers-registry.ts'
import { dropAnswers } from '../warehouse/pulled/answer-store.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'

export async function expireAnswers(database: Database, definitions: readonly RegistryDefinition[], day: number): Promise<number> {
  let dropped = 0
  for (const definition of definitions.filter(isPulled)) {
    const { maxAgeDays, graceDays } = definition.freshness
    dropped += await dropAnswers(database, definition, isoOfDay(day - maxAgeDays - graceDays))
  }
  return dropped
}
