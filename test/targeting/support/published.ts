/** Small made-up lists, published as a run publishes them. */
import type { Database } from '../../../src/db/database.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import { newId } from '../../../src/kernel/new-id.ts'
import { NO_TIER } from '../../../src/determinations/bulk/nation.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { publishRun } from '../../../src/targeting/lists/publish.ts'
import { reasonCode, type Reason, type Status, statusCode } from '../../../src/targeting/outcome.ts'
import type { JudgedNation } from '../../../src/targeting/run/judged-nation.ts'
import { beginRun, pinVersions, storeRun } from '../../../src/targeting/run/run-store.ts'
import { byPlaceFact, NO_PLACE } from '../../../src/targeting/run/unit-places.ts'
import type { ProgrammeList } from '../../../src/targeting/run/select.ts'

export interface MadeUnit {
  readonly householdRef: number
  /** In lists of persons; a made-up one unless named. */
  readonly personRef?: number
  /** Whole micro-points; unknown where left out. */
  readonly score?: number
  readonly status: Status
  readonly reason?: Reason
  readonly tier?: number
  readonly dependsOnMissing?: boolean
  readonly governorate?: number
  readonly liwa?: number
  readonly kada?: number
  readonly missingFacts?: readonly string[]
  /** Of households, by the score. */
  readonly percentile?: number
}

export interface MadeList {
  readonly programme: string
  /** A member of the same number as the household, in lists of persons. */
  readonly unit?: 'household' | 'person'
  /** In the programme's order. */
  readonly units: readonly MadeUnit[]
}

export const GOVERNORATES = ['11', '12', '13']
export const PLACES = { liwa: ['1101', '1201', '1301'], kada: ['110101', '120101', '130101'] }
const VERSION_SET = 'f'.repeat(64)

/** Loads the shipped versions: the set in force when the lists' runs began. */
export async function shippedSet(database: Database): Promise<string> {
  await loadShippedVersions(database)
  const { hash } = await versionsOf(database).inForce(dayNumber('2026-11-01') as number)
  return hash
}

/** A run that has begun. Without the versions in force (`kept`), nothing is known of what its lists are made of. */
export async function startedRun(database: Database, kept?: string, request = '{}'): Promise<string> {
  const id = newId()
  const versions = kept ?? VERSION_SET
  await database.pool.query("insert into version_set (hash, members) values ($1, '[]') on conflict do nothing", [versions])
  await storeRun(database.pool, { id, actor: 'test', entity: 'NAF', asOf: '2026-11-01', cycle: 'autumn', request })
  await beginRun(database.pool, id)
  await pinVersions(database.pool, id, versions)
  await database.pool.query('update run set snapshot = $2 where id = $1', [id, 'a'.repeat(64)])
  return id
}

export async function publishMade(
  database: Database,
  runId: string,
  lists: readonly MadeList[],
  checked: Promise<void> = Promise.resolve(),
): Promise<string> {
  const households = [...new Set(lists.flatMap(({ units }) => units.map(({ householdRef }) => householdRef)))]
  const row = new Map(households.map((ref, index) => [ref, index]))
  const units = new Map(lists.flatMap(({ units: some }) => some.map((unit) => [unit.householdRef, unit] as const)))
  const governorate = new Map(lists.flatMap(({ units }) => units.map((unit) => [unit.householdRef, unit.governorate ?? 0] as const)))
  const nation = {
    householdRefs: Float64Array.from(households),
    personRefs: Float64Array.from(households, (ref) => units.get(ref)?.personRef ?? ref + 1_000_000),
    governorate: Uint8Array.from(households, (ref) => governorate.get(ref) as number),
    places: byPlaceFact((fact) => Uint16Array.from(households, (ref) => units.get(ref)?.[fact] ?? NO_PLACE)),
  } as unknown as JudgedNation
  const made = lists.map((list) => programmeList(list, row))
  return publishRun(database, {
    runId,
    attempt: 1,
    actor: 'test',
    entity: 'NAF',
    nation,
    governorates: GOVERNORATES,
    places: PLACES,
    putInForce: true,
    onPublished: async () => undefined,
    manifest: {},
    lists: made,
    behind: { named: Promise.resolve(made), checked },
  })
}

function programmeList({ programme, unit = 'household', units }: MadeList, row: ReadonlyMap<number, number>): ProgrammeList {
  const count = (status: Status): number => units.filter((one) => one.status === status).length
  const rows = Uint32Array.from(units, ({ householdRef }) => row.get(householdRef) as number)
  const score = Float64Array.from(units, (one) => one.score ?? NaN)
  return {
    programme,
    unit,
    household: rows,
    person: unit === 'person' ? rows : null,
    tier: Uint8Array.from(units, ({ tier }) => tier ?? NO_TIER),
    benefit: Float64Array.from(units, () => 40_500),
    benefitScale: 3,
    score,
    scoreLo: score,
    scoreHi: score,
    applicationDate: Float64Array.from(units, () => NaN),
    ranking: rankingOf(units, rows),
    dependsOnMissing: Uint8Array.from(units, ({ dependsOnMissing }) => (dependsOnMissing ? 1 : 0)),
    missingFacts: new Map(units.flatMap((one, index) => (one.missingFacts ? [[index, one.missingFacts] as const] : []))),
    allocation: {
      status: Uint8Array.from(units, ({ status }) => statusCode(status)),
      reason: Uint8Array.from(units, ({ status, reason }) => reasonCode(reason ?? (status === 'selected' ? 'within-quota' : 'no-places'))),
      order: Uint32Array.from(units, (_, index) => index),
      totals: {
        selected: count('selected'),
        waitlisted: count('waitlisted'),
        leftOut: count('left-out'),
        spent: 40_500 * count('selected'),
        places: null,
        leftOverPassedOn: 0,
        stoppedByBudget: false,
      },
    },
  } as unknown as ProgrammeList
}

/** Null where no percentile is made. */
function rankingOf(units: readonly MadeUnit[], rows: Uint32Array): object | null {
  if (units.every(({ percentile }) => percentile === undefined)) return null
  const percentile = new Uint8Array(rows.reduce((most, row) => Math.max(most, row), 0) + 1)
  units.forEach((unit, index) => (percentile[rows[index] as number] = unit.percentile ?? 0))
  const standing = { rank: new Uint32Array(percentile.length), percentile, personPercentile: percentile }
  return { nation: standing, area: standing }
}
