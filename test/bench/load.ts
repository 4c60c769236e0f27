/**
 * A registry delivered as CSV: rows a second from the first byte to the switch, validated, by stage. `--rows N`, or MIZAN_BENCH_ROWS;
 * the figure asked for is 10,000,000. BENCH_DIR says on which disk. First into an empty registry of persons who are not known, then the
 * same rows as a full delivery of which one in fifty changed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { loadStream } from '../../src/warehouse/loads/load-stream.ts'
import { loadRegistryDefinitions, type RegistryDefinition } from '../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import type { Bench } from './support/figure.ts'

const DEFAULT_ROWS = 500_000
const TARGET_ROWS = 10_000_000
const TARGET_ROWS_PER_SECOND = 150_000
const REGISTRY = 'ssc_salaries'

export const bench: Bench = async (report) => {
  const given = process.argv.indexOf('--rows')
  const rows = Number(given >= 0 ? process.argv[given + 1] : (process.env['MIZAN_BENCH_ROWS'] ?? DEFAULT_ROWS))
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'mizan-bench-load-'))
  const config = readConfig({ MIZAN_DATA_DIR: folder })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    const definition = loadRegistryDefinitions().find(({ id }) => id === REGISTRY) as RegistryDefinition
    await ensureRegistryTables(database, [definition])
    for (const [figure, mode, changed] of [
      ['first delivery, all persons new', 'incremental', 0],
      ['full delivery, 2% changed', 'full', 50],
    ] as const) {
      const load = await timed(database, definition, { rows, mode, changed, folder })
      const target = rows === TARGET_ROWS ? { target: { atLeast: TARGET_ROWS_PER_SECOND } } : {}
      report({ figure, value: rows / load.seconds, unit: 'rows/s', rows, ...load, ...target })
      report({ figure: `${figure}: received and validated`, value: rows / load.receiving, unit: 'rows/s', rows })
    }
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Asked {
  readonly rows: number
  readonly mode: 'incremental' | 'full'
  /** One row in so many differs; 0 for none. */
  readonly changed: number
  readonly folder: string
}

async function timed(database: Database, definition: RegistryDefinition, { rows, mode, changed, folder }: Asked) {
  const began = performance.now()
  const before = process.cpuUsage()
  const stages: Record<string, number> = {}
  // The stages as they are noted for whoever follows the load.
  const pool = new Proxy(database.pool, {
    get(target, name) {
      if (name !== 'query') return (Reflect.get(target, name) as () => unknown).bind(target)
      return (text: string, values?: unknown[]) => {
        for (const stage of ['resolving', 'switching']) if (values?.includes(stage)) stages[stage] = (performance.now() - began) / 1000
        return target.query(text, values)
      }
    },
  })
  let peakMegabytes = 0
  const watch = setInterval(() => (peakMegabytes = Math.max(peakMegabytes, process.memoryUsage().rss / 1e6)), 200)
  const totals = await loadStream({ ...database, pool }, definition, {
    id: mode,
    asOf: mode === 'full' ? '2026-02-01' : '2026-01-01',
    mode,
    format: 'csv',
    body: deliveryOf(rows, changed),
    bytesMax: Number.MAX_SAFE_INTEGER,
    dataDirectory: folder,
  })
  clearInterval(watch)
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - began) / 1000
  const { resolving = 0, switching = 0 } = stages
  return {
    seconds,
    receiving: resolving,
    settling: switching - resolving,
    switching: seconds - switching,
    nodeCpuSeconds: (user + system) / 1e6,
    peakNodeMegabytes: Math.round(peakMegabytes),
    inserted: totals.inserted,
    updated: totals.updated,
  }
}

/** Persons in no order, as registries are; a month's wage each. */
async function* deliveryOf(rows: number, changed: number): AsyncGenerator<Uint8Array> {
  let text = 'national_number,establishment_no,salary_month,gross_wage\n'
  for (let index = 0; index < rows; index++) {
    const person = (index * 7_368_787) % rows
    const wage = 260 + (person % 900) + (changed > 0 && person % changed === 0 ? 1 : 0)
    text += `${String(9_000_000_000 + person)},E${person % 50_000},2025-12-01,${wage}.500\n`
    if (text.length < 1 << 18) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}
