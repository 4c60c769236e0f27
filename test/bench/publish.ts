/** Publishing the ranked lists of a nation, and pages of a list of a million with every filter and the usual pairs, against one index for every filter. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { branchOffices } from '../../src/targeting/branch-offices.ts'
import { type ListFilters, listOfRun, listPage } from '../../src/targeting/lists/list-store.ts'
import { publishRun } from '../../src/targeting/lists/publish.ts'
import type { JudgedNation } from '../../src/targeting/run/judged-nation.ts'
import type { ProgrammeList } from '../../src/targeting/run/select.ts'
import { startedRun } from '../targeting/support/published.ts'
import { cpuSince } from './support/cpu-of.ts'
import { type Bench, median, quantile, type Report } from './support/figure.ts'
import { fillIndexed, indexedPage } from './support/indexed-list.ts'
import { codes, generator, madeList, madeNation } from './support/made-lists.ts'

const PAGE = 50
const PAGES = 100
/** Reading by an index may go through a whole list. */
const INDEXED_PAGES = 20

export const bench: Bench = async (report, { households = 1_000_000 }) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: folder, DATABASE_STATEMENT_TIMEOUT_MS: '120000' }))
  try {
    await migrate(database.pool)
    const nation = madeNation(households)
    const of = (share: number): number => Math.floor(households * share)
    const lists = [
      madeList(nation, { programme: 'health', units: of(1), seed: 2 }),
      madeList(nation, { programme: 'energy', units: of(0.9), seed: 3 }),
      madeList(nation, { programme: 'cash', units: of(0.7), seed: 4 }),
      madeList(nation, { programme: 'rehabilitation', unit: 'person', units: of(0.5), seed: 5 }),
    ]
    const number = await publishing(database, nation, lists, report)
    await database.pool.query('ANALYZE indexed_unit_1')
    await pages(database, { number, list: lists[0] as ProgrammeList, nation }, report)
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Resolves to the number of the first list. */
async function publishing(database: Database, nation: JudgedNation, lists: readonly ProgrammeList[], report: Report): Promise<number> {
  const units = lists.reduce((total, { household }) => total + household.length, 0)
  const run = await startedRun(database)
  const published = await measured(database, () =>
    publishRun(database, {
      runId: run,
      attempt: 1,
      actor: 'bench',
      entity: 'NAF',
      lists,
      behind: { named: Promise.resolve(lists), checked: Promise.resolve() },
      nation,
      ...codes,
      putInForce: true,
      onPublished: async () => undefined,
      manifest: {},
    }),
  )
  const indexed = await measured(database, () => fillIndexed(database, lists, nation))
  report({ figure: 'lists published', value: published.seconds, unit: 's', units, target: { atMost: 8 }, ...published })
  report({ figure: 'lists with an index for every filter', value: indexed.seconds, unit: 's', units, ...indexed })
  report({
    figure: 'CPU of publishing, less',
    value: indexed.cpuSeconds / published.cpuSeconds,
    unit: 'times',
    of: ['lists with an index for every filter', 'lists published'],
    target: { atLeast: 2.5 },
  })
  return (await listOfRun(database.pool, run, 'health'))?.number as number
}

async function measured(
  database: Database,
  work: () => Promise<unknown>,
): Promise<{ seconds: number; cpuSeconds: number; nodeSeconds: number }> {
  const cpu = await cpuSince(database.pool)
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1_000
  const { node, postgresql } = cpu()
  return { seconds, cpuSeconds: (node + postgresql) / 1_000, nodeSeconds: node / 1_000 }
}

interface Listed {
  readonly number: number
  readonly list: ProgrammeList
  readonly nation: JudgedNation
}

type Pick = (random: () => number) => ListFilters

/** Every filter, the usual pairs, and pairs that hardly anybody is in. */
function asked({ list, nation }: Listed): Record<string, Pick> {
  const one = <T>(values: readonly T[], random: () => number): T => values[Math.floor(random() * values.length)] as T
  const { kada, liwa } = codes.places
  const status = ['selected', 'waitlisted', 'left-out']
  const percentiles: Pick = (random) => {
    const percentileFrom = 1 + Math.floor(random() * 95)
    return { percentileFrom, percentileTo: percentileFrom + Math.floor(random() * 5) }
  }
  return {
    none: () => ({}),
    governorate: (random) => ({ governorate: one(codes.governorates, random) }),
    liwa: (random) => ({ liwa: one(liwa, random) }),
    kada: (random) => ({ kada: one(kada, random) }),
    branchOffice: (random) => ({ branchOffice: one(branchOffices, random).code }),
    status: (random) => ({ status: one(status, random) }),
    tier: (random) => ({ tier: Math.floor(random() * 3) }),
    percentiles,
    dependsOnMissing: (random) => ({ dependsOnMissing: random() < 0.8 }),
    'rare missingFact': () => ({ missingFact: 'disabilityDegree' }),
    householdRef: (random) => ({ householdRef: nation.householdRefs[Math.floor(random() * list.household.length)] as number }),
    'governorate, status': (random) => ({ governorate: one(codes.governorates, random), status: one(status, random) }),
    'kada, status': (random) => ({ kada: one(kada, random), status: one(status, random) }),
    'kada, status, dependsOnMissing': (random) => ({ kada: one(kada, random), status: one(status, random), dependsOnMissing: true }),
    'governorate, tier': (random) => ({ governorate: one(codes.governorates, random), tier: Math.floor(random() * 3) }),
    'governorate, percentiles': (random) => ({ governorate: one(codes.governorates, random), ...percentiles(random) }),
    'waitlisted of the last tier': () => ({ status: 'waitlisted', tier: 2 }),
  }
}

async function pages(database: Database, listed: Listed, report: Report): Promise<void> {
  const { number, list } = listed
  for (const [name, pick] of Object.entries(asked(listed))) {
    const random = generator(name.length)
    const draws = Array.from({ length: PAGES }, () => ({ filters: pick(random), after: Math.floor(random() * list.household.length) }))
    const [took, before]: [number[], number[]] = [[], []]
    // A service that has answered before.
    for (const { filters } of draws) await listPage(database.pool, number, filters, 0, PAGE)
    const cpu = await cpuSince(database.pool)
    for (const { filters, after } of draws) {
      const began = performance.now()
      await listPage(database.pool, number, filters, after, PAGE)
      took.push(performance.now() - began)
    }
    const { node, postgresql } = cpu()
    for (const { filters, after } of draws.slice(0, INDEXED_PAGES)) {
      const began = performance.now()
      const positions = await indexedPage(database, 1, filters, after, PAGE)
      before.push(performance.now() - began)
      const again = (await listPage(database.pool, number, filters, after, PAGE)).map(({ position }) => position)
      if (again.join() !== positions.join()) throw new Error(`a page by ${name} is not the one that is read by an index`)
    }
    report({
      figure: `page by ${name}`,
      value: quantile(took, 0.99),
      unit: 'ms',
      p50: median(took),
      cpu_ms_per_page: (node + postgresql) / PAGES,
      target: { atMost: 5 },
      indexed_p50_ms: median(before),
      indexed_most_ms: Math.max(...before),
    })
  }
}
