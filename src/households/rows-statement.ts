/** The one statement that fetches what a household's facts are computed from: members, relatives, states of registries, and the rows of each registry that is read. */
import { sha256 } from '../kernel/canonical.ts'
import type { Catalogue, Relation } from '../language/catalogue/catalogue.ts'
import { type Reads, readsOf } from '../language/catalogue/assembly/reads.ts'
import type { RegistryRead } from '../language/catalogue/assembly/rows.ts'
import { identifier } from '../language/catalogue/sql/dialect.ts'
import { relationPairs } from '../language/catalogue/sql/relatives-sql.ts'
import { rowsTextSql } from './row-text.ts'

export interface RowsStatement {
  readonly name: string
  readonly text: string
  readonly reads: Reads
}

/**
 * Parameters: $1 household_ref, $2 as-of date. One row: JSON of members, relatives, pairs, members whose parents
 * are listed, registry states (as text: they are mostly those of the request before), then the text of each registry's rows in the order of `reads.registries`. One statement sees one
 * snapshot of the database, so that nothing of it is older than the rest.
 */
export function rowsStatement(catalogue: Catalogue, wanted: ReadonlySet<string> | null): RowsStatement {
  const reads = readsOf(catalogue, wanted)
  const ctes = [
    ...foundByCtes(reads.foundBy),
    membersCte,
    pairCte([...new Set([...reads.anywhere, ...reads.within])]),
    `own AS MATERIALIZED (SELECT array_agg(person_ref) AS refs FROM members)`,
    `everybody AS MATERIALIZED (SELECT array_agg(person_ref) AS refs FROM (SELECT person_ref FROM members UNION SELECT relative_ref FROM pair) u)`,
  ]
  const columns = [
    `(SELECT json_agg(json_build_array(person_ref, is_head, relationship, basis, is_jordanian) ORDER BY is_head DESC, person_ref) FROM members)`,
    `(SELECT json_agg(json_build_array(u.relative_ref, ${isJordanian('u.relative_ref')})) FROM (SELECT DISTINCT relative_ref FROM pair) u)`,
    `(SELECT json_agg(json_build_array(relation, person_ref, relative_ref)) FROM pair)`,
    reads.foundBy.includes('cspd_lineage')
      ? `(SELECT json_agg(l.person_ref) FROM members m JOIN cspd_lineage l USING (person_ref) WHERE l.father_ref IS NOT NULL AND l.mother_ref IS NOT NULL)`
      : 'NULL::json',
    `(SELECT json_agg(json_build_array(registry, load_id, as_of) ORDER BY registry)::text FROM warehouse.registry_state)`,
    ...reads.registries.map(registryRows),
  ]
  const text = `WITH ${ctes.join(',\n')}\nSELECT ${columns.join(',\n')}`
  return { name: `rows-${sha256(text).slice(0, 24)}`, text, reads }
}

/** SQL: whether the person is a Jordanian; NULL where nobody knows. */
export const isJordanian = (personRef: string): string =>
  `(SELECT w.is_jordanian FROM warehouse.person w WHERE w.person_ref = ${personRef})`

/** Registries by which relatives are found, under the names that relations know them by. */
export const foundByCtes = (registries: readonly string[]): string[] =>
  registries.map((id) => `${identifier(id)} AS NOT MATERIALIZED (SELECT * FROM warehouse.${identifier(id)})`)

/** Members and their relatives anywhere, by relation. */
export function pairCte(relations: readonly Relation[]): string {
  const pairs = relations.map(
    (relation) => `SELECT '${relation}' AS relation, k.person_ref, k.relative_ref FROM (${relationPairs(relation)}) k`,
  )
  const nobody = "SELECT '' AS relation, 0::bigint AS person_ref, 0::bigint AS relative_ref WHERE FALSE"
  return `pair AS MATERIALIZED (${pairs.length > 0 ? pairs.join(' UNION ALL ') : nobody})`
}

/** Living members of the household $1 on the day $2. */
export const membersCte = `members AS MATERIALIZED (SELECT m.person_ref, m.is_head, m.relationship, h.basis, ${isJordanian('m.person_ref')} AS is_jordanian
  FROM household_member m JOIN household h ON h.household_ref = m.household_ref WHERE m.household_ref = $1 AND m.valid_from <= $2::date AND (m.valid_to IS NULL OR m.valid_to > $2::date)
    AND NOT EXISTS (SELECT 1 FROM warehouse.cspd_death_info dead WHERE dead.person_ref = m.person_ref AND dead.death_date <= $2::date))`

function registryRows(read: RegistryRead): string {
  const { registry, relativesColumns } = read
  const table = `warehouse.${identifier(registry.id)} r`
  const refs = (of: 'own' | 'everybody'): string => `r.person_ref = ANY ((SELECT refs FROM ${of})::bigint[])`
  return relativesColumns === null
    ? `(SELECT ${rowsTextSql(read)} FROM ${table} WHERE ${refs('own')})`
    : `(SELECT ${rowsTextSql(read)} FROM own, ${table} WHERE ${refs('everybody')})`
}
