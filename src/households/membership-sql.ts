/**
 * The rules of membership as set-based SQL over the civil core, for the whole nation and for some persons alike.
 *
 * Step by step: who is dead; which booklet or residency file each living person stands on; where verified residences and custody orders
 * move them; who is head. A person whom these rules leave in two households stays in both: that conflict is shown, not settled.
 */

export interface MembershipScope {
  /** Day on which orders, residences and deaths are read, as ISO text. */
  readonly asOf: string
  /** True: only the persons of the temporary table membership_scope. */
  readonly scoped: boolean
}

/** Statements that end in the temporary table `m_member` (household_ref, person_ref, is_head, relationship, basis). */
export function membershipSteps({ asOf, scoped }: MembershipScope): string[] {
  const day = `DATE '${asOf}'`
  const within = (alias: string): string => (scoped ? `AND ${alias}.person_ref IN (SELECT person_ref FROM membership_scope)` : '')
  const alive = (alias: string): string => `NOT EXISTS (SELECT FROM m_dead d WHERE d.person_ref = ${alias}.person_ref)`
  return [
    `CREATE TEMP TABLE m_dead ON COMMIT DROP AS
     SELECT person_ref FROM warehouse.cspd_death_info d WHERE (death_date IS NULL OR death_date <= ${day}) ${within('d')}`,
    'ANALYZE m_dead',

    // Who heads a booklet or is spouse on one has left the parents' booklet, even if its copy does not say so yet.
    `CREATE TEMP TABLE m_record ON COMMIT DROP AS
     SELECT person_ref, 'booklet' AS household_basis, record_no, 'booklet' AS basis, role FROM (
       SELECT person_ref, civil_record_no AS record_no, coalesce(role, 'other') AS role,
         rank() OVER (PARTITION BY person_ref ORDER BY CASE WHEN role IN ('head', 'spouse') THEN 0 ELSE 1 END) AS place
       FROM warehouse.cspd_family_booklet b WHERE ${alive('b')} ${within('b')}) AS ranked
     WHERE place = 1`,

    // A residency file follows the Jordanian whom one of its members is married to; else it is a household of its own.
    `CREATE TEMP TABLE m_file ON COMMIT DROP AS
     SELECT person_ref, family_file_no, coalesce(role, 'other') AS role FROM warehouse.rbd_residents r
     WHERE family_file_no IS NOT NULL AND ${alive('r')} ${within('r')}`,
    'ANALYZE m_record',
    'ANALYZE m_file',
    `WITH tie AS (
       SELECT f.family_file_no, min(b.record_no) AS record_no
       FROM m_file f
       JOIN warehouse.cspd_marriage_info m ON m.spouse_ref = f.person_ref AND (m.end_date IS NULL OR m.end_date > ${day})
       JOIN m_record b ON b.person_ref = m.person_ref
       GROUP BY f.family_file_no HAVING count(DISTINCT b.record_no) = 1)
     INSERT INTO m_record
     SELECT f.person_ref, CASE WHEN t.record_no IS NULL THEN 'residency' ELSE 'booklet' END, coalesce(t.record_no, f.family_file_no), 'residency',
       CASE WHEN t.record_no IS NOT NULL AND f.role = 'head' THEN 'spouse' ELSE f.role END
     FROM m_file f LEFT JOIN tie t USING (family_file_no)
     -- Who became a citizen may stand on the booklet already.
     WHERE NOT EXISTS (SELECT FROM m_record own WHERE own.person_ref = f.person_ref AND own.record_no = t.record_no AND own.household_basis = 'booklet')`,

    `INSERT INTO household (basis, record_no)
     SELECT household_basis, record_no FROM (SELECT DISTINCT household_basis, record_no FROM m_record) AS met
     WHERE NOT EXISTS (SELECT FROM household h WHERE h.record_no = met.record_no AND h.basis = met.household_basis)
     ORDER BY record_no, household_basis`,
    `CREATE TEMP TABLE m_home ON COMMIT DROP AS
     SELECT r.person_ref, h.household_ref, r.basis, r.role
     FROM m_record r JOIN household h ON h.record_no = r.record_no AND h.basis = r.household_basis`,

    `CREATE TEMP TABLE m_move ON COMMIT DROP AS
     SELECT v.person_ref, v.household_ref, v.basis, v.relationship AS role FROM verified_residence v
     WHERE v.valid_from <= ${day} AND (v.valid_to IS NULL OR v.valid_to > ${day}) AND ${alive('v')} ${within('v')}`,
    'DELETE FROM m_home h USING m_move v WHERE h.person_ref = v.person_ref',
    'INSERT INTO m_home SELECT * FROM m_move',
    'ANALYZE m_home',

    custodySql(day, alive('c'), within('c')),
    'DELETE FROM m_home h USING m_custody c WHERE h.person_ref = c.person_ref',
    'INSERT INTO m_home SELECT * FROM m_custody',

    `CREATE TEMP TABLE m_head ON COMMIT DROP AS
     SELECT household_ref, min(person_ref) AS person_ref, 'head' AS role FROM m_home WHERE role = 'head' GROUP BY household_ref HAVING count(*) = 1`,
    // The head died or left, or there are two: the spouse, else the eldest.
    `INSERT INTO m_head
     SELECT DISTINCT ON (h.household_ref) h.household_ref, h.person_ref, h.role
     FROM m_home h
     LEFT JOIN warehouse.cspd_personal_info p ON p.person_ref = h.person_ref
     LEFT JOIN warehouse.rbd_residents r ON r.person_ref = h.person_ref
     WHERE NOT EXISTS (SELECT FROM m_head k WHERE k.household_ref = h.household_ref)
     ORDER BY h.household_ref, CASE h.role WHEN 'head' THEN 0 WHEN 'spouse' THEN 1 ELSE 2 END,
       coalesce(p.birth_date, r.birth_date) NULLS LAST, h.person_ref`,
    'ANALYZE m_head',

    // "other" on a booklet is a parent, a brother or sister or a grandchild of the head where lineage says so.
    `CREATE TEMP TABLE m_kin ON COMMIT DROP AS
     SELECT h.person_ref, h.household_ref, CASE
         WHEN h.person_ref IN (head_line.father_ref, head_line.mother_ref) THEN 'parent'
         WHEN own_line.father_ref = head_line.father_ref OR own_line.mother_ref = head_line.mother_ref THEN 'sibling'
         WHEN k.person_ref IN (father_line.father_ref, father_line.mother_ref, mother_line.father_ref, mother_line.mother_ref) THEN 'grandchild'
       END AS relationship
     FROM m_home h
     JOIN m_head k ON k.household_ref = h.household_ref
     LEFT JOIN warehouse.cspd_lineage head_line ON head_line.person_ref = k.person_ref
     LEFT JOIN warehouse.cspd_lineage own_line ON own_line.person_ref = h.person_ref
     LEFT JOIN warehouse.cspd_lineage father_line ON father_line.person_ref = own_line.father_ref
     LEFT JOIN warehouse.cspd_lineage mother_line ON mother_line.person_ref = own_line.mother_ref
     WHERE h.role = 'other'`,
    'DELETE FROM m_kin WHERE relationship IS NULL',
    'ANALYZE m_kin',
  ]
}

