/** The synthetic nation as a whole: registries, then membership by the same rules as for real ones, then the truth that only tests and simulation read. */
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { dayNumber } from '../kernel/date.ts'
import { demonstrationFamilies } from '../warehouse/population/demonstration-families.ts'
import { loadPopulation, registryKeys, runOver } from '../warehouse/population/load-population.ts'
import { loadRegistryDefinitions, type RegistryDefinition } from '../warehouse/registry-definition.ts'
import { vaultKeys } from '../warehouse/vault-keys.ts'
import { refreshMembership } from './membership.ts'

export interface SeedRequest {
  /** Drawn households; the demonstration families come on top. */
  readonly households: number
  readonly seed: number
  /** ISO date on which everybody is looked at. */
  readonly asOf: string
  /** Replace a population that is there already; without it a filled vault is refused. */
  readonly replace?: boolean
  readonly onProgress?: (stage: 'rows' | 'keys' | 'membership', done: number, total: number) => void
}

export interface Seeded {
  readonly households: number
  readonly persons: number
  readonly rows: number
}

/** Above this many households one connection fills each table; below, a few take turns, which starts faster. */
const LARGE = 20_000
/** Connections that stay free for others while a large population is written. */
const SPARE_CONNECTIONS = 20

/** Writes a population into an empty database (or replaces one); the same seed, size and date give the same rows. */
export async function seedPopulation(database: Database, request: SeedRequest): Promise<Seeded> {
  const { households, seed, asOf, onProgress = () => {} } = request
  const asOfDay = dayNumber(asOf)
  if (asOfDay === null) throw new RangeError('asOf is not a date')
  if (request.replace !== true && (await isFilled(database)))
    throw new Error('Registries are loaded already: a population is written into an empty database, or replaces one when asked to')
  await database.pool.query(
    'TRUNCATE household, household_member, verified_residence, declared_answers, synthetic.true_welfare; ALTER SEQUENCE household_ref_seq RESTART',
  )
  const definitions = loadRegistryDefinitions()
  const connections = households <= LARGE ? 4 : await freeConnections(database, definitions.length + 3)
  const { counts, record } = await loadPopulation(database, {
    households,
    seed,
    asOfDay,
    definitions,
    connections,
    onProgress: (_, done, total) => onProgress('rows', done, total),
  })
  await buildKeys(database, definitions, counts, asOf, onProgress)
  await writeTruth(database)
  await record()
  const [rows, persons] = [[...counts.values()].reduce((sum, count) => sum + count, 0), counts.get('warehouse.person') ?? 0]
  return { households: households + demonstrationFamilies.length, persons, rows }
}

/** The population of a first start; nothing when registries are loaded or none is wanted. */
export async function seedDemonstration(
  database: Database,
  config: Pick<Config, 'seedHouseholds' | 'seed'>,
  asOf: string,
): Promise<Seeded | null> {
  if (config.seedHouseholds === 0) return null
  if (await isFilled(database)) return null
  return seedPopulation(database, { households: config.seedHouseholds, seed: config.seed, asOf })
}

/** A population that broke off half way is no filling: it is written anew. */
async function isFilled({ pool }: Database): Promise<boolean> {
  const { rows } = await pool.query<{ filled: boolean }>(
    "SELECT EXISTS (SELECT FROM warehouse.registry_state) OR EXISTS (SELECT FROM warehouse.load WHERE kind = 'delivery') AS filled",
  )
  return rows[0]?.filled === true
}

/** What membership reads gets its keys first; then membership and the other keys are made side by side. */
async function buildKeys(
  database: Database,
  definitions: readonly RegistryDefinition[],
  counts: ReadonlyMap<string, number>,
  asOf: string,
  onProgress: NonNullable<SeedRequest['onProgress']>,
): Promise<void> {
  const core = new Set([
    'cspd_family_booklet',
    'cspd_death_info',
    'cspd_marriage_info',
    'cspd_lineage',
    'cspd_personal_info',
    'rbd_residents',
    'sjd_custody',
  ])
  const [first, later] = [definitions.filter(({ id }) => core.has(id)), definitions.filter(({ id }) => !core.has(id))]
  onProgress('keys', 0, 1)
  await runOver(database.pool, registryKeys(first, counts), 2)
  onProgress('membership', 0, 1)
  await Promise.all([refreshMembership(database, { asOf }), runOver(database.pool, [...vaultKeys, ...registryKeys(later, counts)], 1)])
}

async function writeTruth(database: Database): Promise<void> {
  await database.transaction(async ({ client }) => {
    await client.query('SET LOCAL statement_timeout = 0')
    await client.query(`INSERT INTO synthetic.true_welfare (household_ref, percentile, expenditure_per_capita)
      SELECT h.household_ref, w.percentile, w.expenditure_per_capita
      FROM synthetic.welfare_of_record w JOIN household h ON h.record_no = w.record_no AND h.basis = w.household_basis`)
    await client.query('DROP TABLE synthetic.welfare_of_record; ANALYZE synthetic.true_welfare')
  })
}

async function freeConnections(database: Database, wanted: number): Promise<number> {
  const { rows } = await database.pool.query<{ free: number }>(
    "SELECT current_setting('max_connections')::integer - count(*)::integer AS free FROM pg_stat_activity",
  )
  return Math.max(2, Math.min(wanted, (rows[0]?.free ?? 0) - SPARE_CONNECTIONS))
}
