/** A run over a seeded population: every outcome is the one that the household gets alone, however many threads worked. */
import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { scoredFormulas } from '../../../src/determinations/bulk/bulk-bundle.ts'
import { type DeterminationDeps, determineHousehold } from '../../../src/determinations/determine-household.ts'
import { answersHash } from '../../../src/households/declared-answers.ts'
import type { Served } from '../../../src/households/enrolled-status.ts'
import { outcomeOf } from '../../../src/language/rule/outcome.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { STATUSES } from '../../../src/targeting/outcome.ts'
import { type NationRequest, type NationRun, runNation, type Stage } from '../../../src/targeting/run/run-nation.ts'
import { NO_PLACE, PLACE_FACTS } from '../../../src/targeting/run/unit-places.ts'
import { freshness, seededWarehouse } from '../../households/seeded-warehouse.ts'
import { day } from '../../rules/real-rows.ts'

const asOf = day('2026-11-01')
const database = await seededWarehouse(t, 400, '2026-11-01')
await loadShippedVersions(database)
const versions = versionsOf(database)
const bundle = await versions.inForce(asOf)
const folder = t.testdir()

/** Every fifth household is enrolled in cash, by the replica's references. */
const served: Served = new Map([
  ['unified-cash-transfer', { households: new Set(Array.from({ length: 100 }, (_, n) => n * 5)), persons: new Set<number>() }],
])
const deps: DeterminationDeps = {
  database,
  versions,
  freshness: async () => freshness,
  timeZone: 'Asia/Amman',
  targeting: {
    programmesServing: async (_db, { householdRef }) =>
      new Set([...served].flatMap(([programme, { households }]) => (households.has(householdRef) ? [programme] : []))),
    placeInLatestRun: async (_db, { formula, direction, score }) => {
      const place = scoredFormulas(bundle).findIndex(({ ref }) => ref.hash === formula)
      const points = [...(run.nation.scores[place]?.point ?? [])].filter((point) => !Number.isNaN(point))
      const rank = 1 + points.filter((point) => (direction === 'lowerIsPoorer' ? point < score : point > score)).length
      return {
        formula,
        rank,
        percentile: Math.ceil((100 * rank) / points.length),
        run: { id: 'here', asOf: '2026-11-01', isProvisional: true },
      }
    },
  },
  onOutcome: () => undefined,
  onDisagreement: () => undefined,
}

const request = (change: Partial<NationRequest> = {}): NationRequest => ({
  bundle,
  freshness,
  asOf,
  cycle: 'autumn 2026',
  applicationDates: new Map(),
  enrolled: new Map(),
  only: null,
  governorates: null,
  sample: 20,
  declared: { answers: [], hash: answersHash([]) },
  served,
  onSources: async () => undefined,
  onAssembled: async () => undefined,
  onProgress: () => undefined,
  signal: new AbortController().signal,
  ...change,
})

/** Everything that a list says, as text. */
const listsText = ({ lists, nation }: NationRun): string =>
  JSON.stringify(
    lists.map(({ programme, household, person, allocation, dependsOnMissing }) => [
      programme,
      [...allocation.order].map((row) => [
        nation.householdRefs[household[row] as number],
        person && nation.personRefs[person[row] as number],
        allocation.status[row],
        allocation.reason[row],
        dependsOnMissing[row],
      ]),
    ]),
  )

const run = await runNation(database, { folder, memoryMb: 512, threads: 2 }, request())

t.test('every outcome is that of the household alone, also where a rule reads its rank or who is enrolled', async (t) => {
  const { nation } = run
  const wrong: string[] = []
  let compared = 0
  for (const [row, householdRef] of nation.householdRefs.entries()) {
    if (row % 2 > 0) continue
    const first = nation.householdOf.indexOf(row)
    const personRef = nation.personRefs[first] as number
    const { units } = await determineHousehold(deps, { householdRef, asOf, declared: null, personRef })
    for (const unit of units) {
      const at = bundle.programmes.findIndex(({ id }) => id === unit.programme)
      const columns = nation.programmes[at]
      const own = unit.personRef === null ? row : nation.personRefs.indexOf(unit.personRef)
      const outcome = outcomeOf(columns?.truth[own] as 0 | 1 | 2)
      if (outcome !== unit.outcome) wrong.push(`${unit.programme} of ${householdRef}: ${unit.outcome} alone, ${outcome} in the run`)
      compared++
    }
  }
  t.same(wrong.slice(0, 10), [])
  t.ok(compared > 1_000, `${compared} outcomes`)
  t.ok(run.sampled >= 20)
})

t.test('selected, waitlisted and left out are all eligible units, in order of score where there is no tier', async (t) => {
  for (const { programme, household, allocation, score } of run.lists) {
    const { totals, status, order } = allocation
    const counts = STATUSES.map((_, code) => status.filter((one) => one === code).length)
    t.same(counts, [totals.leftOut, totals.selected, totals.waitlisted], programme)
    t.equal(order.length, household.length)
    const keys = bundle.programmes.find(({ id }) => id === programme)?.programme.source.targeting.order ?? []
    if (keys[0]?.by === 'score')
      t.ok(order.every((row, i) => i === 0 || !((score[order[i - 1] as number] as number) > (score[row] as number))))
  }
  t.ok(run.lists.some(({ allocation }) => allocation.totals.selected > 0))
})

