/** What the run is held against: the same facts of the same catalogue by one SQL statement in PostgreSQL, over the warehouse's own tables and indexes. */
import type { Database } from '../../../src/db/database.ts'
import { declaredFacts } from '../../../src/households/declared.ts'
import { declaredRecords } from '../../../src/households/record-sets.ts'
import { isoOfDay } from '../../../src/kernel/date.ts'
import type { Catalogue } from '../../../src/language/catalogue/catalogue.ts'
import { assemblySql } from '../../../src/language/catalogue/sql/assembly-sql.ts'
import { postgresql } from '../../../src/language/catalogue/sql/dialect.ts'

const CONNECTIONS = 2

export interface Baseline {
  /** With two connections at work. */
  readonly secondsPerHousehold: number
  readonly households: number
}

/**
 * Assembly only, of a sample: neither scores, ranks nor lists, and nothing is written; in PostgreSQL's favour. Each half of the sample is
 * computed once unmeasured, so that its pages are in memory and the statement is known.
 */
export async function sqlBaseline(
  { pool }: Database,
  catalogue: Catalogue,
  { asOf, households }: { readonly asOf: number; readonly households: number },
): Promise<Baseline> {
  const { rows } = await pool.query<{ ref: number }>(
    `SELECT household_ref AS ref FROM household WHERE household_ref % greatest(1, (SELECT count(*) / ${households} FROM household)) = 0 ORDER BY 1 LIMIT ${households}`,
  )
  const text = statement(catalogue, asOf)
  const halves = Array.from({ length: CONNECTIONS }, (_, at) =>
    rows.filter((_row, index) => index % CONNECTIONS === at).map(({ ref }) => ref),
  )
  const once = async (): Promise<number> => {
    const began = performance.now()
    await Promise.all(halves.map((refs) => assemble(pool, text, refs)))
    return (performance.now() - began) / 1000
  }
  await once()
  return { secondsPerHousehold: (await once()) / rows.length, households: rows.length }
}

async function assemble(pool: Database['pool'], text: string, refs: readonly number[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN READ ONLY')
    // As a whole-table query would be run by hand; and registries are read by their bare names.
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'; SET LOCAL search_path = warehouse, public")
    // The answer stays where it is: sending it is not what is measured.
    await client.query(`SELECT count(*), sum(length(f::text)) FROM (${text}) AS f`, [refs])
    await client.query('ROLLBACK')
  } finally {
    client.release(true)
  }
}

function statement(catalogue: Catalogue, asOf: number): string {
  const day = `DATE '${isoOfDay(asOf)}'`
  const members = `members AS MATERIALIZED (
    SELECT m.household_ref, m.person_ref, m.is_head, m.relationship AS relationship_code, h.basis AS basis_code, w.is_jordanian
    FROM public.household_member m JOIN public.household h USING (household_ref) LEFT JOIN warehouse.person w ON w.person_ref = m.person_ref
    WHERE m.household_ref = ANY ($1::bigint[]) AND m.valid_from <= ${day} AND (m.valid_to IS NULL OR m.valid_to > ${day})
      AND NOT EXISTS (SELECT FROM warehouse.cspd_death_info d WHERE d.person_ref = m.person_ref AND d.death_date <= ${day}))`
  return assemblySql(catalogue, postgresql, {
    ctes: [
      members,
      declaredRecords('household', declaredFacts(catalogue, 'household'), `'[]'`),
      declaredRecords('person', declaredFacts(catalogue, 'person'), `'[]'`),
    ],
    asOf: day,
    asOfDay: asOf,
    usable: () => 'TRUE',
    isJordanian: (ref) => `(SELECT w.is_jordanian FROM warehouse.person w WHERE w.person_ref = ${ref})`,
  }).text
}
