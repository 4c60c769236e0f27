import type { Relation } from '../catalogue.ts'
import type { Prelude } from './prelude.ts'

/** The civil registry's lineage and marriages: the only registries that the assembly knows by name. */
const LINEAGE = 'cspd_lineage'
const MARRIAGES = 'cspd_marriage_info'

const PAIRS: Readonly<Partial<Record<Relation, string>>> = {
  parents: `SELECT p.person_ref, l.father_ref AS relative_ref FROM members p JOIN ${LINEAGE} l ON l.person_ref = p.person_ref WHERE l.father_ref IS NOT NULL
    UNION SELECT p.person_ref, l.mother_ref FROM members p JOIN ${LINEAGE} l ON l.person_ref = p.person_ref WHERE l.mother_ref IS NOT NULL`,
  children: `SELECT p.person_ref, l.person_ref AS relative_ref FROM members p JOIN ${LINEAGE} l ON l.father_ref = p.person_ref
    UNION SELECT p.person_ref, l.person_ref FROM members p JOIN ${LINEAGE} l ON l.mother_ref = p.person_ref`,
  siblings: `SELECT p.person_ref, s.person_ref AS relative_ref FROM members p JOIN ${LINEAGE} l ON l.person_ref = p.person_ref JOIN ${LINEAGE} s ON s.father_ref = l.father_ref WHERE s.person_ref <> p.person_ref
    UNION SELECT p.person_ref, s.person_ref FROM members p JOIN ${LINEAGE} l ON l.person_ref = p.person_ref JOIN ${LINEAGE} s ON s.mother_ref = l.mother_ref WHERE s.person_ref <> p.person_ref`,
  // Who stands in two households is in `members` twice.
  spouse: `SELECT DISTINCT p.person_ref, m.spouse_ref AS relative_ref FROM members p JOIN ${MARRIAGES} m ON m.person_ref = p.person_ref WHERE m.end_date IS NULL AND m.spouse_ref IS NOT NULL`,
}

/** Pairs (person_ref, relative_ref) of the household's members and their relatives anywhere. */
export const relationCte = (relation: Relation): string => `rel_${relation} AS MATERIALIZED (${relationPairs(relation)})`

/** FROM and WHERE of the relatives' facts `f` of the person `p`; within the household they are rows of the same step. */
export function relationRows(relation: Relation, within: 'household' | 'anywhere', step: string): string {
  if (within === 'anywhere')
    return `rel_${relation} k JOIN relatives_elsewhere f ON f.person_ref = k.relative_ref WHERE k.person_ref = p.person_ref`
  const others = `${step} f WHERE f.household_ref = p.household_ref AND f.person_ref <> p.person_ref`
  if (relation === 'members' || relation === 'otherMembers') return others
  return `${others} AND (p.person_ref, f.person_ref) IN (${relationPairs(relation)})`
}

/** SQL boolean: the person `r` may have relatives of this kind that no registry lists. */
export function relationOpen(relation: Relation, prelude: Prelude): string {
  switch (relation) {
    case 'members':
    case 'otherMembers':
      return 'FALSE'
    case 'spouse':
      return `(NOT ${prelude.usable(MARRIAGES)} OR r.is_jordanian IS NOT TRUE)`
    case 'children':
      return `(NOT ${prelude.usable(LINEAGE)} OR r.is_jordanian IS NOT TRUE)`
    case 'parents':
    case 'siblings':
      return `(NOT ${prelude.usable(LINEAGE)} OR NOT EXISTS (SELECT 1 FROM ${LINEAGE} l WHERE l.person_ref = r.person_ref AND l.father_ref IS NOT NULL AND l.mother_ref IS NOT NULL))`
  }
}

/** Registries that relatives of a kind are found by. */
export const relationRegistry = (relation: Relation): string | null =>
  relation === 'members' || relation === 'otherMembers' ? null : relation === 'spouse' ? MARRIAGES : LINEAGE

/** Query of the pairs (person_ref, relative_ref) of `members` and their relatives of a kind. */
export function relationPairs(relation: Relation): string {
  const pairs = PAIRS[relation]
  // INVARIANT: members and other members are found by household, never by pairs.
  if (!pairs) throw new Error(`${relation} are not found by lineage`)
  return pairs
}