t.test('where units live and what they lack is what the household alone says', async (t) => {
  const { household: space } = bundle.catalogue
  let lacking = 0
  let placed = 0
  for (const [at, list] of (await run.behind.named).entries()) {
    const { programme, rule } = bundle.programmes[at] ?? {}
    const units = Array.from(list.household.keys())
    const told = units.filter((unit) => list.missingFacts?.get(unit) !== undefined)
    t.same(
      told,
      units.filter((unit) => list.dependsOnMissing[unit] === 1),
      list.programme,
    )
    for (const unit of told.slice(0, 25)) {
      const missing = list.missingFacts?.get(unit) ?? []
      const row = list.household[unit] as number
      const personRef = run.nation.personRefs[run.nation.householdOf.indexOf(row)] as number
      const householdRef = run.nation.householdRefs[row] as number
      const { assembled } = await determineHousehold(deps, { householdRef, asOf, declared: null, personRef })
      const { lo, hi } = assembled.household
      const unknown = (slot: number): boolean => !(lo[slot] === hi[slot])
      const reads = bundle.programmes[at]?.formula?.formula.slots ?? []
      t.same(
        [...missing].toSorted(),
        [...new Set(reads.filter(unknown).map((slot) => space.types[slot]?.id as string))].toSorted(),
        `${programme?.source.id} of ${householdRef}`,
      )
      t.ok(missing.length > 0 && rule)
      lacking++
      for (const fact of PLACE_FACTS) {
        const slot = space.slot(fact) as number
        t.equal(run.nation.places[fact][row], unknown(slot) ? NO_PLACE : lo[slot], fact)
        if (!unknown(slot)) placed++
      }
    }
  }
  t.ok(lacking > 5 && placed > 5, `${lacking} units, ${placed} places`)
})

t.test('one thread, another folder: the same snapshot and the same lists', async (t) => {
  const stages = new Set<Stage>()
  const again = await runNation(
    database,
    { folder: join(folder, 'again'), memoryMb: 512, threads: 1 },
    request({ onProgress: (stage) => stages.add(stage) }),
  )
  t.equal(again.snapshot.hash, run.snapshot.hash)
  t.equal(listsText(again), listsText(run))
  t.same([...stages], ['replica', 'relatives', 'facts', 'open', 'score', 'judge', 'select'])
})

t.test('of an unfinished snapshot nothing is taken over that the power left cut short', async (t) => {
  const settings = { folder: join(folder, 'again'), memoryMb: 512, threads: 1 }
  const snapshots = join(settings.folder, 'snapshots')
  const [key = ''] = readdirSync(snapshots).flatMap((name) => /^([0-9a-f]{64})\.hash$/.exec(name)?.[1] ?? [])
  const assembles = async (spoil: (part: string) => void): Promise<boolean> => {
    const building = join(snapshots, `building-${key}`)
    renameSync(join(snapshots, run.snapshot.hash), building)
    rmSync(join(snapshots, `${key}.hash`))
    spoil(join(building, `${'0'.repeat(12)}.columns`))
    const stages = new Set<Stage>()
    const again = await runNation(database, settings, request({ onProgress: (stage) => stages.add(stage) }))
    t.equal(again.snapshot.hash, run.snapshot.hash)
    return stages.has('facts')
  }
  t.ok(await assembles((part) => truncateSync(part, statSync(part).size - 1)))
  t.ok(await assembles((part) => writeFileSync(`${part}.json`, '')))
})

/** Whether this process has the file open, in any thread; false where the system does not tell. */
function holdsOpen(file: string): boolean {
  try {
    return readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}

t.test('a snapshot that is there is used again, and one whose bytes changed is refused', async (t) => {
  const stages = new Set<Stage>()
  const again = await runNation(database, { folder, memoryMb: 512, threads: 2 }, request({ onProgress: (stage) => stages.add(stage) }))
  // The next run, of another process, begins while this one's lists are written.
  t.notOk(holdsOpen(join(folder, 'replica', 'replica.duckdb')), 'nobody reads the replica any more')
  t.equal(listsText(again), listsText(run))
  t.notOk(stages.has('facts'))
  const [part] = readdirSync(run.snapshot.folder).filter((name) => name.endsWith('.columns'))
  const path = join(run.snapshot.folder, part as string)
  const bytes = readFileSync(path)
  // The first reference behind the line that says what stands where.
  const at = bytes.indexOf(10) + 1
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(path, bytes)
  await t.rejects(runNation(database, { folder, memoryMb: 512, threads: 2 }, request()), /householdRefs is not the column that was written/)
})

t.test('a filtered population is ranked within itself', async (t) => {
  const { householdRefs } = run.nation
  const only = new Set([...householdRefs].filter((_, row) => row % 3 === 0))
  const filtered = await runNation(database, { folder: join(folder, 'again'), memoryMb: 512, threads: 2 }, request({ only }))
  t.same([...filtered.nation.householdRefs], [...only])
  const [list] = filtered.lists
  const ranks = list?.ranking?.nation.rank ?? []
  t.ok(Math.max(...ranks) <= only.size)
  const governorate = run.nation.governorate[0] as number
  const inOne = await runNation(
    database,
    { folder: join(folder, 'again'), memoryMb: 512, threads: 2 },
    request({ governorates: new Set([governorate]) }),
  )
  t.same(new Set(inOne.nation.governorate), new Set([governorate]))
})

t.test('a run that is told to stop stops', async (t) => {
  const stop = new AbortController()
  const onProgress: NationRequest['onProgress'] = (stage) => {
    if (stage === 'relatives') stop.abort()
  }
  await t.rejects(
    runNation(database, { folder: join(folder, 'stopped'), memoryMb: 512, threads: 1 }, request({ onProgress, signal: stop.signal })),
    { name: 'AbortError' },
  )
  const later = await runNation(database, { folder: join(folder, 'stopped'), memoryMb: 512, threads: 2 }, request())
  t.equal(listsText(later), listsText(run))
})
