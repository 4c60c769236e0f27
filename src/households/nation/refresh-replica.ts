/** Brings the columnar replica up to what PostgreSQL holds: registries whose place in the change sequence moved, membership, kin. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import { sha256 } from '../../kernel/canonical.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import { relationPairs } from '../../language/catalogue/sql/relatives-sql.ts'
import type { RegistryStateRow } from '../registry-state.ts'
import { copyQuery } from '../../warehouse/replica/copy-query.ts'
import { bucketOf, copyRegistry, type ReplicatedRegistry } from '../../warehouse/replica/refresh-registry.ts'

export interface ReplicaRefresh {
  /** Registries that were copied; the others stood where they were. */
  readonly copied: readonly string[]
  /** The greatest place in the change sequence that the replica holds. */
  readonly seq: number
  /** Where each registry stood in the snapshot that was copied. */
  readonly states: readonly RegistryStateRow[]
  /** Hash of everything that the replica holds. */
  readonly stamp: string
}

interface State extends RegistryStateRow {
  readonly seq: string
  readonly row_count: string
}

/** Registries that stand in the replica whatever a catalogue reads: they tell who lives, and who is whose child. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  cspd_lineage: ['father_ref', 'mother_ref'],
  cspd_marriage_info: ['spouse_ref', 'end_date'],
  cspd_death_info: ['death_date'],
}

/** What of the warehouse the replica holds: every column that some fact of the catalogue reads. */
export function replicatedRegistries(catalogue: Catalogue): ReplicatedRegistry[] {
  const read = new Map(
    readsOf(catalogue, null).registries.map(({ registry, columns }) => [registry.id, new Set(columns.map(({ name }) => name))]),
  )
  for (const [id, columns] of Object.entries(ALWAYS)) read.set(id, new Set([...(read.get(id) ?? []), ...columns]))
  return [...catalogue.registries.values()].flatMap(({ id, columns }) => {
    const names = read.get(id)
    return names ? [{ id, columns: columns.filter(({ name }) => names.has(name)) }] : []
  })
}

/**
 * One snapshot of PostgreSQL, one transaction of DuckDB: whoever reads the replica afterwards sees all of it or what was before.
 * `rebuild` copies everything, whatever the replica says that it holds.
 */
export async function refreshReplica(
  {
    database,
    catalogue,
    connection,
    file,
  }: { readonly database: Database; readonly catalogue: Catalogue; readonly connection: DuckDBConnection; readonly file: string },
  {
    rebuild = false,
    onProgress,
  }: { readonly rebuild?: boolean; readonly onProgress?: (done: number, total: number, what: string) => void } = {},
): Promise<ReplicaRefresh> {
  return database.transaction(
    async ({ client }) => {
      await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET TRANSACTION READ ONLY')
      await connection.run('BEGIN')
      try {
        const refreshed = await refresh(client, connection, { catalogue, file, rebuild, ...(onProgress ? { onProgress } : {}) })
        await connection.run('COMMIT')
        return refreshed
      } catch (error) {
        await connection.run('ROLLBACK').catch(() => undefined)
        throw error
      }
    },
    { isolation: 'repeatable read' },
  )
}

interface Refreshing {
  readonly catalogue: Catalogue
  readonly file: string
  readonly rebuild: boolean
  readonly onProgress?: (done: number, total: number, what: string) => void
}

async function refresh(
  client: pg.ClientBase,
  connection: DuckDBConnection,
  { catalogue, file, rebuild, onProgress }: Refreshing,
): Promise<ReplicaRefresh> {
  await connection.run('CREATE TABLE IF NOT EXISTS replica_state (name VARCHAR, stamp VARCHAR)')
  const held = rebuild ? new Map<string, string>() : await stamps(connection)
  const states = new Map(
    (await client.query<State>('SELECT registry, load_id, as_of, seq, row_count FROM warehouse.registry_state ORDER BY registry')).rows.map(
      (row) => [row.registry, row],
    ),
  )
  const registries = replicatedRegistries(catalogue)
  const membership = await membershipStamp(client)
  const moved = held.get('membership') !== membership
  const copied: string[] = []
  const remember = async (name: string, stamp: string): Promise<void> => {
    await connection.run('DELETE FROM replica_state WHERE name = $name', { name })
    await connection.run('INSERT INTO replica_state VALUES ($name, $stamp)', { name, stamp })
  }
  const total = registries.length + 2
  let done = 0
  const step = (what: string): void => onProgress?.(++done, total, what)
  if (moved) {
    await copyMembership(client, connection, `${file}.membership.csv`)
    await remember('membership', membership)
  }
  step('membership')
  for (const registry of registries) {
    const state = states.get(registry.id)
    const stamp = sha256(
      JSON.stringify([
        state?.seq ?? null,
        state?.row_count ?? null,
        membership,
        registry.columns.map(({ name, type, scale, codes }) => [name, type, scale, codes]),
      ]),
    )
    if (held.get(registry.id) !== stamp) {
      await copyRegistry(client, connection, registry, `${file}.${registry.id}.csv`)
      await remember(registry.id, stamp)
      copied.push(registry.id)
    }
    step(registry.id)
  }
  const relations = [...readsOf(catalogue, null).anywhere, ...readsOf(catalogue, null).within].join()
  if (moved || copied.some((id) => Object.hasOwn(ALWAYS, id)) || held.get('kin') !== relations) {
    await makeKin(connection, catalogue)
    await remember('kin', relations)
  }
  step('kin')
  return {
    copied,
    seq: Math.max(0, ...[...states.values()].map(({ seq }) => Number(seq))),
    states: [...states.values()],
    stamp: sha256(JSON.stringify([...(await stamps(connection))].toSorted(([a], [b]) => (a < b ? -1 : 1)))),
  }
}

