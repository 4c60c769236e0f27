/** What the replica says that it holds: of which database, up to which place in the change sequence; and which homes each refresh changed. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { sha256 } from '../../kernel/canonical.ts'

/** One registry as it was copied. */
export interface HeldRegistry {
  readonly seq: number | null
  /** What the warehouse said its rows are, and what was counted; the two move together. */
  readonly rowCount: number | null
  readonly rows: number
  /** Rows that stand behind the sorted ones. */
  readonly appended: number
  /** Hash of the columns and how they are kept. */
  readonly shape: string
}

export interface HeldMembership {
  readonly seq: number
  readonly writtenWholeSeq: number
  /** The oldest transaction that was open when persons were read: what it and later ones wrote was not seen. */
  readonly openSince: number
  /** Persons, Jordanians, others: each only grows. */
  readonly persons: readonly number[]
}

export interface Held {
  readonly membership: HeldMembership
  readonly registries: Readonly<Record<string, HeldRegistry>>
  /** Relations that kin is kept of, and registries of which relatives are asked. */
  readonly kin: string
}

export interface HeldState {
  /** Form of the tables and the database that they were copied from; null: a file that is not a replica, or of an older form. */
  readonly source: string | null
  readonly held: Held | null
}

/** Moves on when tables change their form: a replica of another form is built anew. */
export const REPLICA_FORM = 'mizan replica 3'

const REFRESHES_KEPT = 64

/** Whatever the file is, a question that it can answer; `source` is null when it has no state that we know. */
export async function readHeld(connection: DuckDBConnection): Promise<HeldState> {
  const found = await connection.runAndReadAll(
    "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'replica_state' AND column_name IN ('source', 'held')",
  )
  if (Number(found.getRows()[0]?.[0]) !== 2) return { source: null, held: null }
  const [row] = (await connection.runAndReadAll('SELECT source, held FROM replica_state')).getRows()
  return row ? { source: String(row[0]), held: JSON.parse(String(row[1])) as Held } : { source: null, held: null }
}

/** Whether the file holds anything that is not from an older form of the replica. */
export async function hasTables(connection: DuckDBConnection): Promise<boolean> {
  const names = (await connection.runAndReadAll('SELECT table_name FROM duckdb_tables() WHERE NOT temporary'))
    .getRows()
    .map(([name]) => String(name))
  return names.length > 0 && !names.includes('replica_state')
}

export async function writeHeld(connection: DuckDBConnection, source: string, held: Held): Promise<void> {
  await connection.run('CREATE OR REPLACE TABLE replica_state (source VARCHAR, held VARCHAR)')
  await connection.run('INSERT INTO replica_state VALUES ($source, $held)', { source, held: JSON.stringify(held) })
}

/** Hash of everything that the replica holds: the same for a replica that was kept up and for one built anew. */
export function stampOf({ membership: { seq, writtenWholeSeq, persons }, registries, kin }: Held): string {
  const places = Object.entries(registries)
    .map(([id, { seq: place, rowCount, shape }]) => [id, place, rowCount, shape])
    .toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))
  return sha256(JSON.stringify([REPLICA_FORM, seq, writtenWholeSeq, persons, places, kin]))
}

/** Keeps which homes a refresh changed (those of the table `changed_home`), or that it may have been any. */
export async function rememberRefresh(
  connection: DuckDBConnection,
  { before, after, every }: { readonly before: string | null; readonly after: string; readonly every: boolean },
): Promise<void> {
  await connection.run(`CREATE TABLE IF NOT EXISTS replica_refresh (number INTEGER, before VARCHAR, after VARCHAR, every BOOLEAN);
    CREATE TABLE IF NOT EXISTS replica_change (number INTEGER, home BIGINT)`)
  if (before === after) return
  await connection.run('INSERT INTO replica_refresh SELECT coalesce(max(number), 0) + 1, $before, $after, $every FROM replica_refresh', {
    before: before ?? '',
    after,
    every,
  })
  if (!every)
    await connection.run(
      'INSERT INTO replica_change SELECT (SELECT max(number) FROM replica_refresh), home FROM changed_home ORDER BY home',
    )
  for (const table of ['replica_change', 'replica_refresh'])
    await connection.run(`DELETE FROM ${table} WHERE number <= (SELECT max(number) FROM replica_refresh) - ${REFRESHES_KEPT}`)
}

/** Households whose facts may be others than when the replica had that stamp; null: all of them, or it is not known. */
export async function changedHomesSince(connection: DuckDBConnection, stamp: string): Promise<ReadonlySet<number> | null> {
  const refreshes = (await connection.runAndReadAll('SELECT number, before, after, every FROM replica_refresh ORDER BY number')).getRows()
  if (refreshes.at(-1)?.[2] === stamp) return new Set()
  const first = refreshes.findIndex(([, before]) => before === stamp)
  if (first < 0 || refreshes.slice(first).some(([, , , every]) => every === true)) return null
  const homes = await connection.runAndReadAll(`SELECT DISTINCT home FROM replica_change WHERE number >= ${Number(refreshes[first]?.[0])}`)
  return new Set(homes.getRows().map(([home]) => Number(home)))
}
