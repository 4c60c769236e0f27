/** A population that a run decided: the newest of what is there, or a small one of a bench's own. */
import { runDeps } from '../../../src/commands/run-deps.ts'
import type { Config } from '../../../src/config.ts'
import type { Database } from '../../../src/db/database.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { currentDay } from '../../../src/determinations/as-of.ts'
import { seedPopulation } from '../../../src/households/synthetic-nation.ts'
import { isoOfDay } from '../../../src/kernel/date.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'

/** `households`: of a population to be made and decided; null for what is there. */
export async function decidedNation(database: Database, config: Config, households: number | null): Promise<void> {
  await migrate(database.pool)
  await loadShippedVersions(database)
  if (households === null) return
  const asOf = await currentDay(database.pool, config.timeZone)
  await seedPopulation(database, { households, seed: 1, asOf: isoOfDay(asOf) })
  const asked = {
    asOf,
    cycle: 'bench',
    population: 'residents',
    governorates: [],
    despiteRegistries: true,
    undeterminedPercentMax: 100,
  } as const
  const id = await createRun({ database }, { ...asked, actor: 'bench', entity: 'operator' })
  await performRun(runDeps(database, config), id, { onProgress: () => undefined, signal: new AbortController().signal })
}
