/** Whose address is kept from others: by an officer's word, or by a registry whose definition says which of its rows mean it. */
import type { Queryable } from '../db/queryable.ts'
import type { RegistryDefinition } from './registry-definition.ts'

/** References among those asked for, or of everybody (null); of both sources. */
export async function shelteredPersons(db: Queryable, among: readonly number[] | null): Promise<ReadonlySet<number>> {
  if (among?.length === 0) return new Set()
  const { rows } = await db.query<{ person: number }>(
    among === null
      ? { name: 'sheltered-persons', text: 'SELECT DISTINCT person_ref AS person FROM warehouse.sheltered' }
      : {
          name: 'sheltered-among',
          text: 'SELECT DISTINCT person_ref AS person FROM warehouse.sheltered WHERE person_ref = ANY ($1::bigint[])',
          values: [among],
        },
  )
  return new Set(rows.map(({ person }) => person))
}

/** Everybody of whom no address is told: also who lives with somebody sheltered. */
export async function personsWithKeptAddress(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ person: number }>({
    name: 'addresses-kept',
    text: 'SELECT DISTINCT person_ref AS person FROM warehouse.address_kept',
  })
  return rows.map(({ person }) => person)
}

/** The person behind a National ID, and whether their address is told, in one round trip; null for a number that the vault does not know. */
export async function keptAddressOf(
  db: Queryable,
  number: string,
): Promise<{ readonly personRef: number; readonly isKept: boolean } | null> {
  const { rows } = await db.query<{ personRef: number; isKept: boolean }>({
    name: 'address-kept-of',
    text: `SELECT i.person_ref AS "personRef", EXISTS (SELECT FROM warehouse.address_kept k WHERE k.person_ref = i.person_ref) AS "isKept"
           FROM identity.identifier i WHERE i.number = $1`,
    values: [number],
  })
  return rows[0] ?? null
}

/** Writes the view of sheltered persons anew when a definition says another thing than before; its table exists. */
export async function ensureShelterSources(client: Queryable, definitions: readonly RegistryDefinition[]): Promise<void> {
  const given = definitions.map(({ id, shelters }) => ({ id, codes: shelters ?? null }))
  const { rowCount } = await client.query(
    `WITH given AS (SELECT id, codes FROM jsonb_to_recordset($1::jsonb) AS g (id text, codes jsonb)),
       gone AS (DELETE FROM warehouse.shelter_source s USING given g WHERE s.registry = g.id AND g.codes IS NULL RETURNING s.registry),
       kept AS (INSERT INTO warehouse.shelter_source (registry, codes) SELECT id, codes FROM given WHERE codes IS NOT NULL
         ON CONFLICT (registry) DO UPDATE SET codes = EXCLUDED.codes WHERE shelter_source.codes <> EXCLUDED.codes RETURNING registry)
     SELECT FROM gone UNION ALL SELECT FROM kept`,
    [JSON.stringify(given)],
  )
  if (rowCount === 0) return
  const { rows } = await client.query<{ parts: string | null }>(
    `SELECT string_agg(format(E'\\nUNION ALL SELECT person_ref FROM warehouse.%I WHERE %s', registry, conditions), '' ORDER BY registry) AS parts
     FROM warehouse.shelter_source, LATERAL (SELECT string_agg(format('%I = %L', key, value), ' AND ' ORDER BY key) AS conditions FROM jsonb_each_text(codes)) c`,
  )
  const officers = 'SELECT person_ref FROM warehouse.sheltered_person WHERE ended_at IS NULL'
  await client.query(`CREATE OR REPLACE VIEW warehouse.sheltered AS ${officers}${rows[0]?.parts ?? ''}`)
}

/** Keeps which columns tell an address, for the views of entities; resolves to whether any of these definitions says another thing than before. */
export async function ensureAddressColumns(client: Queryable, definitions: readonly RegistryDefinition[]): Promise<boolean> {
  const marks = definitions.flatMap(({ id, columns }) => columns.flatMap(({ name, address }) => (address === true ? [[id, name]] : [])))
  const { rows } = await client.query<{ changed: number }>(
    `WITH marked AS (SELECT * FROM unnest($2::text[], $3::text[]) AS m (registry, column_name)),
       gone AS (DELETE FROM warehouse.address_column a WHERE registry = ANY ($1::text[])
         AND NOT EXISTS (SELECT FROM marked m WHERE (m.registry, m.column_name) = (a.registry, a.column_name)) RETURNING 1),
       kept AS (INSERT INTO warehouse.address_column SELECT * FROM marked ON CONFLICT DO NOTHING RETURNING 1)
     SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept) AS changed`,
    [definitions.map(({ id }) => id), marks.map(([registry]) => registry), marks.map(([, name]) => name)],
  )
  return Number(rows[0]?.changed) > 0
}
