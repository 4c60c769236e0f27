/** Two lists of one programme against each other: who entered, who left, who moved, by the reference of the unit. */
import type { Queryable } from '../../db/queryable.ts'
import type { ListHeader } from './list-store.ts'

export const CHANGES = ['entered', 'left', 'moved'] as const
export type Change = (typeof CHANGES)[number]

export interface ComparisonCounts {
  readonly entered: number
  readonly left: number
  /** In both, with another position or status. */
  readonly moved: number
  /** Of those that moved: with another status. */
  readonly statusChanged: number
  readonly same: number
}

export interface PlaceInList {
  readonly position: number
  readonly status: string
  readonly reason: string
  readonly score: number | null
  readonly benefit: number | null
}

export interface ChangedUnit {
  readonly change: Change
  readonly householdRef: number
  readonly personRef: number | null
  /** Null where the unit left. */
  readonly here: PlaceInList | null
  /** Null where the unit entered. */
  readonly there: PlaceInList | null
}

/** Where a page ended: units of this list come first, by position here; then those that left, by position there. */
export interface ComparisonPlace {
  readonly among: 'here' | 'left'
  readonly after: number
}

/** A person is the same unit in whichever household; a household is one by its own reference. */
const refOf = ({ unit }: ListHeader): 'person_ref' | 'household_ref' => (unit === 'person' ? 'person_ref' : 'household_ref')

export async function comparisonCounts(db: Queryable, here: ListHeader, there: ListHeader): Promise<ComparisonCounts> {
  const ref = refOf(here)
  const side = (list: number): string => `(SELECT ${ref} AS ref, position, status FROM ranked_unit WHERE list_number = ${list})`
  const { rows } = await db.query<ComparisonCounts>(
    `SELECT count(*) FILTER (WHERE t.ref IS NULL) AS entered, count(*) FILTER (WHERE h.ref IS NULL) AS left,
       count(*) FILTER (WHERE (h.position, h.status) <> (t.position, t.status)) AS moved,
       count(*) FILTER (WHERE h.status <> t.status) AS "statusChanged",
       count(*) FILTER (WHERE (h.position, h.status) = (t.position, t.status)) AS same
     FROM ${side(here.number)} h FULL JOIN ${side(there.number)} t ON t.ref = h.ref`,
  )
  return rows[0] as ComparisonCounts
}

export interface ComparisonPage {
  readonly units: readonly ChangedUnit[]
  readonly next: ComparisonPlace | null
}

/** At most `limit` changes behind `place`, of one kind or of all. */
export async function comparisonPage(
  db: Queryable,
  { here, there, change }: { readonly here: ListHeader; readonly there: ListHeader; readonly change: Change | undefined },
  place: ComparisonPlace,
  limit: number,
): Promise<ComparisonPage> {
  const ref = refOf(here)
  const found: { readonly unit: ChangedUnit; readonly place: ComparisonPlace }[] = []
  if (place.among === 'here' && change !== 'left') {
    const wanted = {
      entered: 't.position IS NULL',
      moved: '(h.position, h.status) <> (t.position, t.status)',
      any: '(t.position IS NULL OR (h.position, h.status) <> (t.position, t.status))',
    }[change ?? 'any']
    const { rows } = await db.query<Row>(changedUnits(here.number, there.number, ref, place.after, `AND ${wanted}`, limit + 1))
    found.push(
      ...rows.map((row) => ({
        unit: { ...unitOf(row, row.otherPosition === null ? 'entered' : 'moved'), here: placeOf(row), there: otherPlaceOf(row) },
        place: { among: 'here' as const, after: row.position },
      })),
    )
  }
  if (found.length <= limit && (change === undefined || change === 'left')) {
    const after = place.among === 'left' ? place.after : 0
    const { rows } = await db.query<Row>(
      changedUnits(there.number, here.number, ref, after, 'AND t.position IS NULL', limit + 1 - found.length),
    )
    found.push(
      ...rows.map((row) => ({
        unit: { ...unitOf(row, 'left'), here: null, there: placeOf(row) },
        place: { among: 'left' as const, after: row.position },
      })),
    )
  }
  const shown = found.slice(0, limit)
  return { units: shown.map(({ unit }) => unit), next: found.length > limit ? (shown.at(-1)?.place ?? null) : null }
}

interface Row {
  readonly householdRef: number
  readonly personRef: number | null
  readonly position: number
  readonly status: string
  readonly reason: string
  readonly score: number | null
  readonly benefit: number | null
  readonly otherPosition: number | null
  readonly otherStatus: string
  readonly otherReason: string
  readonly otherScore: number | null
  readonly otherBenefit: number | null
}

/** Whole numbers of ours stand in the text: with a parameter for the limit the planner would join all before it takes fifty. */
function changedUnits(list: number, other: number, ref: string, after: number, condition: string, limit: number): string {
  return `SELECT h.household_ref AS "householdRef", h.person_ref AS "personRef", h.position, h.status, h.reason, h.score, h.benefit,
      t.position AS "otherPosition", t.status AS "otherStatus", t.reason AS "otherReason", t.score AS "otherScore", t.benefit AS "otherBenefit"
    FROM ranked_unit h LEFT JOIN ranked_unit t ON t.list_number = ${other} AND t.${ref} = h.${ref}
    WHERE h.list_number = ${list} AND h.position > ${after} ${condition} ORDER BY h.position LIMIT ${limit}`
}

const unitOf = ({ householdRef, personRef }: Row, change: Change) => ({ change, householdRef, personRef })

const placeOf = ({ position, status, reason, score, benefit }: Row): PlaceInList => ({ position, status, reason, score, benefit })

const otherPlaceOf = ({ otherPosition, otherStatus, otherReason, otherScore, otherBenefit }: Row): PlaceInList | null =>
  otherPosition === null
    ? null
    : { position: otherPosition, status: otherStatus, reason: otherReason, score: otherScore, benefit: otherBenefit }
