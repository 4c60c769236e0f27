/**
 * A run over the whole population, from the replica to the published lists, beside a service that answers; then one after some thousand
 * persons changed. On the database of MIZAN_DATA_DIR (seeded first where it is empty, with `--households N`; the first run copies the
 * replica), or a small one of its own. CPU seconds are of this process, its threads and PostgreSQL's processes.
 * The baseline: the same facts by one SQL statement in PostgreSQL, of some households, scaled to all.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTIONS_MIN, runDeps } from '../../src/commands/run-deps.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { migrateQueue } from '../../src/jobs/queue.ts'
import { currentDay } from '../../src/determinations/as-of.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { dayNumber, isoOfDay } from '../../src/kernel/date.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { listOfRun, listPage, type ListHeader } from '../../src/targeting/lists/list-store.ts'
import { lowerPriority } from '../../src/jobs/lower-priority.ts'
import { createRun, performRun, type RunDeps, type RunStage } from '../../src/targeting/run/perform-run.ts'
import { changePersons } from './support/change-persons.ts'
import { type Bench, quantile, type Report } from './support/figure.ts'
import { openServing, type Serving } from './support/serving.ts'
import { sqlBaseline } from './support/sql-baseline.ts'
import { watchProcesses } from './support/watch-processes.ts'

const OWN_HOUSEHOLDS = 20_000
const BASELINE_HOUSEHOLDS = 1_000
/** Of a nation of 2,345,000 households these are 20,000. */
const CHANGED_PERSONS_PER_HOUSEHOLD = 20_000 / 2_345_000
const PAGES = 300
const PAGE = 50
const PROGRAMME = 'unified-cash-transfer'
const IDLE_MS = 20_000
/** A small population's run is over before the service could be disturbed. */
const SERVED_HOUSEHOLDS_MIN = 100_000