async function stamps(connection: DuckDBConnection): Promise<Map<string, string>> {
  const rows = (await connection.runAndReadAll('SELECT name, stamp FROM replica_state')).getRows()
  return new Map(rows.map(([name, stamp]) => [String(name), String(stamp)]))
}

/** Membership has no place in the change sequence of its own; its rows are counted and their hashes added up. */
async function membershipStamp(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ stamp: string }>(
    `SELECT count(*) || ' ' || coalesce(sum(hashint8(person_ref)::bigint * 31 + hashint8(household_ref) + hashtext(relationship || basis) + is_head::int
       + (valid_from - DATE '2000-01-01') * 7 + coalesce(valid_to - DATE '2000-01-01', -1) * 13), 0) AS stamp FROM household_member`,
  )
  return rows[0]?.stamp ?? ''
}

async function copyMembership(client: pg.ClientBase, connection: DuckDBConnection, file: string): Promise<void> {
  await copyQuery(client, connection, {
    query: `SELECT m.household_ref, m.person_ref, m.is_head::int, m.relationship, h.basis, m.valid_from - DATE '1970-01-01', m.valid_to - DATE '1970-01-01', w.is_jordanian::int
      FROM household_member m JOIN household h ON h.household_ref = m.household_ref LEFT JOIN warehouse.person w ON w.person_ref = m.person_ref`,
    columns: [
      { name: 'home', type: 'BIGINT' },
      { name: 'person_ref', type: 'BIGINT' },
      { name: 'is_head', type: 'TINYINT' },
      { name: 'relationship', type: 'VARCHAR' },
      { name: 'basis', type: 'VARCHAR' },
      { name: 'valid_from', type: 'INTEGER' },
      { name: 'valid_to', type: 'INTEGER' },
      { name: 'is_jordanian', type: 'TINYINT' },
    ],
    into: (source) => `CREATE OR REPLACE TABLE member AS SELECT * FROM ${source} ORDER BY home, person_ref`,
    file,
  })
  await connection.run('CREATE OR REPLACE TABLE member_home AS SELECT DISTINCT person_ref, home FROM member')
  await copyQuery(client, connection, {
    query: 'SELECT person_ref, is_jordanian::int FROM warehouse.person',
    columns: [
      { name: 'person_ref', type: 'BIGINT' },
      { name: 'is_jordanian', type: 'TINYINT' },
    ],
    into: (source) => `CREATE OR REPLACE TABLE person AS SELECT * FROM ${source}`,
    file,
  })
}

/** Who is whose relative, by the civil registry; relatives are numbered in the order in which their rows stand. */
async function makeKin(connection: DuckDBConnection, catalogue: Catalogue): Promise<void> {
  const { anywhere, within } = readsOf(catalogue, null)
  const pairs = [...new Set([...anywhere, ...within])].map(
    (relation) => `SELECT '${relation}' AS relation, k.* FROM (${relationPairs(relation)}) k`,
  )
  const nobody = "SELECT '' AS relation, 0::BIGINT AS person_ref, 0::BIGINT AS relative_ref WHERE FALSE"
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE pair AS WITH members AS (SELECT DISTINCT person_ref FROM member_home) ${pairs.join(' UNION ALL ') || nobody}`,
  )
  await connection.run(`CREATE OR REPLACE TABLE relative AS
    SELECT (row_number() OVER (ORDER BY home, person_ref) - 1)::INTEGER AS place, home, person_ref, is_jordanian FROM (
      SELECT q.person_ref, coalesce(h.home, ${bucketOf('q.person_ref')}) AS home, w.is_jordanian
      FROM (SELECT DISTINCT relative_ref AS person_ref FROM pair) q
      LEFT JOIN (SELECT person_ref, min(home) AS home FROM member_home GROUP BY person_ref) h ON h.person_ref = q.person_ref
      LEFT JOIN person w ON w.person_ref = q.person_ref) ORDER BY home, person_ref`)
  await connection.run(`CREATE OR REPLACE TABLE kin AS SELECT h.home, k.person_ref, k.relation, r.place, k.relative_ref
    FROM pair k JOIN member_home h ON h.person_ref = k.person_ref JOIN relative r ON r.person_ref = k.relative_ref ORDER BY h.home, k.person_ref, r.place`)
  await connection.run(`CREATE OR REPLACE TABLE parents_listed AS SELECT DISTINCT l.home, l.person_ref FROM cspd_lineage l
    WHERE l.father_ref IS NOT NULL AND l.mother_ref IS NOT NULL ORDER BY l.home, l.person_ref`)
}
