/** The only SQL that reads published lists: which list is in force, and a page of it by its place in the order. */
import type { Queryable } from '../../db/queryable.ts'
import { hasShelteredMember } from '../../households/sheltered-households.ts'
import { positionsWith } from './trait-store.ts'
import { passes, traitsWanted } from './unit-trait.ts'

export interface ListHeader {
  readonly number: number
  readonly runId: string
  readonly programme: string
  readonly unit: 'household' | 'person'
  readonly asOf: string
  readonly cycle: string
  /** Of a run about some governorates: to be in it tells where one lives. */
  readonly ofGovernorates: boolean
  readonly versionSet: string
  readonly snapshot: string
  readonly manifestHash: string
  readonly rootHash: string
  readonly publishedAt: string
  readonly eligible: number
  readonly selected: number
  readonly waitlisted: number
  readonly leftOut: number
  readonly spent: number
}

const HEADER = `SELECT l.number, l.run_id AS "runId", l.programme, l.unit, r.as_of AS "asOf", r.cycle, coalesce(jsonb_array_length(r.request::jsonb -> 'governorates'), 0) > 0 AS "ofGovernorates", r.version_set AS "versionSet", r.snapshot, r.manifest_hash AS "manifestHash",
    l.root_hash AS "rootHash", to_char(l.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "publishedAt", l.eligible, l.selected, l.waitlisted, l.left_out AS "leftOut", l.spent
  FROM ranked_list l JOIN run r ON r.id = l.run_id WHERE l.published_at IS NOT NULL`

/** The list in force for a programme, null before the first; or the published one of that number, if it is the programme's. */
export async function latestList(db: Queryable, programme: string, number?: number): Promise<ListHeader | null> {
  const { rows } = await db.query<ListHeader>({
    name: 'latest-list',
    text: `${HEADER} AND l.programme = $1 AND l.number = coalesce($2, (SELECT list_number FROM published_list WHERE programme = $1))`,
    values: [programme, number ?? null],
  })
  return rows[0] ?? null
}

export async function listOfRun(db: Queryable, runId: string, programme: string): Promise<ListHeader | null> {
  const { rows } = await db.query<ListHeader>({
    name: 'list-of-run',
    text: `${HEADER} AND l.run_id = $1 AND l.programme = $2`,
    values: [runId, programme],
  })
  return rows[0] ?? null
}

export interface ListFilters {
  readonly governorate?: string
  readonly liwa?: string
  readonly kada?: string
  readonly branchOffice?: string
  readonly status?: string
  readonly tier?: number
  readonly percentileFrom?: number
  readonly percentileTo?: number
  readonly dependsOnMissing?: boolean
  readonly missingFact?: string
  readonly householdRef?: number
}

export interface ListedUnit {
  readonly position: number
  readonly householdRef: number
  readonly personRef: number | null
  readonly governorate: string | null
  readonly liwa: string | null
  readonly kada: string | null
  readonly branchOffice: string | null
  readonly tier: number | null
  readonly score: number | null
  readonly scoreLo: number | null
  readonly scoreHi: number | null
  readonly nationalRank: number | null
  readonly governorateRank: number | null
  readonly percentile: number | null
  readonly personPercentile: number | null
  readonly benefit: number | null
  readonly applicationDate: string | null
  readonly status: 'selected' | 'waitlisted' | 'left-out'
  readonly reason: string
  readonly dependsOnMissing: boolean
  readonly missingFacts: readonly string[] | null
}

/** At most `limit` units behind `after`, in the list's order; fewer at its end only. Nothing is skipped over by counting: the place is the key. */
export async function listPage(
  db: Queryable,
  list: number,
  filters: ListFilters,
  after: number,
  limit: number,
  withoutSheltered = false,
): Promise<ListedUnit[]> {
  if (filters.householdRef !== undefined) {
    const units = await unitsWhere(db, 'household', withoutSheltered, [list, filters.householdRef])
    const wanted = units.filter((unit) => unit.position > after && passes(unit, filters))
    return wanted.toSorted((a, b) => a.position - b.position).slice(0, limit)
  }
  const wanted = traitsWanted(filters)
  if (wanted.length === 0)
    // Positions have no gaps unless somebody is left out.
    return withoutSheltered
      ? unitsWhere(db, 'behind', withoutSheltered, [list, after, limit])
      : unitsWhere(db, 'range', withoutSheltered, [list, after, after + limit])
  const found: ListedUnit[] = []
  for (let last = after; found.length < limit;) {
    const positions = await positionsWith(db, list, wanted, { after: last, limit })
    const units = await unitsWhere(db, 'positions', withoutSheltered, [list, positions])
    // INVARIANT: traits were made of the units.
    if (!units.every((unit) => passes(unit, filters))) throw new Error(`the traits of list ${list} are not those of its units`)
    found.push(...units)
    if (positions.length < limit) break
    last = positions.at(-1) as number
  }
  return found.slice(0, limit)
}

/** Which units of a list, `$1`; each by an index of their partition. Those of a household in any order: asked for in the list's, it might be gone through. */
const UNITS_OF = {
  household: 'household_ref = $2',
  range: 'position > $2 AND position <= $3',
  behind: 'position > $2',
  positions: 'position = ANY ($2::int[])',
} as const

/** Rows may hold a rank where the governorate is unknown: one among the unknown, which is no governorate's. */
async function unitsWhere(
  db: Queryable,
  which: keyof typeof UNITS_OF,
  withoutSheltered: boolean,
  values: readonly unknown[],
): Promise<ListedUnit[]> {
  const { rows } = await db.query<ListedUnit>({
    name: `listed-units-${withoutSheltered ? 's-' : ''}${which}`,
    text: `SELECT position, household_ref AS "householdRef", person_ref AS "personRef", governorate, liwa, kada, branch_office AS "branchOffice", tier, score, score_lo AS "scoreLo", score_hi AS "scoreHi",
        national_rank AS "nationalRank", CASE WHEN governorate IS NOT NULL THEN governorate_rank END AS "governorateRank", percentile, person_percentile AS "personPercentile", benefit, application_date AS "applicationDate", status, reason, depends_on_missing AS "dependsOnMissing",
        missing_facts AS "missingFacts"
      FROM ranked_unit WHERE list_number = $1 AND ${UNITS_OF[which]}${withoutSheltered ? ` AND NOT ${hasShelteredMember('ranked_unit.household_ref')}` : ''}${which === 'household' ? '' : ' ORDER BY list_number, position'}${which === 'behind' ? ' LIMIT $3' : ''}`,
    values: [...values],
  })
  return rows
}
