/** What of a published list a single unit's explanation needs: its own row, where the last places went, who excluded it. */
import type { Queryable } from '../../db/queryable.ts'
import type { ListedUnit, ListHeader } from '../lists/list-store.ts'
import { placesIn } from '../lists/trait-block.ts'
import { unitsWith } from '../lists/trait-store.ts'
import { traitsWanted } from '../lists/unit-trait.ts'

/** Ranks of a household in every list of a run that names it; 0 where it has no point score. */
export async function listedRanks(
  db: Queryable,
  runId: string,
  householdRef: number,
): Promise<{ readonly programme: string; readonly rank: number; readonly percentile: number }[]> {
  const { rows } = await db.query<{ programme: string; rank: number; percentile: number }>({
    name: 'listed-ranks',
    text: `SELECT DISTINCT l.programme, coalesce(u.national_rank, 0) AS rank, coalesce(u.percentile, 0) AS percentile
      FROM ranked_list l JOIN ranked_unit u ON u.list_number = l.number AND u.household_ref = $2 WHERE l.run_id = $1 AND l.published_at IS NOT NULL`,
    values: [runId, householdRef],
  })
  return rows
}

/** The last unit of a list that is selected, by its position. */
export interface CutOff {
  readonly position: number
  readonly score: number | null
  readonly tier: number | null
}

export interface Places {
  readonly selected: number
  /** Null where nobody is selected. */
  readonly last: CutOff | null
}

/** Selected units of a list, of one governorate or of all. */
export async function placesOf(db: Queryable, list: number, governorate: string | null): Promise<Places> {
  const wanted = traitsWanted({ status: 'selected', ...(governorate === null ? {} : { governorate }) })
  let [selected, position] = [0, 0]
  for await (const { first, bits } of unitsWith(db, list, wanted, 0))
    for (const place of placesIn(bits)) {
      selected++
      position = first + place
    }
  if (selected === 0) return { selected, last: null }
  const found = await db.query<CutOff>({
    name: 'cut-off-of-list',
    text: 'SELECT position, score, tier FROM ranked_unit WHERE list_number = $1 AND position = $2',
    values: [list, position],
  })
  return { selected, last: found.rows[0] ?? null }
}

/** Place on the waitlist, from 1. */
export async function waitlistPlace(db: Queryable, list: number, position: number): Promise<number> {
  let before = 0
  for await (const { first, bits } of unitsWith(db, list, traitsWanted({ status: 'waitlisted' }), 0))
    for (const place of placesIn(bits)) {
      if (first + place > position) return before
      before++
    }
  return before
}

/** Of the named programmes those in whose list of the same run the household, or the person, is selected. */
export async function selectedElsewhere(
  db: Queryable,
  { runId }: Pick<ListHeader, 'runId'>,
  { householdRef, personRef }: Pick<ListedUnit, 'householdRef' | 'personRef'>,
  programmes: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ programme: string }>({
    name: 'selected-elsewhere',
    text: `SELECT DISTINCT l.programme FROM ranked_list l JOIN ranked_unit u ON u.list_number = l.number AND u.household_ref = $2
      WHERE l.run_id = $1 AND l.published_at IS NOT NULL AND l.programme = ANY($3) AND u.status = 'selected' AND (u.person_ref IS NULL OR u.person_ref = $4)`,
    values: [runId, householdRef, programmes, personRef],
  })
  return rows.map(({ programme }) => programme)
}
