/**
 * Who is whose relative, in the replica: one table a relation and reach, from the civil registry's lineage and marriages, whose rows
 * stand under the homes of their persons. Relatives are numbered in the order in which their own rows stand.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Reads } from '../../language/catalogue/assembly/reads.ts'
import type { Relation } from '../../language/catalogue/catalogue.ts'
import { bucketOf } from '../../warehouse/replica/refresh-registry.ts'

/** Registries that kin is made of. */
export const KIN_REGISTRIES: readonly string[] = ['cspd_lineage', 'cspd_marriage_info']

export const kinTable = (relation: Relation, reach: 'within' | 'anywhere'): string => `kin_${relation}_${reach}`

/** With the registries of which relatives are asked: only of those are changes held against whose relatives they are. */
export const kinStamp = ({ anywhere, within, registries }: Pick<Reads, 'anywhere' | 'within' | 'registries'>): string => {
  const asked = registries.flatMap(({ registry, relativesColumns }) => (relativesColumns ? [registry.id] : []))
  return [...anywhere, '/', ...within, '/', ...asked].join()
}

/** Makes all tables of kin anew: `relative`, one for each relation and reach, and `parents_listed`. */
export async function makeKin(connection: DuckDBConnection, { anywhere, within }: Pick<Reads, 'anywhere' | 'within'>): Promise<void> {
  for (const relation of anywhere)
    await connection.run(`CREATE OR REPLACE TEMP TABLE pair_${relation} AS ${ANYWHERE[relation] ?? fail(relation)}`)
  const refs = anywhere.map((relation) => `SELECT relative_ref AS person_ref FROM pair_${relation}`)
  const nobody = 'SELECT 0::BIGINT AS person_ref WHERE FALSE'
  await connection.run(`CREATE OR REPLACE TABLE relative AS
    SELECT (row_number() OVER (ORDER BY home, person_ref) - 1)::INTEGER AS place, home, person_ref, is_jordanian FROM (
      SELECT q.person_ref, coalesce(h.home, ${bucketOf('q.person_ref')}) AS home, w.is_jordanian FROM (${refs.join(' UNION ') || nobody}) q
      LEFT JOIN (SELECT * FROM member_home h ANTI JOIN extra_home e ON e.person_ref = h.person_ref AND e.home = h.home) h ON h.person_ref = q.person_ref
      LEFT JOIN person w ON w.person_ref = q.person_ref) ORDER BY place`)
  for (const relation of anywhere)
    await connection.run(`CREATE OR REPLACE TABLE ${kinTable(relation, 'anywhere')} AS SELECT k.home, k.person_ref, r.place
      FROM pair_${relation} k JOIN relative r ON r.person_ref = k.relative_ref ORDER BY k.home, k.person_ref; DROP TABLE pair_${relation}`)
  for (const relation of within)
    await connection.run(
      `CREATE OR REPLACE TABLE ${kinTable(relation, 'within')} AS SELECT * FROM (${WITHIN[relation] ?? fail(relation)}) ORDER BY home, person_ref`,
    )
  await connection.run(`CREATE OR REPLACE TABLE parents_listed AS SELECT DISTINCT home, person_ref FROM cspd_lineage
    WHERE father_ref IS NOT NULL AND mother_ref IS NOT NULL AND home >= 0 ORDER BY home, person_ref`)
}

function fail(relation: Relation): never {
  throw new Error(`${relation} are not found by lineage`)
}

// One row of lineage a person and home; rows under a bucket are of persons in no household.
const LINE = `(SELECT l.* FROM cspd_lineage l ANTI JOIN extra_home e ON e.person_ref = l.person_ref AND e.home = l.home)`
const isOther = (father: string, mother: string): string => `${mother} IS DISTINCT FROM ${father}`

