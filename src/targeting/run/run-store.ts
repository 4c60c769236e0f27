/** The only SQL on runs. */
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'

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
  readonly sourceSet: string | null
  readonly snapshot: string | null
  /** Hash of what it computes from besides snapshot and versions. */
  readonly inputs: string | null
  readonly manifest: string | null
  readonly manifestHash: string | null
  readonly problem: string | null
  readonly detail: string | null
  /** How often somebody began to perform it. */
  readonly attempt: number
  readonly createdAt: string
  readonly finishedAt: string | null
}

/** The request's own key, and the hash of the body that it stands for. */
export interface RunKey {
  readonly keyId: string
  readonly key: string
  readonly bodyHash: string
}

/** False when the key stands for a run already: nothing was stored then. */
export async function storeRun(
  db: Queryable,
  { id, actor, entity, asOf, cycle, request }: NewRun,
  key: RunKey | null = null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into run (id, actor, entity, as_of, cycle, request, status, key_id, idempotency_key, body_hash)
     values ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9) on conflict (key_id, idempotency_key) do nothing`,
    [id, actor, entity, asOf, cycle, request, key?.keyId ?? null, key?.key ?? null, key?.bodyHash ?? null],
  )
  return rowCount === 1
}

export async function runUnderKey(
  db: Queryable,
  { keyId, key }: RunKey,
): Promise<{ readonly id: string; readonly bodyHash: string } | null> {
  const { rows } = await db.query<{ id: string; bodyHash: string }>(
    'select id, body_hash as "bodyHash" from run where key_id = $1 and idempotency_key = $2',
    [keyId, key],
  )
  return rows[0] ?? null
}

/** Begins one more attempt at a run that waits or broke off; its number, or null when there is nothing to perform. */
export async function beginRun(db: Queryable, id: string): Promise<number | null> {
  const { rows } = await db.query<{ attempt: number }>(
    `update run set status = 'running', started_at = coalesce(started_at, now()), attempt = attempt + 1, stage = null, done = 0, total = 0, problem = null, detail = null
     where id = $1 and status in ('queued', 'running') returning attempt`,
    [id],
  )
  return rows[0]?.attempt ?? null
}

/** Puts a run that was not published in the queue again; false when it is not in one of the given states. */
export async function requeueRun(db: Queryable, id: string, from: readonly RunStatus[]): Promise<boolean> {
  const { rowCount } = await db.query(
    `update run set status = 'queued', queued_at = now(), stage = null, done = 0, total = 0, problem = null, detail = null, finished_at = null, cancel_requested_at = null
     where id = $1 and status = any($2) and status <> 'completed'`,
    [id, from],
  )
  return rowCount === 1
}

/** Throws where lists are in force of a run that was asked for later: what breaks off and is tried again would put older ones in their place. */
export async function refuseSuperseded(db: Queryable, id: string): Promise<void> {
  const { rowCount } = await db.query(
    `select from run own, published_list p join ranked_list l on l.number = p.list_number join run later on later.id = l.run_id
     where own.id = $1 and later.created_at > own.created_at limit 1`,
    [id],
  )
  if (rowCount !== 0) throw problem('run-superseded', { detail: id })
}

/** From this moment the run publishes nothing; whoever performs it stops. False when it has ended already. */
export async function markCancelled(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "update run set status = 'cancelled', stage = null, cancel_requested_at = now(), finished_at = now() where id = $1 and status in ('queued', 'running')",
    [id],
  )
  return rowCount === 1
}

/** Pins what the run computes with. */
export async function pinVersions(db: Queryable, id: string, versionSet: string): Promise<void> {
  await db.query('update run set version_set = $2 where id = $1', [id, versionSet])
}

/** Pins what it computes from besides snapshot and versions. */
export async function pinInputs(db: Queryable, id: string, inputs: string): Promise<void> {
  await db.query('update run set inputs = $2 where id = $1', [id, inputs])
}

/** Hash of the inputs of some published run that judged the snapshot; null when none did. */
export async function inputsOfSnapshot(db: Queryable, snapshot: string): Promise<string | null> {
  const { rows } = await db.query<{ inputs: string }>(
    "select inputs from run where snapshot = $1 and status = 'completed' and inputs is not null order by finished_at desc, id limit 1",
    [snapshot],
  )
  return rows[0]?.inputs ?? null
}

/** Says which unfinished snapshot the run works on. */
export async function pinSnapshotSources(db: Queryable, id: string, sources: string): Promise<void> {
  await db.query('update run set snapshot_sources = $2 where id = $1', [id, sources])
}

/** Pins the snapshot that it judges, and the state of the registries that it was assembled from. */
export async function pinSources(
  db: Queryable,
  id: string,
  pinned: { readonly sourceSet: string; readonly snapshot: string },
): Promise<void> {
  await db.query('update run set source_set = $2, snapshot = $3 where id = $1', [id, pinned.sourceSet, pinned.snapshot])
}

/** How far an attempt is. False when it is no longer the one that counts: cancelled, or begun anew by somebody else. */
export async function storeProgress(
  db: Queryable,
  { id, attempt }: { readonly id: string; readonly attempt: number },
  { stage, done, total }: RunProgress,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'store-progress',
    text: "update run set stage = $3, done = $4, total = $5 where id = $1 and attempt = $2 and status = 'running'",
    values: [id, attempt, stage, done, total],
  })
  return rowCount === 1
}

export interface RunProgress {
  readonly stage: string | null
  readonly done: number
  readonly total: number
}

/** How an attempt ended without being published; what was cancelled or begun anew meanwhile stays as it is. */
export async function endAttempt(
  db: Queryable,
  { id, attempt }: { readonly id: string; readonly attempt: number },
  {
    status,
    problem,
    detail,
  }: { readonly status: 'failed' | 'cancelled' | 'queued'; readonly problem: string | null; readonly detail: string | null },
): Promise<void> {
  await db.query(
    `update run set status = $3, problem = $4, detail = $5, stage = null, queued_at = now(), finished_at = case when $3 = 'queued' then null else now() end
     where id = $1 and attempt = $2 and status = 'running'`,
    [id, attempt, status, problem, detail],
  )
}

/** Runs that nobody may be performing: begun and not ended, or waiting longer than it takes to begin one. */
export async function unattendedRuns(db: Queryable, waitedSeconds: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from run where status = 'running' or (status = 'queued' and queued_at < now() - make_interval(secs => $1)) order by created_at, id",
    [waitedSeconds],
  )
  return rows.map(({ id }) => id)
}

const COLUMNS = `id, actor, entity, as_of as "asOf", cycle, request, status, stage, done, total, version_set as "versionSet", source_set as "sourceSet", snapshot, inputs, manifest, manifest_hash as "manifestHash",
  problem, detail, attempt, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt", to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "finishedAt"`

