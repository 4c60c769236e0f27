/** The durable queue: work that is enqueued in a transaction is there when that is committed, and only then (graphile-worker, in its own schema). */
import { Logger, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import type { Queryable } from '../db/queryable.ts'

const MAX_ATTEMPTS = 5
/** Holds other processes back while one migrates; any number that nothing else locks. */
const LOCK = 4_917_252

/** What a job says of itself: ids only, never anything about a person. */
export interface NewJob {
  readonly task: string
  /** Jobs of one queue are done one after another, whichever process takes them; null: nobody waits for anybody. */
  readonly queue: string | null
  /** The name by which the job is replaced, dropped and freed. */
  readonly key: string
  /** Jobs of a smaller number are taken first; 0 unless named. */
  readonly priority?: number
}

export const silent = new Logger(() => () => undefined)

/** Brings the queue's schema up to date; one process at a time. */
export async function migrateQueue(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0')
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await runMigrations({ pgPool: pool, logger: silent })
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK])
    await client.query('RESET statement_timeout; RESET lock_timeout')
    broken = false
  } finally {
    client.release(broken)
  }
}

/** INVARIANT: call it in the transaction of what the job is about. A job of that key that waits is replaced. */
export async function enqueue(transaction: Queryable, { task, queue, key, priority = 0 }: NewJob): Promise<void> {
  await transaction.query(
    `select graphile_worker.add_job($1, payload := json_build_object('key', $2::text), queue_name := $3, job_key := $2::text, max_attempts := ${MAX_ATTEMPTS}, priority := $4)`,
    [task, key, queue, priority],
  )
}

/** A job that waits is gone; one that is being done is not begun again. */
export async function dropJob(db: Queryable, key: string): Promise<void> {
  await db.query('select graphile_worker.remove_job($1)', [key])
}

/** How the job of a key stands: null when there is none. Locked means that some worker took it, which may have died since. */
export async function readJob(
  db: Queryable,
  key: string,
): Promise<{ readonly lockedSeconds: number | null; readonly spent: boolean } | null> {
  const { rows } = await db.query<{ lockedSeconds: number | null; spent: boolean }>(
    `select extract(epoch from now() - locked_at)::float8 as "lockedSeconds", locked_at is null and attempts >= max_attempts as spent from graphile_worker.jobs where key = $1`,
    [key],
  )
  return rows[0] ?? null
}

/** Gives back what a worker that died holds: its jobs, and the queues that it worked on; the queue itself would wait four hours. */
export async function freeJob(db: Queryable, key: string): Promise<void> {
  await db.query(
    'select graphile_worker.force_unlock_workers(array_agg(locked_by)) from graphile_worker.jobs where key = $1 and locked_by is not null having count(*) > 0',
    [key],
  )
}
