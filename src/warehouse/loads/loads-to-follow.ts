/** Loads whose persons are still to be followed: noted in the transaction of the load, read page by page, forgotten when households are queued. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { personColumns, quote, tableName } from '../registry-table.ts'

export interface LoadToFollow {
  readonly seq: number
  readonly registry: string
  readonly personColumns: readonly string[]
  /** Nobody has brought membership up to date since. */
  readonly membershipDue: boolean
}

/** INVARIANT: in the transaction of the load, so that what it changed is followed even if nobody lives to do it. */
export const noteLoad = async (transaction: Queryable, definition: RegistryDefinition, seq: number): Promise<void> =>
  void (await transaction.query('INSERT INTO warehouse.load_to_follow (seq, registry, person_columns) VALUES ($1, $2, $3)', [
    seq,
    definition.id,
    personColumns(definition),
  ]))

/** The earliest after a place in the sequence; null when there is none. */
export async function nextLoadToFollow(db: Queryable, after: number): Promise<LoadToFollow | null> {
  const { rows } = await db.query<LoadToFollow>(
    `SELECT seq, registry, person_columns AS "personColumns", membership_due AS "membershipDue" FROM warehouse.load_to_follow WHERE seq > $1 ORDER BY seq LIMIT 1`,
    [after],
  )
  return rows[0] ?? null
}

export const membershipFollowed = async (db: Queryable, seq: number): Promise<void> =>
  void (await db.query('UPDATE warehouse.load_to_follow SET membership_due = false WHERE seq = $1', [seq]))

export const forgetLoad = async (db: Queryable, seq: number): Promise<void> =>
  void (await db.query('DELETE FROM warehouse.load_to_follow WHERE seq = $1', [seq]))

/**
 * Whose rows the load wrote or took out, and whom its rows name. A row that something changed since is that one's to follow,
 * and so are persons whom a row named before: the load noted those by themselves.
 */
export function personsOfLoad({ registry, seq, personColumns: named }: Omit<LoadToFollow, 'membershipDue'>): string {
  const place = Number(seq)
  const table = tableName({ id: registry })
  return [
    ...['person_ref', ...named].map((name) => `SELECT ${quote(name)} AS person_ref FROM ${table} WHERE seq = ${place}`),
    `SELECT person_ref FROM warehouse.removed_row WHERE registry = '${registry.replaceAll("'", "''")}' AND seq = ${place}`,
  ].join(' UNION ALL ')
}

/** Each page's persons once; a person may be in several pages. Of one moment, however long the reading takes. */
export async function* pagesOfLoad({ pool }: Database, load: Omit<LoadToFollow, 'membershipDue'>, size: number): AsyncGenerator<number[]> {
  const client = await pool.connect()
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL enable_bitmapscan = on;
      DECLARE persons NO SCROLL CURSOR FOR SELECT person_ref FROM (${personsOfLoad(load)}) AS concerned WHERE person_ref IS NOT NULL`)
    for (;;) {
      const { rows } = await client.query<{ person_ref: number }>(`FETCH ${size} FROM persons`)
      if (rows.length > 0) yield [...new Set(rows.map(({ person_ref: ref }) => ref))]
      if (rows.length < size) return
    }
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    )
  }
}
