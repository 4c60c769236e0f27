/** Two lists of one programme against each other: who entered, who left, who moved, by the reference of the unit. */
import type { Queryable } from '../../db/queryable.ts'
import { hasShelteredMember } from '../../households/sheltered-households.ts'
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
export const refOf = ({ unit }: ListHeader): 'person_ref' | 'household_ref' => (unit === 'person' ? 'person_ref' : 'household_ref')

export interface ChangedPlaces {
  /** Whose positions these are, and the one that is compared with. */
  readonly list: ListHeader
  readonly other: ListHeader
  readonly positions: readonly number[]
  /** Whether `list` is the other one of the comparison, which its units left. */
  readonly left: boolean
  /** Leaves out the households of sheltered persons. */
  readonly withoutSheltered: boolean
}

/** The units at these positions with their place in both lists, by position. */
export async function changedUnits(
  db: Queryable,
  { list, other, positions, left, withoutSheltered }: ChangedPlaces,
): Promise<ChangedUnit[]> {
  if (positions.length === 0) return []
  const ref = refOf(list)
  const { rows } = await db.query<Row>({
    name: `changed-units-${withoutSheltered ? 's-' : ''}${ref}`,
    text: `SELECT h.household_ref AS "householdRef", h.person_ref AS "personRef", h.position, h.status, h.reason, h.score, h.benefit,
        t.position AS "otherPosition", t.status AS "otherStatus", t.reason AS "otherReason", t.score AS "otherScore", t.benefit AS "otherBenefit"
      FROM ranked_unit h LEFT JOIN LATERAL (SELECT * FROM ranked_unit o WHERE o.list_number = $2 AND o.${ref} = h.${ref} LIMIT 1) t ON true
      WHERE h.list_number = $1 AND h.position = ANY($3::int[])${withoutSheltered ? ` AND NOT ${hasShelteredMember('h.household_ref')}` : ''} ORDER BY h.position`,
    values: [list.number, other.number, positions],
  })
  return rows.map((row) =>
    left
      ? { ...unitOf(row, 'left'), here: null, there: placeOf(row) }
      : { ...unitOf(row, row.otherPosition === null ? 'entered' : 'moved'), here: placeOf(row), there: otherPlaceOf(row) },
  )
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

const unitOf = ({ householdRef, personRef }: Row, change: Change) => ({ change, householdRef, personRef })

const placeOf = ({ position, status, reason, score, benefit }: Row): PlaceInList => ({ position, status, reason, score, benefit })

const otherPlaceOf = ({ otherPosition, otherStatus, otherReason, otherScore, otherBenefit }: Row): PlaceInList | null =>
  otherPosition === null
    ? null
    : { position: otherPosition, status: otherStatus, reason: otherReason, score: otherScore, benefit: otherBenefit }
