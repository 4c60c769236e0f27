/** The only SQL on runs. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'

export type RunStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled'

export interface NewRun {
  readonly id: string
  readonly actor: string
  readonly entity: string
  /** ISO date. */
  readonly asOf: string
  readonly cycle: string
  /** Canonical JSON. */
  readonly request: string
}

export interface StoredRun extends NewRun {
  readonly status: RunStatus
  readonly stage: string | null
  readonly done: number
  readonly total: number
  readonly versionSet: string | null
  readonly snapshot: string | null
  readonly manifest: string | null
  readonly manifestHash: string | null
  readonly problem: string | null
  readonly detail: string | null
  readonly createdAt: string
  readonly finishedAt: string | null
}

export async function storeRun(db: Queryable, { id, actor, entity, asOf, cycle, request }: NewRun): Promise<void> {
  await db.query("insert into run (id, actor, entity, as_of, cycle, request, status) values ($1, $2, $3, $4, $5, $6, 'queued')", [
    id,
    actor,
    entity,
    asOf,
    cycle,
    request,
  ])
}

/** Pins what the run computes with. */
export async function startRun(db: Queryable, id: string, versionSet: string): Promise<void> {
  await db.query(
    "update run set status = 'running', started_at = coalesce(started_at, now()), version_set = $2, problem = null, detail = null where id = $1",
    [id, versionSet],
  )
}

export async function pinSources(
  db: Queryable,
  id: string,
  pinned: { readonly sourceSet: string; readonly snapshot: string },
): Promise<void> {
  await db.query('update run set source_set = $2, snapshot = $3 where id = $1', [id, pinned.sourceSet, pinned.snapshot])
}

export async function storeProgress(db: Queryable, id: string, stage: string, done: number, total: number): Promise<void> {
  await db.query("update run set stage = $2, done = $3, total = $4 where id = $1 and status = 'running'", [id, stage, done, total])
}

export async function failRun(
  db: Queryable,
  id: string,
  status: 'failed' | 'cancelled',
  problem: string,
  detail: string | null,
): Promise<void> {
  await db.query("update run set status = $2, problem = $3, detail = $4, finished_at = now() where id = $1 and status <> 'completed'", [
    id,
    status,
    problem,
    detail,
  ])
}

const COLUMNS = `id, actor, entity, as_of as "asOf", cycle, request, status, stage, done, total, version_set as "versionSet", snapshot, manifest, manifest_hash as "manifestHash",
  problem, detail, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt", to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "finishedAt"`

export async function readRun(db: Queryable, id: string): Promise<StoredRun | null> {
  const { rows } = await db.query<StoredRun>(`select ${COLUMNS} from run where id = $1`, [id])
  return rows[0] ?? null
}

/** The newest first. */
export async function readRuns(db: Queryable, limit: number): Promise<StoredRun[]> {
  return (await db.query<StoredRun>(`select ${COLUMNS} from run order by created_at desc, id limit $1`, [limit])).rows
}

/** Households that applied: whom a run is about unless it is told otherwise. */
export async function registrants({ pool }: Pick<Database, 'pool'>): Promise<ReadonlySet<number>> {
  const { rows } = await pool.query<{ ref: number }>(
    'select distinct household_ref as ref from application where household_ref is not null',
  )
  return new Set(rows.map(({ ref }) => ref))
}

/** Day of each household's first application in a time zone, as an ISO date. */
export async function applicationDates(
  { pool }: Pick<Database, 'pool'>,
  timeZone: string,
): Promise<readonly { readonly householdRef: number; readonly day: string }[]> {
  const { rows } = await pool.query<{ householdRef: number; day: string }>(
    `select household_ref as "householdRef", (min(received_at) at time zone $1)::date::text as day from application where household_ref is not null group by household_ref`,
    [timeZone],
  )
  return rows
}
