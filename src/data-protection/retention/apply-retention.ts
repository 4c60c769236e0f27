/** Deletes, or counts, what is past its time: table by table, in batches, each with its audit event in the same transaction. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import { OPERATOR } from '../operator.ts'
import { type Dated, dated } from './retention.ts'

export interface PastTime {
  readonly table: string
  readonly rows: number
  /** ISO moment before which it lies. */
  readonly before: string
}

export interface RetentionRequest {
  readonly now: Date
  readonly batchRows?: number
  /** Hears of each table when it is done. */
  readonly onTable?: (past: PastTime) => void
  readonly signal?: AbortSignal
}

const BATCH_ROWS = 5_000
const DAY_MS = 86_400_000
const PURPOSE = 'deleting what is past its time'

/** INVARIANT: names of tables and conditions are constants of retention.ts; the moment is the only value. */
const pastSql = (table: string, { past }: Dated): string => `FROM ${table} t WHERE ${past}`

/** What would be deleted now; rows that only become free when others are gone are counted when those are. */
export async function pastTime(db: Queryable, { now }: RetentionRequest): Promise<PastTime[]> {
  const found: PastTime[] = []
  for (const [table, rule] of Object.entries(dated)) {
    const before = new Date(now.getTime() - rule.days * DAY_MS)
    const { rows } = await db.query<{ rows: number }>(`SELECT count(*) AS rows ${pastSql(table, rule)}`, [before])
    found.push({ table, rows: rows[0]?.rows ?? 0, before: before.toISOString() })
  }
  return found
}

/** May be stopped and begun again at any time: each batch is whole. */
export async function applyRetention(database: Database, request: RetentionRequest): Promise<PastTime[]> {
  const { now, batchRows = BATCH_ROWS, onTable, signal } = request
  const done: PastTime[] = []
  const run = newId()
  for (const [table, rule] of Object.entries(dated)) {
    const before = new Date(now.getTime() - rule.days * DAY_MS)
    let rows = 0
    for (;;) {
      signal?.throwIfAborted()
      const deleted = await deleteBatch(database, { table, rule, before, batchRows, run })
      rows += deleted
      if (deleted < batchRows) break
    }
    const past = { table, rows, before: before.toISOString() }
    done.push(past)
    onTable?.(past)
  }
  return done
}

interface Batch {
  readonly table: string
  readonly rule: Dated
  readonly before: Date
  readonly batchRows: number
  readonly run: string
}

async function deleteBatch(database: Database, { table, rule, before, batchRows, run }: Batch): Promise<number> {
  return database.transaction(async ({ client }) => {
    // Tables that never change let their rows go to retention alone.
    await client.query("SET LOCAL mizan.retention = 'on'")
    await client.query('SET LOCAL statement_timeout = 0')
    const { rowCount } = await client.query(
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT t.ctid ${pastSql(table, rule)} LIMIT ${batchRows} FOR UPDATE OF t SKIP LOCKED))`,
      [before],
    )
    const rows = rowCount ?? 0
    if (rows > 0)
      await recordEvent(client, {
        action: 'retention.applied',
        actor: 'system',
        entity: OPERATOR,
        purpose: PURPOSE,
        requestId: run,
        outcome: `${rows} rows deleted`,
        objects: [`table:${table}`, `before:${before.toISOString()}`],
      })
    return rows
  })
}
