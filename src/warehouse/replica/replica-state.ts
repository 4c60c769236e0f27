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

export interface Refreshed {
  readonly before: string | null
  readonly after: string
  /** Any home may have changed, not only those of the table `changed_home`. */
  readonly every: boolean
  /** The registries of which rows moved, and nothing else did; null: who lives where or who they are moved too. */
  readonly registries: readonly string[] | null
}

/** Keeps which homes a refresh changed, and by which registries. */
export async function rememberRefresh(connection: DuckDBConnection, { before, after, every, registries }: Refreshed): Promise<void> {
  // A table of its own: a replica from before it was kept stays one, of whose refreshes no registry is known.
  await connection.run(`CREATE TABLE IF NOT EXISTS replica_refresh (number INTEGER, before VARCHAR, after VARCHAR, every BOOLEAN);
    CREATE TABLE IF NOT EXISTS replica_change (number INTEGER, home BIGINT);
    CREATE TABLE IF NOT EXISTS replica_moved (number INTEGER, registry VARCHAR)`)
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
  for (const registry of registries ?? [])
    await connection.run('INSERT INTO replica_moved SELECT max(number), $registry FROM replica_refresh', { registry })
  for (const table of ['replica_change', 'replica_moved', 'replica_refresh'])
    await connection.run(`DELETE FROM ${table} WHERE number <= (SELECT max(number) FROM replica_refresh) - ${REFRESHES_KEPT}`)
}

/** What moved between two stamps of a replica. */
export interface MovedSince {
  /** Households whose facts may be others. */
  readonly homes: ReadonlySet<number>
  /** The registries by which they may be; null: by anything. */
  readonly registries: ReadonlySet<string> | null
}

/** Since the replica had that stamp; null: any household may have changed, or it is not known. */
export async function movedSince(connection: DuckDBConnection, stamp: string): Promise<MovedSince | null> {
  const refreshes = (await connection.runAndReadAll('SELECT number, before, after, every FROM replica_refresh ORDER BY number')).getRows()
  if (refreshes.at(-1)?.[2] === stamp) return { homes: new Set(), registries: new Set() }
  const first = refreshes.findIndex(([, before]) => before === stamp)
  if (first < 0 || refreshes.slice(first).some(([, , , every]) => every === true)) return null
  const numbers = refreshes.slice(first).map(([number]) => Number(number))
  const homes = await connection.runAndReadAll(`SELECT DISTINCT home FROM replica_change WHERE number >= ${numbers[0]}`)
  return { homes: new Set(homes.getRows().map(([home]) => Number(home))), registries: await registriesMoved(connection, numbers) }
}

/** Null where one of the refreshes kept none: it was another version's, or more than registries moved. */
async function registriesMoved(connection: DuckDBConnection, numbers: readonly number[]): Promise<ReadonlySet<string> | null> {
  const kept = (await connection.runAndReadAll(`SELECT number, registry FROM replica_moved`)).getRows()
  const moved = kept.map(([number, registry]) => ({ number: Number(number), registry: String(registry) }))
  if (numbers.some((one) => !moved.some(({ number }) => number === one))) return null
  return new Set(moved.flatMap(({ number, registry }) => (numbers.includes(number) ? [registry] : [])))
}