/** Queries of (home, person_ref, relative_ref), each pair once for each home of the person. */
const ANYWHERE: Readonly<Partial<Record<Relation, string>>> = {
  parents: `SELECT home, person_ref, father_ref AS relative_ref FROM cspd_lineage WHERE home >= 0 AND father_ref IS NOT NULL
    UNION ALL SELECT home, person_ref, mother_ref FROM cspd_lineage WHERE home >= 0 AND mother_ref IS NOT NULL AND ${isOther('father_ref', 'mother_ref')}`,
  children: `SELECT h.home, h.person_ref, l.person_ref AS relative_ref FROM ${LINE} l JOIN member_home h ON h.person_ref = l.father_ref
    UNION ALL SELECT h.home, h.person_ref, l.person_ref FROM ${LINE} l JOIN member_home h ON h.person_ref = l.mother_ref WHERE ${isOther('l.father_ref', 'l.mother_ref')}`,
  siblings: `SELECT l.home, l.person_ref, s.person_ref AS relative_ref FROM cspd_lineage l JOIN ${LINE} s ON s.father_ref = l.father_ref WHERE l.home >= 0 AND s.person_ref <> l.person_ref
    UNION SELECT l.home, l.person_ref, s.person_ref FROM cspd_lineage l JOIN ${LINE} s ON s.mother_ref = l.mother_ref WHERE l.home >= 0 AND s.person_ref <> l.person_ref`,
  spouse: `SELECT DISTINCT home, person_ref, spouse_ref AS relative_ref FROM cspd_marriage_info WHERE home >= 0 AND end_date IS NULL AND spouse_ref IS NOT NULL`,
}

const WITHIN: Readonly<Partial<Record<Relation, string>>> = {
  parents: among(ANYWHERE.parents as string),
  children: among(ANYWHERE.children as string),
  // Both stand in one home: no search of the whole nation.
  siblings: `SELECT l.home, l.person_ref, s.person_ref AS relative_ref FROM cspd_lineage l JOIN cspd_lineage s ON s.home = l.home AND s.father_ref = l.father_ref
      WHERE l.home >= 0 AND s.person_ref <> l.person_ref
    UNION ALL SELECT l.home, l.person_ref, s.person_ref FROM cspd_lineage l JOIN cspd_lineage s ON s.home = l.home AND s.mother_ref = l.mother_ref
      WHERE l.home >= 0 AND s.person_ref <> l.person_ref AND (s.father_ref = l.father_ref) IS NOT TRUE`,
  spouse: among(ANYWHERE.spouse as string),
}

function among(pairs: string): string {
  return `SELECT k.* FROM (${pairs}) k SEMI JOIN member_home o ON o.home = k.home AND o.person_ref = k.relative_ref WHERE k.relative_ref <> k.person_ref`
}

/**
 * Adds to `changed_home` the homes of those who have a relative among `changed_relative`; what of lineage changed goes
 * through `noteParents` before and after.
 */
export async function noteOwners(connection: DuckDBConnection, { anywhere }: Pick<Reads, 'anywhere'>): Promise<void> {
  for (const relation of anywhere)
    await connection.run(`INSERT INTO changed_home SELECT DISTINCT k.home FROM ${kinTable(relation, 'anywhere')} k
      SEMI JOIN (SELECT r.place FROM relative r SEMI JOIN changed_relative c ON c.person_ref = r.person_ref) r ON r.place = k.place`)
}

/** Adds the homes of the parents of `touched`, and of all their children, as lineage has them now. */
export async function noteParents(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE parent AS
    WITH line AS (SELECT father_ref, mother_ref FROM cspd_lineage l SEMI JOIN touched t ON t.person_ref = l.person_ref)
    SELECT DISTINCT person_ref FROM (SELECT father_ref AS person_ref FROM line UNION ALL SELECT mother_ref FROM line) WHERE person_ref IS NOT NULL;
    INSERT INTO changed_home SELECT h.home FROM member_home h SEMI JOIN parent p ON p.person_ref = h.person_ref;
    INSERT INTO changed_home SELECT l.home FROM cspd_lineage l SEMI JOIN parent p ON p.person_ref = l.father_ref WHERE l.home >= 0
      UNION SELECT l.home FROM cspd_lineage l SEMI JOIN parent p ON p.person_ref = l.mother_ref WHERE l.home >= 0`)
}