export const bench: Bench = async (report, { households = OWN_HOUSEHOLDS }) => {
  const given = process.env['DATABASE_URL'] ?? process.env['MIZAN_DATA_DIR']
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'mizan-bench-')) : null
  // The service beside it, and its callers, find the same database.
  if (folder !== null) process.env['MIZAN_DATA_DIR'] = folder
  const config = readConfig({ ...process.env, DATABASE_POOL_SIZE: String(CONNECTIONS_MIN), DATABASE_CONNECTION_TIMEOUT_MS: '60000' })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    await migrateQueue(database.pool)
    await loadShippedVersions(database)
    const asOf = await unusedDay(database, await currentDay(database.pool, config.timeZone))
    const { rows } = await database.pool.query('SELECT FROM household LIMIT 1')
    if (rows.length === 0) await seedPopulation(database, { households, seed: 1, asOf: isoOfDay(asOf) })
    await measure({ database, deps: runDeps(database, config), asOf, report, niceness: config.backgroundNiceness })
  } finally {
    await database.close()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

/** Of which there is no snapshot to begin from: the current one, or the first behind those of earlier runs. */
async function unusedDay({ pool }: Database, today: number): Promise<number> {
  const { rows } = await pool.query<{ last: string | null }>('SELECT max(as_of)::text AS last FROM run')
  const last = rows[0]?.last ?? null
  return last === null ? today : Math.max(today, 1 + (dayNumber(last) as number))
}

interface Measuring {
  readonly database: Database
  readonly deps: RunDeps
  readonly asOf: number
  readonly report: Report
  readonly niceness: number
}

async function measure(measuring: Measuring): Promise<void> {
  const { database, deps, asOf, report, niceness } = measuring
  const { rows } = await database.pool.query<{ households: number }>('SELECT count(*)::int AS households FROM household')
  const population = rows[0]?.households ?? 0
  const serving = population >= SERVED_HOUSEHOLDS_MIN ? await openServing(database) : null
  // As a worker does, or `mizan run`; the service and its caller began before.
  lowerPriority(niceness)
  try {
    const whole = await oneRun(measuring, 'replica to published lists', 60, serving)
    await pages(database, whole.header, report)
    const name = `bench ${Date.now()}`
    const wanted = Math.ceil(population * CHANGED_PERSONS_PER_HOUSEHOLD)
    const changed = await changePersons(database, wanted, { asOf: isoOfDay(asOf), name })
    await oneRun(measuring, `${changed} changed persons to published lists`, 15, null)
    const { catalogue } = await deps.versions.inForce(asOf)
    const { secondsPerHousehold, households } = await sqlBaseline(database, catalogue, { asOf, households: BASELINE_HOUSEHOLDS })
    const facts = whole.factSeconds
    report({
      figure: 'the same facts by SQL in PostgreSQL, scaled to all households, against the whole run with its lists',
      value: (secondsPerHousehold * whole.households) / whole.seconds,
      unit: 'times',
      of: ['postgresql', 'mizan'],
      millisecondsPerHousehold: secondsPerHousehold * 1000,
      measured: households,
      againstFactsOnly: facts === null ? null : (secondsPerHousehold * whole.households) / facts,
      ...(whole.isAssembledAnew ? { target: { atLeast: 5 } } : {}),
    })
  } finally {
    await serving?.close()
  }
}

interface Measured {
  readonly seconds: number
  /** Relatives and facts; null where a snapshot was there. */
  readonly factSeconds: number | null
  readonly households: number
  readonly isAssembledAnew: boolean
  readonly header: ListHeader
}

const STAGES: readonly RunStage[] = ['replica', 'relatives', 'facts', 'open', 'score', 'judge', 'select', 'publish']

async function oneRun(
  { database, deps, asOf, report }: Measuring,
  figure: string,
  atMost: number,
  serving: Serving | null,
): Promise<Measured> {
  const idle = serving && (await idly(serving))
  const cycle = `bench ${Date.now()}`
  const request = { asOf, cycle, population: 'residents', governorates: [], despiteRegistries: true, undeterminedPercentMax: 100 } as const
  const id = await createRun({ database }, { ...request, actor: 'bench', entity: 'operator' })
  const watch = await watchProcesses(database)
  const began: { stage: RunStage; at: number; cpu: number }[] = []
  const started = performance.now()
  await performRun(deps, id, {
    onProgress: (stage) =>
      void (began.some((one) => one.stage === stage) || began.push({ stage, at: performance.now(), cpu: watch.cpuSeconds() })),
    signal: new AbortController().signal,
  })
  const [ended, cpuSeconds] = [performance.now(), watch.cpuSeconds()]
  watch.stop()
  const during = serving && (await serving.read())
  const header = (await listOfRun(database.pool, id, PROGRAMME)) as ListHeader
  const { rows } = await database.pool.query<{ households: number; eligible: number }>(
    `select (select (manifest::jsonb ->> 'households')::int from run where id = $1) as households, (select sum(eligible)::int from ranked_list where run_id = $1) as eligible`,
    [id],
  )
  const { households, eligible } = rows[0] as { households: number; eligible: number }
  const isAssembledAnew = began.some(({ stage }) => stage === 'relatives')
  const seconds = (ended - started) / 1000
  const details = { households, eligible, threads: deps.settings.threads, isAssembledAnew }
  report({
    figure,
    value: seconds,
    unit: 's',
    cpuSeconds,
    cpuSecondsPerMillionHouseholds: (cpuSeconds * 1e6) / households,
    ...details,
    target: { atMost },
  })
  report({
    figure: `${figure}: peak memory of this process and PostgreSQL`,
    value: watch.peakMb(),
    unit: 'MB',
    ...details,
    target: { atMost: 6_144 },
  })
  const inOrder = began.filter(({ stage }) => STAGES.includes(stage))
  const lasted = inOrder.map(({ stage, at, cpu }, index) => ({
    stage,
    value: ((inOrder[index + 1]?.at ?? ended) - at) / 1000,
    cpuSeconds: (inOrder[index + 1]?.cpu ?? cpuSeconds) - cpu,
  }))
  for (const { stage, ...cost } of lasted) report({ figure: `${figure}: stage ${stage}`, unit: 's', ...cost, ...details })
  const sum = (stages: readonly RunStage[]): number =>
    lasted.reduce((total, one) => total + (stages.includes(one.stage) ? one.value : 0), 0)
  report({
    figure: `${figure}: score, rank, rules, allocate`,
    value: sum(['score', 'judge', 'select']),
    unit: 's',
    ...details,
    target: { atMost: 2.5 },
  })
  if (idle && during) reportServing(report, idle, during)
  return { seconds, factSeconds: isAssembledAnew ? sum(['relatives', 'facts']) : null, households, isAssembledAnew, header }
}

async function idly(serving: Serving): ReturnType<Serving['read']> {
  await sleep(IDLE_MS)
  return serving.read()
}

function reportServing(report: Report, idle: Awaited<ReturnType<Serving['read']>>, during: Awaited<ReturnType<Serving['read']>>): void {
  report({
    figure: 'event loop of the serving process during a run',
    value: during.loopMostMs,
    unit: 'ms most',
    p99: during.loopP99Ms,
    idle,
    target: { atMost: 50 },
  })
  report({
    figure: 'determinations during a run against idle, p99',
    value: during.p99 / idle.p99,
    unit: 'times',
    p50: during.p50,
    p99: during.p99,
    idle,
    answered: during.answered,
    refusedWith: during.refusedWith,
    target: { atMost: 2 },
  })
}

/** Pages all over the list, as a reader with cursors asks for them. */
async function pages(database: Database, header: ListHeader, report: Report): Promise<void> {
  const times: number[] = []
  for (let page = 0; page < PAGES; page++) {
    const after = Math.floor((page * 7_919_993) % Math.max(1, header.eligible))
    const started = performance.now()
    await listPage(database.pool, header.number, {}, after, PAGE)
    times.push(performance.now() - started)
  }
  report({
    figure: 'a page of 50 anywhere in the list',
    value: quantile(times, 0.99),
    unit: 'ms p99',
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    listed: header.eligible,
    target: { atMost: 5 },
  })
}
