/** From changed persons to the households whose facts may be others now: their own, those that they left or joined, and those of their next of kin. */
import type { Database } from '../db/database.ts'
import { isoOfDay } from '../kernel/date.ts'
import { refreshMembership } from './membership.ts'

/** Registries whose rows decide who lives with whom. */
export const CIVIL_REGISTRIES: ReadonlySet<string> = new Set([
  'cspd_death_info',
  'cspd_family_booklet',
  'cspd_lineage',
  'cspd_marriage_info',
  'cspd_personal_info',
  'rbd_residents',
  'sjd_custody',
])

export interface ChangedPerson {
  readonly personRef: number
  /** A row of a civil registry changed. */
  readonly civil: boolean
}

/** Brings membership up to date first. More households than needed do no harm: what did not change is found to be so. */
export async function affectedHouseholds(
  database: Database,
  { persons, asOf }: { readonly persons: readonly ChangedPerson[]; readonly asOf: number },
): Promise<number[]> {
  const day = isoOfDay(asOf)
  const all = persons.map(({ personRef }) => personRef)
  const civil = persons.filter((person) => person.civil).map(({ personRef }) => personRef)
  const before = civil.length === 0 ? [] : await householdsOf(database, civil, day)
  const moved = civil.length === 0 ? [] : await movedWith(database, civil, day)
  const after = await householdsOf(database, [...new Set([...all, ...moved])], day)
  return [...new Set([...before, ...after])]
}

/** Whose membership the refresh changed, whoever they are. */
async function movedWith(database: Database, persons: readonly number[], asOf: string): Promise<number[]> {
  const { rows: places } = await database.pool.query<{ seq: number }>('SELECT seq FROM membership_state')
  await refreshMembership(database, { asOf, persons })
  const { rows } = await database.pool.query<{ person_ref: number }>('SELECT person_ref FROM membership_change WHERE seq > $1', [
    places[0]?.seq ?? 0,
  ])
  return rows.map(({ person_ref: ref }) => ref)
}

/**
 * Households of these persons and of their parents, children, brothers, sisters and spouses, wherever they live: facts may range over those.
 * A household that somebody left on that day is among them.
 */
async function householdsOf({ pool }: Database, persons: readonly number[], day: string): Promise<number[]> {
  const { rows } = await pool.query<{ household_ref: number }>(
    `WITH c AS (SELECT unnest($1::bigint[]) AS person_ref),
     parent AS (
       SELECT l.father_ref AS person_ref FROM c JOIN warehouse.cspd_lineage l USING (person_ref) WHERE l.father_ref IS NOT NULL
       UNION SELECT l.mother_ref FROM c JOIN warehouse.cspd_lineage l USING (person_ref) WHERE l.mother_ref IS NOT NULL),
     elder AS (SELECT person_ref FROM c UNION SELECT person_ref FROM parent),
     kin AS (
       SELECT person_ref FROM elder
       UNION SELECT l.person_ref FROM elder e JOIN warehouse.cspd_lineage l ON l.father_ref = e.person_ref
       UNION SELECT l.person_ref FROM elder e JOIN warehouse.cspd_lineage l ON l.mother_ref = e.person_ref
       UNION SELECT m.spouse_ref FROM c JOIN warehouse.cspd_marriage_info m USING (person_ref) WHERE m.spouse_ref IS NOT NULL
       UNION SELECT m.person_ref FROM c JOIN warehouse.cspd_marriage_info m ON m.spouse_ref = c.person_ref)
     SELECT DISTINCT household_ref FROM kin JOIN household_member h USING (person_ref) WHERE h.valid_to IS NULL OR h.valid_to >= $2::date`,
    [persons, day],
  )
  return rows.map(({ household_ref: ref }) => ref)
}