/** A child in custody lives with the guardian, wherever the guardian lives, unless a verified residence says otherwise. */
const custodySql = (day: string, alive: string, within: string): string => `
CREATE TEMP TABLE m_custody ON COMMIT DROP AS
SELECT c.person_ref, g.household_ref, 'custody' AS basis, CASE
    WHEN c.guardian_ref IN (own.father_ref, own.mother_ref) THEN 'child'
    WHEN c.guardian_ref IN (father.father_ref, father.mother_ref, mother.father_ref, mother.mother_ref) THEN 'grandchild'
    ELSE 'other' END AS role
FROM warehouse.sjd_custody c
JOIN (SELECT person_ref, min(household_ref) AS household_ref FROM m_home
      WHERE person_ref IN (SELECT guardian_ref FROM warehouse.sjd_custody)
      GROUP BY person_ref HAVING count(*) = 1) AS g ON g.person_ref = c.guardian_ref
LEFT JOIN warehouse.cspd_personal_info p ON p.person_ref = c.person_ref
LEFT JOIN warehouse.cspd_lineage own ON own.person_ref = c.person_ref
LEFT JOIN warehouse.cspd_lineage father ON father.person_ref = own.father_ref
LEFT JOIN warehouse.cspd_lineage mother ON mother.person_ref = own.mother_ref
WHERE (c.expiry_date IS NULL OR c.expiry_date > ${day}) AND (p.birth_date IS NULL OR p.birth_date > ${day} - INTERVAL '18 years')
  AND NOT EXISTS (SELECT FROM m_move v WHERE v.person_ref = c.person_ref) AND ${alive} ${within}`

/** The rows of membership as they should be, from the temporary tables of `membershipSteps`. */
export const membersSql = `
SELECT h.household_ref, h.person_ref, h.person_ref = k.person_ref AS is_head, CASE
    WHEN h.person_ref = k.person_ref THEN 'head'
    WHEN h.role = 'head' THEN 'other'
    WHEN h.role = 'child' AND k.role = 'child' AND h.basis <> 'custody' THEN 'sibling'
    ELSE coalesce(kin.relationship, h.role) END AS relationship, h.basis
FROM m_home h
JOIN m_head k ON k.household_ref = h.household_ref
LEFT JOIN m_kin kin ON kin.person_ref = h.person_ref AND kin.household_ref = h.household_ref`