export async function readRun(db: Queryable, id: string): Promise<StoredRun | null> {
  const { rows } = await db.query<StoredRun>(`select ${COLUMNS} from run where id = $1`, [id])
  return rows[0] ?? null
}

export type RunState = Pick<StoredRun, 'status' | 'stage' | 'done' | 'total' | 'attempt' | 'manifestHash' | 'problem' | 'detail'>

/** What changes while a run is performed. */
export async function readProgress(db: Queryable, id: string): Promise<RunState | null> {
  const { rows } = await db.query<RunState>({
    name: 'read-progress',
    text: 'select status, stage, done, total, attempt, manifest_hash as "manifestHash", problem, detail from run where id = $1',
    values: [id],
  })
  return rows[0] ?? null
}

/** The newest first. */
export async function readRuns(db: Queryable, limit: number): Promise<StoredRun[]> {
  return (await db.query<StoredRun>(`select ${COLUMNS} from run order by created_at desc, id limit $1`, [limit])).rows
}

/** The newest run that was published and read the snapshot; `known`: whether any run at all has it. */
export async function runOfSnapshot(db: Queryable, snapshot: string): Promise<{ readonly run: StoredRun | null; readonly known: boolean }> {
  const { rows } = await db.query<StoredRun>(
    `select ${COLUMNS} from run where snapshot = $1 order by (status = 'completed') desc, created_at desc, id limit 1`,
    [snapshot],
  )
  const [newest] = rows
  return { run: newest?.status === 'completed' ? newest : null, known: newest !== undefined }
}

/** Hashes that the database knows and nothing stands on. */
export interface Prunable {
  readonly snapshots: ReadonlySet<string>
  /** Of the sources of snapshots that were not finished. */
  readonly building: ReadonlySet<string>
  readonly inputs: ReadonlySet<string>
}

/**
 * A snapshot is kept while a list of its runs is in force or frozen, while a run works with it, and if it is one of the newest `kept` of published runs.
 * Inputs are kept with the snapshot of a published run, and those of one that failed or was cancelled until `kept` others were published after it: resumed later it begins anew.
 */
export async function prunable(db: Queryable, kept: number): Promise<Prunable> {
  const { rows } = await db.query<{ kind: keyof Prunable; hash: string }>(
    `with standing as (
       select snapshot from run where status in ('queued', 'running') and snapshot is not null
       union select r.snapshot from run r join run_in_use u on u.run_id = r.id where r.snapshot is not null
       union select r.snapshot from run r join ranked_list l on l.run_id = r.id
         where l.frozen_at is not null or exists (select from published_list p where p.list_number = l.number)
       union (select snapshot from run where status = 'completed' group by snapshot order by max(finished_at) desc, snapshot limit $1)
     )
     select distinct 'snapshots' as kind, snapshot as hash from run where snapshot is not null and snapshot not in (select snapshot from standing)
     union all
     select 'building', snapshot_sources from run where snapshot_sources is not null group by snapshot_sources
       having not bool_or(status in ('queued', 'running'))
     union all
     select 'inputs', inputs from run where inputs is not null group by inputs
       having bool_and(case when status = 'completed' then snapshot not in (select snapshot from standing)
           else status in ('failed', 'cancelled') and finished_at < (
             select finished_at from run where status = 'completed' order by finished_at desc offset greatest($1 - 1, 0) limit 1) end)`,
    [kept],
  )
  const of = (kind: keyof Prunable): ReadonlySet<string> => new Set(rows.filter((row) => row.kind === kind).map(({ hash }) => hash))
  return { snapshots: of('snapshots'), building: of('building'), inputs: of('inputs') }
}

/** Households that applied, and the day of each one's first application in a time zone, as an ISO date; by household. */
export async function applicationDates(
  db: Queryable,
  timeZone: string,
): Promise<readonly { readonly householdRef: number; readonly day: string }[]> {
  const { rows } = await db.query<{ householdRef: number; day: string }>(
    `select household_ref as "householdRef", (min(received_at) at time zone $1)::date::text as day from application where household_ref is not null group by household_ref order by household_ref`,
    [timeZone],
  )
  return rows
}

/** Households that applied or that a programme reported about, through one entity or any, ascending. */
export async function registrantHouseholds(db: Queryable, registeredBy: string | null): Promise<readonly number[]> {
  const { rows } = await db.query<{ householdRef: number }>(
    'select distinct household_ref as "householdRef" from registrant where $1::text is null or entity = $1 order by household_ref',
    [registeredBy],
  )
  return rows.map(({ householdRef }) => householdRef)
}
