/** What is kept of loads: begun, followed, finished or failed; and the rows that were refused. */
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problemOfDatabase } from '../../db/sqlstate.ts'
import { Problem } from '../../kernel/problem.ts'
import type { RejectedRow } from './checked-batch.ts'

export type LoadMode = 'incremental' | 'full'
export type LoadStage = 'receiving' | 'resolving' | 'switching'

/** received = inserted + updated + unchanged + rejected. `repeated`: this delivery had been loaded before; nothing was done. */
export interface LoadTotals {
  readonly loadId: number
  readonly seq: number
  readonly received: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  /** Rows that a full load no longer names. */
  readonly removed: number
  readonly repeated: boolean
}

export interface LoadRecord extends Omit<LoadTotals, 'loadId' | 'repeated' | 'seq'> {
  readonly id: number
  readonly registry: string
  readonly deliveryId: string
  readonly asOf: string
  readonly mode: LoadMode
  /** `broken`: whoever performed it is gone; sent again it begins anew. */
  readonly status: 'running' | 'completed' | 'failed' | 'broken'
  readonly stage: LoadStage | null
  readonly bytes: number
  readonly seq: number | null
  readonly startedAt: string
  readonly loadedAt: string | null
  readonly problem: string | null
}

export interface NewLoad {
  readonly registry: string
  readonly deliveryId: string
  readonly asOf: string
  readonly mode: LoadMode
  readonly actor: string | null
  readonly entity: string | null
}

/** Whoever performs a load holds this lock by the connection that stages it: it is free as soon as that is gone. */
const LOCK = "hashtextextended('load ' || id::text, 0)"

/** The id of a load that is ours to do, `busy` when somebody does it, null when it was finished before. One that broke off is begun again. */
export async function beginLoad(client: Queryable, load: NewLoad): Promise<number | 'busy' | null> {
  const values = [load.registry, load.deliveryId, load.asOf, load.mode, load.actor, load.entity]
  await client.query(
    `INSERT INTO warehouse.load (registry, kind, delivery_id, as_of, mode, stage, actor, entity) VALUES ($1, 'delivery', $2, $3, $4, 'receiving', $5, $6)
     ON CONFLICT (registry, delivery_id) DO NOTHING`,
    values,
  )
  const { rows } = await client.query<{ id: number; held: boolean; done: boolean }>(
    `SELECT id, CASE WHEN loaded_at IS NULL THEN pg_try_advisory_lock(${LOCK}) END AS held, loaded_at IS NOT NULL AS done
     FROM warehouse.load WHERE registry = $1 AND delivery_id = $2`,
    [load.registry, load.deliveryId],
  )
  const { id, held, done } = rows[0] as { id: number; held: boolean; done: boolean }
  if (done) return null
  if (!held) return 'busy'
  // Between look and lock another process may have finished it.
  const { rowCount } = await client.query(
    `UPDATE warehouse.load SET started_at = now(), as_of = $3, mode = $4, actor = $5, entity = $6, stage = 'receiving', problem = NULL, bytes = 0,
       received = 0, rejected = 0
     WHERE registry = $1 AND delivery_id = $2 AND loaded_at IS NULL`,
    values,
  )
  if (rowCount === 0) return null
  await client.query('DELETE FROM identity.rejected_row WHERE load_id = $1', [id])
  return id
}

/** Advisory locks count: a load's own connection takes its lock twice here and gives it back once. */
export async function tryLoadLock(client: Queryable, loadId: number): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    `SELECT pg_try_advisory_lock(${LOCK}) AS held FROM (SELECT $1::bigint AS id) AS load`,
    [loadId],
  )
  return rows[0]?.held === true
}

export const freeLoadLock = async (client: Queryable, loadId: number): Promise<void> =>
  void (await client.query(`SELECT pg_advisory_unlock(${LOCK}) FROM (SELECT $1::bigint AS id) AS load`, [loadId]))

export async function finishedLoad({ pool }: Database, registry: string, deliveryId: string): Promise<LoadTotals> {
  const { rows } = await pool.query<Omit<LoadTotals, 'repeated'>>(
    `SELECT id AS "loadId", seq, received, inserted, updated, unchanged, rejected, removed FROM warehouse.load WHERE registry = $1 AND delivery_id = $2`,
    [registry, deliveryId],
  )
  return { ...(rows[0] as Omit<LoadTotals, 'repeated'>), repeated: true }
}

