/** Lists of 500,000 units: comparison of two, and what a file of one costs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { newId } from '../../src/kernel/new-id.ts'
import { CHANGES } from '../../src/targeting/lists/compare-lists.ts'
import { listComparisons } from '../../src/targeting/lists/list-comparisons.ts'
import { type ListHeader, listOfRun } from '../../src/targeting/lists/list-store.ts'
import { csvLines } from '../../src/targeting/lists/exports/csv.ts'
import { writeParquet } from '../../src/targeting/lists/exports/parquet.ts'
import { xlsxStream } from '../../src/targeting/lists/exports/xlsx.ts'
import { UNIT_FIELDS } from '../../src/targeting/lists/unit-answer.ts'
import type { Bench, Figure } from './support/figure.ts'

const UNITS = 500_000
const PAGE = 50
/** Deciles of the list at which a page is asked for. */
const PLACES = [0, 0.3, 0.6, 0.9, 0.999]

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({ MIZAN_DATA_DIR: folder, DATABASE_STATEMENT_TIMEOUT_MS: '120000' })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    // Who holds a place: the same; the same but for the last hundred, of whom a tenth are new; everybody one place on, every hundredth gone.
    const base = await madeList(database, 'n')
    const almost = await madeList(database, `CASE WHEN n > ${UNITS - 100} AND n % 10 = 0 THEN n + ${UNITS} ELSE n END`)
    const moved = await madeList(database, `n + 1 + n / 100`)
    await database.pool.query('ANALYZE ranked_unit')
    for (const [name, other] of [
      ['alike', almost],
      ['moved', moved],
    ] as const)
      await compare(database, name, base, other, report)
    await files(database, base, folder, report)
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const timed = async <T>(work: () => Promise<T>): Promise<readonly [number, T]> => {
  const began = performance.now()
  const answer = await work()
  return [performance.now() - began, answer]
}

type Report = (figure: Figure) => void

async function compare(database: Database, name: string, here: ListHeader, there: ListHeader, report: Report): Promise<void> {
  const comparisons = listComparisons(database)
  const [first, { counts }] = await timed(() => comparisons.of(here, there))
  report({ figure: `comparison, totals, ${name}`, value: first, unit: 'ms', units: UNITS, ...counts, target: { atMost: 3_000 } })
  let worst = 0
  for (const change of [undefined, ...CHANGES])
    for (const place of PLACES) {
      const comparison = await comparisons.of(here, there)
      const [took] = await timed(() => comparisons.page(comparison, change, { among: 'here', after: Math.floor(place * UNITS) }, PAGE))
      worst = Math.max(worst, took)
    }
  report({ figure: `comparison, slowest page, ${name}`, value: worst, unit: 'ms', target: { atMost: 100 } })
}

/** A file, and for how long at a time nothing else could be done. */
async function files(database: Database, list: ListHeader, folder: string, report: Report): Promise<void> {
  const exported = { db: database.pool, list, filters: {}, fields: UNIT_FIELDS, signal: new AbortController().signal }
  const drained = async (stream: AsyncIterable<unknown>): Promise<void> => {
    for await (const chunk of stream) void chunk
  }
  const works = {
    csv: () => drained(csvLines(exported, UNIT_FIELDS)),
    xlsx: () => drained(xlsxStream({ ...exported, language: 'ar', at: new Date(0) })),
    parquet: async () => {
      const file = await writeParquet({ ...exported, folder: join(folder, 'exports'), about: {} })
      const { size } = await stat(file.path)
      await file.remove()
      return size
    },
  }
  for (const [name, work] of Object.entries(works)) {
    const delays = monitorEventLoopDelay({ resolution: 5 })
    delays.enable()
    const [took] = await timed<unknown>(work)
    delays.disable()
    const held = (share: number): number => Math.round(delays.percentile(share) / 1e6)
    report({
      figure: `${name} of a list`,
      value: took / 1_000,
      unit: 's',
      units: UNITS,
      loop_p50_ms: held(50),
      loop_p99_ms: held(99),
      loop_most_ms: held(100),
    })
  }
}

/** A list whose place n is held by the household that `ref` says. */
async function madeList({ pool }: Database, ref: string): Promise<ListHeader> {
  const run = newId()
  await pool.query("INSERT INTO version_set (hash, members) VALUES (repeat('f', 64), '[]') ON CONFLICT DO NOTHING")
  await pool.query(
    `INSERT INTO run (id, actor, entity, as_of, cycle, request, status, version_set, snapshot, manifest, manifest_hash)
     VALUES ($1, 'bench', 'NAF', '2026-11-01', 'autumn', '{}', 'completed', repeat('f', 64), repeat('a', 64), '{}', repeat('b', 64))`,
    [run],
  )
  const { rows } = await pool.query<{ number: number }>(
    `INSERT INTO ranked_list (run_id, programme, unit, eligible, selected, waitlisted, left_out, spent, root_hash, published_at)
     VALUES ($1, 'cash', 'household', ${UNITS}, ${UNITS / 5}, 0, ${UNITS - UNITS / 5}, 0, repeat('c', 64), now()) RETURNING number`,
    [run],
  )
  const number = rows[0]?.number as number
  await pool.query(`CREATE TABLE ranked_unit_${number} PARTITION OF ranked_unit FOR VALUES IN (${number})`)
  await pool.query(
    `INSERT INTO ranked_unit (list_number, position, household_ref, governorate, liwa, kada, branch_office, score, score_lo, score_hi, national_rank, governorate_rank,
       percentile, benefit, status, reason, depends_on_missing, missing_facts)
     SELECT ${number}, n, (${ref})::bigint * 7919, '11', CASE WHEN n % 50 = 0 THEN '1101' ELSE '1102' END, CASE WHEN n % 80 = 0 THEN '110101' ELSE '110201' END,
       CASE WHEN n % 50 = 0 THEN 'NAF-1101' ELSE 'NAF-1102' END, n, n, n, n, n, 1 + n * 99 / ${UNITS}, 40500,
       CASE WHEN n <= ${UNITS / 5} THEN 'selected' ELSE 'left-out' END, 'within-quota', n % 5 = 0, CASE WHEN n % 50000 = 0 THEN '{rooms,rare}' WHEN n % 5 = 0 THEN '{rooms}' END::text[]
     FROM generate_series(1, ${UNITS}) n`,
  )
  const list = await listOfRun(pool, run, 'cash')
  if (!list) throw new Error('the list was not made')
  return list
}
