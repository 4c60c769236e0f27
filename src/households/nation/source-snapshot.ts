/** The moment of PostgreSQL that the replica copies, and which database it is. */
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import { REPLICA_FORM } from '../../warehouse/replica/replica-state.ts'

/** Reads all of PostgreSQL as it is at one moment, and writes nothing. */
export function inSnapshot<T>(database: Database, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  return database.transaction(
    async ({ client }) => {
      // Rows after a place in the change sequence are found by block ranges, which only bitmaps use.
      await client.query(`SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
        SET LOCAL enable_bitmapscan = on`)
      return work(client)
    },
    { isolation: 'repeatable read' },
  )
}

/** Which form and which database: a replica of another one is none of this. */
export async function sourceOf(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ source: string }>(
    `SELECT system_identifier || ' ' || d.oid AS source FROM pg_control_system(), pg_database d WHERE d.datname = current_database()`,
  )
  return `${REPLICA_FORM} ${rows[0]?.source ?? ''}`
}
