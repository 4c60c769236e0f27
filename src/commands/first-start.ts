/** What a database is given before the service answers: entities, the shipped versions, a population to try them with, the first operator and key. */
import { ensureEntities } from '../access/entities/entity-store.ts'
import { openGrants } from '../access/grants/open-grants.ts'
import { ensureFirstKey } from '../access/key-store.ts'
import { ensureFirstOperator } from '../access/users/first-operator.ts'
import type { FirstOperator } from '../access/users/first-operator.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { seedDemonstration } from '../households/synthetic-nation.ts'
import { dayNumber } from '../kernel/date.ts'
import { demonstrationGrants, giveDemonstrationGrants } from '../programmes/demonstration-grants.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { keepShipped, lockDefinitions } from '../warehouse/definitions/definition-store.ts'
import { registriesOf } from '../warehouse/definitions/registries-in-force.ts'
import { loadRegistryFiles } from '../warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../warehouse/registry-table.ts'
import { entities } from '../warehouse/shared-lists.ts'
import { tell } from './command.ts'
import { todayIn } from './today.ts'
import { wallWords } from './wall-words.ts'

/** A step gives what is missing, leaves what is there, and resolves to whether it did anything. */
interface Step {
  readonly en: string
  readonly ar: string
  readonly run: (database: Database, config: Config) => Promise<boolean>
}

/** In this order: the population is written into the tables that the registry definitions describe. */
const steps: readonly Step[] = [
  {
    en: 'Rules, formulas and catalogue loaded',
    ar: 'حُمِّلت القواعد والمعادلات وفهرس المتغيّرات',
    run: async (database) => (await loadShippedVersions(database)).length > 0,
  },
  {
    en: 'Synthetic demonstration population written',
    ar: 'أُنشئ مجتمع سكاني اصطناعي للتجربة',
    run: async (database, config) => (await seedDemonstration(database, config, todayIn(config.timeZone))) !== null,
  },
  {
    en: 'Illustrative grants for the demonstration made',
    ar: 'أُنشئت منح توضيحية للتجربة',
    run: async (database, config) => {
      const today = todayIn(config.timeZone)
      const grants = openGrants(database, config)
      return giveDemonstrationGrants(database, grants, async () =>
        demonstrationGrants(await versionsOf(database).inForce(dayNumber(today) as number), await registriesOf(database).all(), today),
      ).finally(grants.close)
    },
  },
]

/** What can be seen once only; null for what was there before. */
export interface FirstStart {
  readonly key: string | null
  readonly operator: FirstOperator | null
}

/** Runs the steps, telling of those that did something. */
export async function fillAtFirstStart(database: Database, config: Config): Promise<FirstStart> {
  await ensureEntities(database.pool, entities)
  // A registry, or an optional column of one, that was defined since the last start gets its place before anything reads it.
  await database.transaction(async ({ client }) => {
    await lockDefinitions(client)
    await keepShipped(client, loadRegistryFiles())
  })
  await ensureRegistryTables(database, await registriesOf(database).all())
  for (const { en, ar, run } of steps) {
    const started = performance.now()
    const changed = await run(database, config)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (changed) tell(`${en} (${seconds} s).`, `${ar} (${seconds} ثانية).`)
  }
  await holdGrants(database, config)
  return { key: await ensureFirstKey(database), operator: await ensureFirstOperator(database) }
}

/** Tables, days and the installation's secret may be others than when the grants were last changed. */
async function holdGrants(database: Database, config: Config): Promise<void> {
  const grants = openGrants(database, config)
  const state = await grants.wall()
  if (state.on) await grants.reconcileAll()
  else tell(...wallWords(state))
  await grants.close()
}
