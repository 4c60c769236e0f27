/**
 * A run over the whole population, from the replica to the published lists, and pages of what it published. On the database of
 * MIZAN_DATA_DIR (seed it first: `npm run mizan -- seed --households 2345000`; the first run copies the replica), or a small one of its own.
 * The baseline: the same facts and scores from PostgreSQL, one household at a time over two connections, for some and scaled to all.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { currentDay } from '../../src/determinations/as-of.ts'
import { factsAssembled } from '../../src/determinations/facts-assembled.ts'
import { assembleHousehold } from '../../src/households/assemble.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { CONNECTIONS_MIN, runDeps } from '../../src/commands/run-deps.ts'
import { listOfRun, listPage, type ListHeader } from '../../src/targeting/lists/list-store.ts'
import { createRun, performRun, type RunDeps, type RunStage } from '../../src/targeting/run/perform-run.ts'
import type { Bench } from './support/figure.ts'
import { quantile } from './support/figure.ts'

const OWN_HOUSEHOLDS = 20_000
const BASELINE_HOUSEHOLDS = 400
const PAGES = 300
const PAGE = 50
const PROGRAMME = 'unified-cash-transfer'

export const bench: Bench = async (report) => {
  const given = process.env['DATABASE_URL'] ?? process.env['MIZAN_DATA_DIR']
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'mizan-bench-')) : null
  const config = readConfig({
    ...process.env,
    DATABASE_POOL_SIZE: String(CONNECTIONS_MIN),
    ...(folder === null ? {} : { MIZAN_DATA_DIR: folder }),
  })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    await loadShippedVersions(database)
    if (folder !== null)
      await seedPopulation(database, {
        households: OWN_HOUSEHOLDS,
        seed: 1,
        asOf: isoOfDay(await currentDay(database.pool, config.timeZone)),
      })
    await measure(database, runDeps(database, config), report)
  } finally {
    await database.close()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(database: Database, deps: RunDeps, report: Parameters<Bench>[0]): Promise<void> {
  const asOf = await currentDay(database.pool, deps.timeZone)
  const cycle = `bench ${Date.now()}`
  const request = { asOf, cycle, population: 'residents', governorates: [], despiteRegistries: true, undeterminedPercentMax: 100 } as const
  const id = await createRun({ database }, { ...request, actor: 'bench', entity: 'operator' })
  const began = new Map<RunStage, number>()
  const memory = watchMemory()
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  await performRun(deps, id, {
    onProgress: (stage) => void (began.has(stage) || began.set(stage, performance.now())),
    signal: new AbortController().signal,
  })
  const ended = performance.now()
  const { user, system } = process.cpuUsage(cpu)
  const peakMb = memory.stop()
  const header = (await listOfRun(database.pool, id, PROGRAMME)) as ListHeader
  const { rows } = await database.pool.query<{ households: number; eligible: number }>(
    `select (select (manifest::jsonb ->> 'households')::int from run where id = $1) as households, (select sum(eligible)::int from ranked_list where run_id = $1) as eligible`,
    [id],
  )
  const { households, eligible } = rows[0] as { households: number; eligible: number }
  const whole = (ended - (began.get('relatives') ?? began.get('score') ?? started)) / 1000
  const details = { households, eligible, threads: deps.settings.threads, isAssembledAnew: began.has('facts') }
  report({
    figure: 'replica to published lists',
    value: whole,
    unit: 's',
    cpuSeconds: (user + system) / 1e6,
    ...details,
    target: { atMost: 60 },
  })
  report({ figure: 'peak memory of this process and PostgreSQL', value: peakMb, unit: 'MB', ...details, target: { atMost: 6_144 } })
  const stages: readonly RunStage[] = ['replica', 'relatives', 'facts', 'score', 'judge', 'select', 'publish']
  const ends = stages.map((_, at) => stages.slice(at + 1).flatMap((later) => began.get(later) ?? [])[0] ?? ended)
  stages.forEach((stage, at) => {
    const from = began.get(stage)
    if (from !== undefined) report({ figure: `stage ${stage}`, value: ((ends[at] as number) - from) / 1000, unit: 's', ...details })
  })
  const decided = ((began.get('publish') ?? ended) - (began.get('score') ?? ended)) / 1000
  report({ figure: 'score, rank, rules, allocate', value: decided, unit: 's', ...details, target: { atMost: 2.5 } })
  await pages(database, header, report)
  if (!began.has('facts')) return
  const each = await baseline(database, deps, asOf)
  report({
    figure: 'the same facts from PostgreSQL, scaled to all households, against the run',
    value: (each * households) / 1000 / whole,
    unit: 'times',
    millisecondsPerHousehold: each,
    measured: BASELINE_HOUSEHOLDS,
    ...details,
    target: { atLeast: 5 },
  })
}

/** Pages all over the list, as a reader with cursors asks for them. */
async function pages(database: Database, header: ListHeader, report: Parameters<Bench>[0]): Promise<void> {
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

/** Milliseconds per household with two at a time. */
async function baseline(database: Database, deps: RunDeps, asOf: number): Promise<number> {
  const { catalogue, ...bundle } = await deps.versions.inForce(asOf)
  const facts = factsAssembled({ catalogue, ...bundle })
  const { rows } = await database.pool.query<{ households: number }>('select max(household_ref) as households from household')
  const refs = Array.from({ length: BASELINE_HOUSEHOLDS }, (_, n) => 1 + Math.floor((n * (rows[0]?.households ?? 0)) / BASELINE_HOUSEHOLDS))
  const once = async (): Promise<number> => {
    const waiting = [...refs]
    const started = performance.now()
    const work = async (): Promise<void> => {
      for (let householdRef = waiting.pop(); householdRef !== undefined; householdRef = waiting.pop())
        await assembleHousehold({ database, catalogue, freshness: await deps.freshness() }, { asOf, facts, householdRef })
    }
    await Promise.all([work(), work()])
    return (performance.now() - started) / refs.length
  }
  // The first time reads from the disk.
  await once()
  return once()
}

/** Proportional set size of this process and of all that PostgreSQL runs here, twice a second: shared pages count once. */
function watchMemory(): { readonly stop: () => number } {
  let peak = 0
  const look = (): void => {
    let total = 0
    for (const pid of [process.pid, ...postgresProcesses()]) {
      try {
        total += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
      } catch {
        // Gone meanwhile, or another system than Linux.
      }
    }
    peak = Math.max(peak, total / 1024)
  }
  const timer = setInterval(look, 500)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

function postgresProcesses(): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      if (readFileSync(`/proc/${name}/comm`, 'utf8').trim() === 'postgres') found.push(Number(name))
    } catch {
      // Gone meanwhile.
    }
  }
  return found
}
