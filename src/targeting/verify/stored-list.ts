/** A list as it stands in the database today: its header, and the hash of its rows read back in the form in which they were copied. */
import { createHash } from 'node:crypto'
import { to } from 'pg-copy-streams'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { UNIT_COLUMNS } from '../../access/grants/ranked-lists.ts'

export interface StoredHeader {
  readonly number: number
  readonly programme: string
  readonly rootHash: string
  readonly eligible: number
  readonly selected: number
  readonly waitlisted: number
  readonly leftOut: number
  /** Thousandths. */
  readonly spent: number
}

export async function storedHeaders(db: Queryable, run: string): Promise<StoredHeader[]> {
  const { rows } = await db.query<StoredHeader>(
    `SELECT number, programme, root_hash AS "rootHash", eligible, selected, waitlisted, left_out AS "leftOut", spent
     FROM ranked_list WHERE run_id = $1 AND published_at IS NOT NULL ORDER BY programme`,
    [run],
  )
  return rows
}

export interface StoredRows extends Pick<StoredHeader, 'rootHash' | 'eligible' | 'selected' | 'waitlisted' | 'leftOut'> {}

/** Millions of rows: they pass by, and nothing of them is kept. */
export function storedRows(database: Database, list: number): Promise<StoredRows> {
  return database.transaction(
    async ({ client }) => {
      await client.query("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL DateStyle = 'ISO'")
      const hash = createHash('sha256')
      const rows = `SELECT ${UNIT_COLUMNS.join(', ')} FROM ranked_unit WHERE list_number = ${Number(list)} ORDER BY position`
      for await (const bytes of client.query(to(`COPY (${rows}) TO STDOUT`))) hash.update(bytes as Buffer)
      const counted = await client.query<Omit<StoredRows, 'rootHash'>>(
        `SELECT count(*) AS eligible, count(*) FILTER (WHERE status = 'selected') AS selected, count(*) FILTER (WHERE status = 'waitlisted') AS waitlisted,
           count(*) FILTER (WHERE status = 'left-out') AS "leftOut" FROM ranked_unit WHERE list_number = $1`,
        [list],
      )
      return { rootHash: hash.digest('hex'), ...(counted.rows[0] as Omit<StoredRows, 'rootHash'>) }
    },
    { isolation: 'repeatable read' },
  )
}
