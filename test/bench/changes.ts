/** Changes of registries over HTTP: events a second with their households queued for re-evaluation, and the lag at a steady thousand a second. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKey } from '../../src/access/key-store.ts'
import { buildApp } from '../../src/app.ts'
import { reEvaluationDeps } from '../../src/commands/re-evaluation-deps.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { queueAffected } from '../../src/intake/re-evaluation/follow-changes.ts'
import { migrateQueue } from '../../src/jobs/queue.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import type { Bench } from './support/figure.ts'
import { median, quantile } from './support/figure.ts'
import { seeded } from './support/random-household.ts'

const HOUSEHOLDS = 20_000
const BATCH = 2_500
const EVENTS = 50_000
const STEADY_PER_SECOND = 1_000
const STEADY_SECONDS = 20
const TICK_MS = 250
const STEP = 5_000

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({
    MIZAN_DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    RATE_LIMIT_PER_MINUTE: '1000000',
    DATABASE_STATEMENT_TIMEOUT_MS: '120000',
  })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    await migrateQueue(database.pool)
    await seedPopulation(database, { households: HOUSEHOLDS, seed: 3, asOf: '2026-11-01' })
    await loadShippedVersions(database)
    await everybodyKnown(database)
    const app = await buildApp({ database, config, version: '0.0.0' })
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const authorization = `Bearer ${await createKey(database.pool, { name: 'bench', entity: 'MODEE', permissions: ['changes:write'] })}`
    const { rows } = await database.pool.query<{ number: string }>(
      'SELECT i.number FROM warehouse.cspd_social_status JOIN identity.identifier i USING (person_ref) WHERE i.superseded_by IS NULL',
    )
    const next = source(rows.map(({ number }) => number))
    const send = async (events: readonly object[]): Promise<void> => {
      const body = JSON.stringify(events)
      const answer = await fetch(`${address}/v1/changes`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
      })
      if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
      const { counts } = (await answer.json()) as { counts: { rejected: number } }
      if (counts.rejected > 0) throw new Error(`${counts.rejected} events were set aside`)
    }
    const deps = reEvaluationDeps(database, config, { error: () => undefined })
    const rates: number[] = []
    const appliedRates: number[] = []
    for (let round = 0; round < 3; round++) {
      const batches = Array.from({ length: EVENTS / BATCH / 2 }, () => Array.from({ length: BATCH }, () => next()))
      const began = performance.now()
      for (const batch of batches) await send(batch)
      appliedRates.push((batches.length * BATCH * 1_000) / (performance.now() - began))
      while ((await queueAffected(deps)) > 0);
      rates.push((batches.length * BATCH * 1_000) / (performance.now() - began))
    }
    const { rows: queued } = await database.pool.query<{ count: number }>('SELECT count(*) FROM re_evaluation')
    report({
      figure: 'changes applied, their households found and queued',
      value: median(rates),
      unit: 'events/s',
      target: { atLeast: 5_000 },
      rounds: rates.length,
      batch: BATCH,
      households: HOUSEHOLDS,
      households_queued: queued[0]?.count,
    })
    report({
      figure: 'changes applied, their persons noted and the job queued',
      value: median(appliedRates),
      unit: 'events/s',
      target: { atLeast: 5_000 },
      batch: BATCH,
    })
    const lags = await steady(deps, send, next)
    report({
      figure: `lag until the household is queued, at ${STEADY_PER_SECOND} events/s`,
      value: quantile(lags, 0.99) / 1_000,
      unit: 's',
      p50: quantile(lags, 0.5) / 1_000,
      p99: quantile(lags, 0.99) / 1_000,
      target: { atMost: 5 },
      events: lags.length,
    })
    await app.close()
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Three registries in turn, one of them of the civil core; every event another row's next state. */
function source(numbers: readonly string[]): () => object {
  const random = seeded(9)
  let lsn = 0
  return () => {
    const national_number = numbers[Math.floor(random() * numbers.length)] as string
    const kind = ++lsn % 10
    const [table, row] =
      kind === 0
        ? ['CSPD_Personal_Title', null]
        : kind < 5
          ? ['SSC_Salaries', { establishment_no: `E${lsn % 500}`, salary_month: '2026-10-01', gross_wage: String(200 + (lsn % 900)) }]
          : ['DVLD_Car_Info', { registration_number: `B${lsn}`, vehicle_class: 'private', customs_exempt: false, model_year: 2015 }]
    const after =
      row === null
        ? {
            table: 'CSPD_Marriage_Info',
            row: {
              spouse_ref: numbers[Math.floor(random() * numbers.length)],
              marriage_date: '2026-10-01',
              end_date: '2026-10-15',
              end_reason: 'divorce',
            },
          }
        : { table, row }
    return {
      op: 'c',
      before: null,
      after: { national_number, ...(after.row as object) },
      source: { table: after.table, lsn, ts_ms: Date.now() },
    }
  }
}

/** As if every household had been determined before: all that changes concern are queued. */
async function everybodyKnown({ pool }: Database): Promise<void> {
  await pool.query(`INSERT INTO version_set (hash, members) VALUES (repeat('0', 64), '[]')`)
  await pool.query(`INSERT INTO source_set (hash, sources) VALUES (repeat('0', 64), '[]')`)
  await pool.query(
    `INSERT INTO fact_snapshot (id, household_ref, asked_ref, as_of, version_set, source_set, facts, facts_hash)
     SELECT gen_random_uuid(), household_ref, 0, '2026-11-01', repeat('0', 64), repeat('0', 64), '', repeat('0', 64) FROM household`,
  )
}

/** For every event how long after it happened its household stood in the queue. */
async function steady(deps: Parameters<typeof queueAffected>[0], send: (events: readonly object[]) => Promise<void>, next: () => object) {
  const applied: { readonly at: number; readonly count: number }[] = []
  const lags: number[] = []
  let sending = true
  const follow = async (): Promise<void> => {
    while (sending || applied.length > 0) {
      const seen = applied.length
      // Fewer than a step takes: all that were there are queued. Changes that came meanwhile are for the next step.
      if ((await queueAffected(deps, STEP)) === STEP) continue
      for (const { at, count } of applied.splice(0, seen)) for (let one = 0; one < count; one++) lags.push(performance.now() - at)
      await sleep(50)
    }
  }
  const following = follow()
  const count = (STEADY_PER_SECOND * TICK_MS) / 1_000
  for (let tick = 0, began = performance.now(); tick < (STEADY_SECONDS * 1_000) / TICK_MS; tick++) {
    await sleep(Math.max(0, began + tick * TICK_MS - performance.now()))
    // The tick's events happened over the quarter of a second before it; the earliest counts for all.
    const at = began + (tick - 1) * TICK_MS
    await send(Array.from({ length: count }, () => next()))
    applied.push({ at, count })
  }
  sending = false
  await following
  return lags
}
