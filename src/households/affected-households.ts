/** From changed persons to the households whose facts may be others now: their own, those that somebody joined or left, and those of next of kin. */
import type { Queryable } from '../db/queryable.ts'

export interface MembershipMoved {
  /** The place up to which this tells. */
  readonly upTo: number
  /** Whose membership changed after the place that was asked for. */
  readonly persons: readonly number[]
  /** Households that somebody joined or left. */
  readonly households: readonly number[]
}

/** What changed of membership after a place in the change sequence, whoever brought it up to date. */
export async function membershipMovedSince(db: Queryable, after: number): Promise<MembershipMoved> {
  // One statement, hence one moment.
  const { rows } = await db.query<MembershipMoved>(
    `SELECT s.seq AS "upTo",
       ARRAY(SELECT person_ref FROM membership_change WHERE seq > $1) AS persons,
       ARRAY(SELECT household_ref FROM household_change WHERE seq > $1) AS households
     FROM membership_state s`,
    [after],
  )
  return rows[0] as MembershipMoved
}

/**
 * Households of these persons and of their parents, children, brothers, sisters and spouses, wherever they live: facts may range over those.
 * More than needed do no harm: what did not change is found to be so.
 */
export async function householdsOf(db: Queryable, persons: readonly number[]): Promise<number[]> {
  const { rows } = await db.query<{ household_ref: number }>(
    // Whoever is somebody's father is looked for among fathers only.
    `WITH c AS (SELECT DISTINCT unnest($1::bigint[]) AS person_ref),
     line AS (SELECT l.father_ref, l.mother_ref FROM c JOIN warehouse.cspd_lineage l USING (person_ref)),
     father AS (SELECT person_ref FROM c UNION SELECT father_ref FROM line WHERE father_ref IS NOT NULL),
     mother AS (SELECT person_ref FROM c UNION SELECT mother_ref FROM line WHERE mother_ref IS NOT NULL),
     kin AS (
       SELECT person_ref FROM father
       UNION SELECT person_ref FROM mother
       UNION SELECT l.person_ref FROM father f JOIN warehouse.cspd_lineage l ON l.father_ref = f.person_ref
       UNION SELECT l.person_ref FROM mother m JOIN warehouse.cspd_lineage l ON l.mother_ref = m.person_ref
       UNION SELECT m.spouse_ref FROM c JOIN warehouse.cspd_marriage_info m USING (person_ref)
       UNION SELECT m.person_ref FROM c JOIN warehouse.cspd_marriage_info m ON m.spouse_ref = c.person_ref)
     SELECT DISTINCT household_ref FROM kin JOIN household_member h USING (person_ref) WHERE h.valid_to IS NULL`,
    [persons],
  )
  return rows.map(({ household_ref: ref }) => ref)
}
