/** Whose membership can change when some persons' registry rows change: everybody connected with them by a booklet, a file, an order or a home. */
import type { Queryable } from '../db/queryable.ts'

/** More rounds than any chain of families needs; a longer one is treated as it stands. */
const ROUNDS_MAX = 20

/** Fills the temporary table membership_scope with the persons and all they are connected with. */
export async function fillScope(client: Queryable, persons: readonly number[]): Promise<void> {
  await client.query('CREATE TEMP TABLE membership_scope (person_ref bigint PRIMARY KEY, round integer NOT NULL) ON COMMIT DROP')
  await client.query('INSERT INTO membership_scope SELECT DISTINCT unnest($1::bigint[]), 0', [persons])
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const { rowCount } = await client.query(expandSql, [round])
    if (rowCount === 0) return
  }
}

/** One round: the neighbours of those who came in the round before. */
const expandSql = `
WITH s AS (SELECT person_ref FROM membership_scope WHERE round = $1::integer - 1)
INSERT INTO membership_scope (person_ref, round)
SELECT DISTINCT person_ref, $1::integer FROM (
  SELECT mate.person_ref FROM s JOIN warehouse.cspd_family_booklet own USING (person_ref)
    JOIN warehouse.cspd_family_booklet mate ON mate.civil_record_no = own.civil_record_no
  UNION ALL
  SELECT mate.person_ref FROM s JOIN warehouse.rbd_residents own USING (person_ref)
    JOIN warehouse.rbd_residents mate ON mate.family_file_no = own.family_file_no
  UNION ALL
  SELECT c.guardian_ref FROM s JOIN warehouse.sjd_custody c USING (person_ref)
  UNION ALL
  SELECT c.person_ref FROM s JOIN warehouse.sjd_custody c ON c.guardian_ref = s.person_ref
  UNION ALL
  SELECT m.person_ref FROM s JOIN warehouse.rbd_residents USING (person_ref) JOIN warehouse.cspd_marriage_info m ON m.spouse_ref = s.person_ref
  UNION ALL
  SELECT m.spouse_ref FROM s JOIN warehouse.cspd_marriage_info m USING (person_ref) JOIN warehouse.rbd_residents r ON r.person_ref = m.spouse_ref
  UNION ALL
  SELECT mate.person_ref FROM s JOIN household_member own ON own.person_ref = s.person_ref AND own.valid_to IS NULL
    JOIN household_member mate ON mate.household_ref = own.household_ref AND mate.valid_to IS NULL
  UNION ALL
  SELECT mate.person_ref FROM s JOIN verified_residence v USING (person_ref) JOIN household h USING (household_ref)
    JOIN warehouse.cspd_family_booklet mate ON mate.civil_record_no = h.record_no AND h.basis = 'booklet'
  UNION ALL
  SELECT mate.person_ref FROM s JOIN verified_residence v USING (person_ref) JOIN household h USING (household_ref)
    JOIN warehouse.rbd_residents mate ON mate.family_file_no = h.record_no AND h.basis = 'residency'
  UNION ALL
  SELECT v.person_ref FROM s JOIN warehouse.cspd_family_booklet own USING (person_ref)
    JOIN household h ON h.record_no = own.civil_record_no AND h.basis = 'booklet' JOIN verified_residence v USING (household_ref)
  UNION ALL
  SELECT v.person_ref FROM s JOIN warehouse.rbd_residents own USING (person_ref)
    JOIN household h ON h.record_no = own.family_file_no AND h.basis = 'residency' JOIN verified_residence v USING (household_ref)
) AS neighbour
WHERE person_ref IS NOT NULL
ON CONFLICT DO NOTHING`
