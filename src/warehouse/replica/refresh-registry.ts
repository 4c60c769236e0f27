/** Copies a registry into the replica, whole or what changed of it, each row under every household that its person has been a member of. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import { sha256 } from '../../kernel/canonical.ts'
import type { RegistryColumn } from '../../language/catalogue/registry-shape.ts'
import { quote } from '../registry-table.ts'
import { copyQuery, type CopyRequest } from './copy-query.ts'
import { countOf } from './read-columns.ts'
import { keptAs, receivedAs, sentBy } from './replica-columns.ts'
import type { HeldRegistry } from './replica-state.ts'

/** A registry and the columns of it that the catalogue may read. */
export interface ReplicatedRegistry {
  readonly id: string
  readonly columns: readonly RegistryColumn[]
}

/** Persons of no household stand in buckets of their own, so that they too can be read a part at a time. */
export const BUCKETS = 64
export const bucketOf = (personRef: string): string => `(-1 - ${personRef} % ${BUCKETS})`

/** Above this share of a table, what changed is not picked out: all of it is copied. */
export const CHANGED_SHARE_MAX = 0.1
/** Rows behind the sorted ones cost every reader of a range: above this share the table is sorted anew. */
const APPENDED_SHARE_MAX = 0.05
const APPENDED_MIN = 50_000

export const shapeOf = ({ columns }: ReplicatedRegistry): string =>
  sha256(JSON.stringify(columns.map(({ name, type, scale, codes }) => [name, type, scale, codes])))

/** Makes the registry's table anew; `member_home (person_ref, home)` must be there. */
export function registryCopy(registry: ReplicatedRegistry, file: string): CopyRequest {
  return {
    query: sent(registry),
    columns: received(registry),
    into: (source) => `CREATE OR REPLACE TABLE ${quote(registry.id)} AS ${homed(`SELECT ${kept(registry)} FROM ${source}`)}
      ORDER BY home, person_ref`,
    file,
  }
}

/** Rows as they came, each counted once whatever homes its person has. */
export const sourceRows = (connection: DuckDBConnection, { id }: ReplicatedRegistry, whose = ''): Promise<number> =>
  countOf(
    connection,
    `SELECT count(*) FROM ${quote(id)} r ANTI JOIN extra_home e ON e.person_ref = r.person_ref AND e.home = r.home ${whose}`,
  )

/** Whether a registry that moved can be brought up by what changed; counting stops where that would not be worth it. */
export async function fewChanged(client: pg.ClientBase, { id }: ReplicatedRegistry, { seq, rows }: HeldRegistry): Promise<boolean> {
  const most = Math.floor(rows * CHANGED_SHARE_MAX)
  const changed = await rowsUpTo(client, `SELECT FROM warehouse.${quote(id)} WHERE seq > ${seq}`, most + 1)
  return changed <= most && changed + (await rowsUpTo(client, removedAfter(id, seq), most + 1)) <= most
}

/** Persons of whom the registry lost rows since. */
const removedAfter = (id: string, seq: number | null): string =>
  `SELECT person_ref FROM warehouse.removed_row WHERE registry = '${id}' AND seq > ${seq}`

/** How many rows a query has, counted up to a limit. */
export async function rowsUpTo(client: pg.ClientBase, query: string, limit: number): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`SELECT count(*)::text AS count FROM (${query} LIMIT ${limit}) AS counted`)
  return Number(rows[0]?.count)
}

export interface RegistryUpdate {
  readonly held: HeldRegistry
  /** What the warehouse says its rows are now. */
  readonly rowCount: number
  readonly file: string
  /** Called when `touched` is known and the rows are still the old ones. */
  readonly onTouched: () => Promise<void>
}

/**
 * Takes over all rows of every person of whom a row changed or was taken out; `touched` holds those persons afterwards.
 * Null when rows are missing or too many, which only a whole copy puts right: somebody wrote past the change sequence.
 */