/** How far a load is; on another connection than its own, so that others see it. */
export async function noteProgress(
  db: Queryable,
  id: number,
  {
    stage,
    received,
    rejected,
    bytes,
  }: { readonly stage: LoadStage; readonly received: number; readonly rejected: number; readonly bytes: number },
): Promise<void> {
  await db.query('UPDATE warehouse.load SET stage = $2, received = $3, rejected = $4, bytes = $5 WHERE id = $1 AND loaded_at IS NULL', [
    id,
    stage,
    received,
    rejected,
    bytes,
  ])
}

/** The code of what stopped a load; never its message, which may hold a value. */
export const loadProblem = (error: unknown): string =>
  error instanceof Problem ? error.code : (problemOfDatabase(error)?.code ?? 'internal-error')

export async function noteFailure(db: Queryable, id: number, problem: string): Promise<void> {
  await db.query('UPDATE warehouse.load SET problem = $2 WHERE id = $1 AND loaded_at IS NULL', [id, problem])
}

/** The totals and the registry's new state; in the transaction of the switch. `fullAsOf`: the load speaks of every row as of that day. */
export async function finishLoad(
  client: Queryable,
  registry: string,
  { asOf, fullAsOf }: { readonly asOf: string; readonly fullAsOf: string | null },
  { loadId, seq, received, inserted, updated, unchanged, rejected, removed }: Omit<LoadTotals, 'repeated'>,
): Promise<void> {
  await client.query(
    `UPDATE warehouse.load SET seq = $2, received = $3, inserted = $4, updated = $5, unchanged = $6, rejected = $7, removed = $8, loaded_at = now(), stage = NULL
     WHERE id = $1`,
    [loadId, seq, received, inserted, updated, unchanged, rejected, removed],
  )
  await client.query(
    `INSERT INTO warehouse.registry_state AS state (registry, load_id, as_of, loaded_at, seq, row_count, full_as_of) VALUES ($1, $2, $3, now(), $4, $5, $6)
     ON CONFLICT (registry) DO UPDATE SET load_id = $2, as_of = greatest(state.as_of, $3), loaded_at = now(), seq = $4, row_count = state.row_count + $5,
       full_as_of = greatest(state.full_as_of, $6)`,
    [registry, loadId, asOf, seq, inserted - removed, fullAsOf],
  )
}

export async function keepRejected(db: Queryable, loadId: number, rejected: readonly RejectedRow[]): Promise<void> {
  if (rejected.length === 0) return
  await db.query(
    `INSERT INTO identity.rejected_row (load_id, line, reasons, content)
     SELECT $1, line, string_to_array(reasons, E'\\n'), content FROM unnest($2::bigint[], $3::text[], $4::text[]) AS bad (line, reasons, content)`,
    [loadId, rejected.map(({ line }) => line), rejected.map(({ reasons }) => reasons.join('\n')), rejected.map(({ content }) => content)],
  )
}

const RECORD = `id, registry, delivery_id AS "deliveryId", as_of AS "asOf", mode, stage, bytes, seq, received, inserted, updated, unchanged, rejected, removed,
  to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "startedAt",
  to_char(loaded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "loadedAt", problem,
  CASE WHEN loaded_at IS NOT NULL THEN 'completed' WHEN problem IS NOT NULL THEN 'failed'
    WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = ${LOCK}) THEN 'running' ELSE 'broken' END AS status`

export async function readLoad(db: Queryable, registry: string, id: number): Promise<LoadRecord | null> {
  const { rows } = await db.query<LoadRecord>(`SELECT ${RECORD} FROM warehouse.load WHERE registry = $1 AND id = $2`, [registry, id])
  return rows[0] ?? null
}

/** The newest first; `before`: those older than this load. */
export async function readLoads(db: Queryable, registry: string, limit: number, before: number | null): Promise<LoadRecord[]> {
  const { rows } = await db.query<LoadRecord>(
    `SELECT ${RECORD} FROM warehouse.load WHERE registry = $1 AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $2`,
    [registry, limit, before],
  )
  return rows
}

export interface KeptRow {
  readonly line: number
  readonly reasons: readonly string[]
  readonly content: string
}

const PAGE = 1_000

/** The refused rows of a load in the order of their lines, a page at a time. */
export async function* rejectedRows(pool: pg.Pool, loadId: number): AsyncGenerator<KeptRow[]> {
  for (let after = -1; ;) {
    const { rows } = await pool.query<KeptRow>({
      name: 'rejected-rows',
      text: 'SELECT line, reasons, content FROM identity.rejected_row WHERE load_id = $1 AND line > $2 ORDER BY line LIMIT $3',
      values: [loadId, after, PAGE],
    })
    if (rows.length > 0) yield rows
    if (rows.length < PAGE) return
    after = (rows.at(-1) as KeptRow).line
  }
}