export async function updateRegistry(
  client: pg.ClientBase,
  connection: DuckDBConnection,
  registry: ReplicatedRegistry,
  { held, rowCount, file, onTouched }: RegistryUpdate,
): Promise<HeldRegistry | null> {
  const table = quote(registry.id)
  await copyQuery(client, connection, {
    query: `${sent(registry)} WHERE r.person_ref IN (
      SELECT c.person_ref FROM warehouse.${table} c WHERE c.seq > ${held.seq} UNION ${removedAfter(registry.id, held.seq)})`,
    columns: received(registry),
    into: (source) => `CREATE OR REPLACE TEMP TABLE arriving AS SELECT ${kept(registry)} FROM ${source}`,
    file,
  })
  // Of whom all rows are gone, none arrives.
  await copyQuery(client, connection, {
    query: removedAfter(registry.id, held.seq),
    columns: [{ name: 'person_ref', type: 'BIGINT' }],
    into: (source) => `CREATE OR REPLACE TEMP TABLE touched AS SELECT person_ref FROM ${source} UNION SELECT person_ref FROM arriving`,
    file,
  })
  await onTouched()
  const leaving = await sourceRows(connection, registry, 'SEMI JOIN touched t ON t.person_ref = r.person_ref')
  const arriving = await countOf(connection, 'SELECT count(*) FROM arriving')
  const rows = held.rows - leaving + arriving
  if (rows - held.rows !== rowCount - (held.rowCount ?? 0)) return null
  await connection.run(`DELETE FROM ${table} WHERE person_ref IN (SELECT person_ref FROM touched)`)
  await connection.run(`INSERT INTO ${table} ${homed('SELECT * FROM arriving')} ORDER BY home, person_ref`)
  return { ...held, rows, appended: held.appended + arriving }
}

/** Puts the rows of the persons of `rehomed (person_ref, home)` under their homes of now; there, `home` is where they stand. */
export async function rehomeRegistry(connection: DuckDBConnection, { id }: ReplicatedRegistry, held: HeldRegistry): Promise<HeldRegistry> {
  const table = quote(id)
  await connection.run(`CREATE OR REPLACE TEMP TABLE arriving AS
    SELECT r.* EXCLUDE (home) FROM ${table} r JOIN rehomed h ON h.person_ref = r.person_ref AND h.home = r.home`)
  const arriving = await countOf(connection, 'SELECT count(*) FROM arriving')
  if (arriving === 0) return held
  await connection.run(`DELETE FROM ${table} WHERE person_ref IN (SELECT person_ref FROM rehomed)`)
  await connection.run(`INSERT INTO ${table} ${homed('SELECT * FROM arriving')} ORDER BY home, person_ref`)
  return { ...held, appended: held.appended + arriving }
}

/** Sorts the table anew when too much of it stands behind the sorted rows. */
export async function sortRegistry(connection: DuckDBConnection, { id }: ReplicatedRegistry, held: HeldRegistry): Promise<HeldRegistry> {
  if (held.appended < Math.max(APPENDED_MIN, held.rows * APPENDED_SHARE_MAX)) return held
  await connection.run(`CREATE OR REPLACE TABLE ${quote(id)} AS SELECT * FROM ${quote(id)} ORDER BY home, person_ref`)
  return { ...held, appended: 0 }
}

const sent = ({ id, columns }: ReplicatedRegistry): string =>
  `SELECT ${['r.person_ref', ...columns.map(sentBy)].join(', ')} FROM warehouse.${quote(id)} r`
const received = ({ columns }: ReplicatedRegistry): CopyRequest['columns'] => [
  { name: 'person_ref', type: 'BIGINT' },
  ...columns.map(receivedAs),
]
const kept = ({ columns }: ReplicatedRegistry): string => ['person_ref', ...columns.map(keptAs)].join(', ')
const homed = (rows: string): string =>
  `SELECT coalesce(h.home, ${bucketOf('r.person_ref')}) AS home, r.* FROM (${rows}) r LEFT JOIN member_home h ON h.person_ref = r.person_ref`
