/** The only SQL on fits. */
import type { Queryable } from '../../db/queryable.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'

export type FitStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled'

export interface NewFit {
  readonly id: string
  readonly actor: string
  readonly entity: string
  readonly name: string
  readonly sampleId: string
  /** Canonical JSON. */
  readonly request: string
  /** Whose catalogue and shared conditions it is fitted by. */
  readonly versionSet: string
}

export interface StoredFit extends NewFit {
  readonly status: FitStatus
  readonly stage: string | null
  readonly done: number
  readonly total: number
  readonly attempt: number
  readonly manifest: string | null
  readonly manifestHash: string | null
  readonly problem: string | null
  readonly detail: string | null
  readonly errors: string | null
  readonly createdAt: string
  readonly finishedAt: string | null
}

/** The request's own key, and the hash of the body that it stands for. */
export interface FitKey {
  readonly keyId: string
  readonly key: string
  readonly bodyHash: string
}

/** False when the key stands for a fit already: nothing was stored then. */
export async function storeFit(db: Queryable, fit: NewFit, key: FitKey | null): Promise<boolean> {
  const { id, actor, entity, name, sampleId, request, versionSet } = fit
  const { rowCount } = await db.query(
    `insert into fit (id, actor, entity, name, sample_id, request, version_set, status, key_id, idempotency_key, body_hash)
     values ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10) on conflict (key_id, idempotency_key) do nothing`,
    [id, actor, entity, name, sampleId, request, versionSet, key?.keyId ?? null, key?.key ?? null, key?.bodyHash ?? null],
  )
  return rowCount === 1
}

export async function fitUnderKey(
  db: Queryable,
  { keyId, key }: FitKey,
): Promise<{ readonly id: string; readonly bodyHash: string } | null> {
  const { rows } = await db.query<{ id: string; bodyHash: string }>(
    'select id, body_hash as "bodyHash" from fit where key_id = $1 and idempotency_key = $2',
    [keyId, key],
  )
  return rows[0] ?? null
}

/** How many of an actor's fits wait or are performed. */
export async function unfinishedFitsOf(db: Queryable, actor: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from fit where actor = $1 and status in ('queued', 'running')",
    [actor],
  )
  return rows[0]?.count ?? 0
}

/** Begins one more attempt; its number, or null when there is nothing to perform. */
export async function beginFit(db: Queryable, id: string): Promise<number | null> {
  const { rows } = await db.query<{ attempt: number }>(
    `update fit set status = 'running', attempt = attempt + 1, stage = null, done = 0, total = 0, problem = null, detail = null, errors = null
     where id = $1 and status in ('queued', 'running') returning attempt`,
    [id],
  )
  return rows[0]?.attempt ?? null
}

export interface FitAttempt {
  readonly id: string
  readonly attempt: number
}

/** How far an attempt is. False when it is no longer the one that counts. */
export async function storeFitProgress(
  db: Queryable,
  { id, attempt }: FitAttempt,
  { stage, done, total }: { readonly stage: string | null; readonly done: number; readonly total: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'store-fit-progress',
    text: "update fit set stage = $3, done = $4, total = $5 where id = $1 and attempt = $2 and status = 'running'",
    values: [id, attempt, stage, done, total],
  })
  return rowCount === 1
}

export async function completeFit(
  db: Queryable,
  { id, attempt }: FitAttempt,
  found: { readonly manifest: string; readonly manifestHash: string; readonly result: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update fit set status = 'completed', stage = null, manifest = $3, manifest_hash = $4, result = $5, finished_at = now()
     where id = $1 and attempt = $2 and status = 'running'`,
    [id, attempt, found.manifest, found.manifestHash, found.result],
  )
  return rowCount === 1
}

/** What stopped it; `queued` lets another process take it up. What was cancelled meanwhile stays cancelled. */
export async function endFit(
  db: Queryable,
  { id, attempt }: FitAttempt,
  end: {
    readonly status: 'failed' | 'queued'
    readonly problem: string | null
    readonly detail: string | null
    readonly errors: readonly Diagnostic[] | null
  },
): Promise<void> {
  await db.query(
    `update fit set status = $3, problem = $4, detail = $5, errors = $6, stage = null, finished_at = case when $3 = 'queued' then null else now() end
     where id = $1 and attempt = $2 and status = 'running'`,
    [id, attempt, end.status, end.problem, end.detail, end.errors && JSON.stringify(end.errors)],
  )
}

/** False when it has ended already. */
export async function markFitCancelled(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "update fit set status = 'cancelled', stage = null, finished_at = now() where id = $1 and status in ('queued', 'running')",
    [id],
  )
  return rowCount === 1
}

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
const COLUMNS = `id, actor, entity, name, sample_id as "sampleId", request, version_set as "versionSet", status, stage, done::int, total::int, attempt,
  manifest, manifest_hash as "manifestHash", problem, detail, errors, ${utc('created_at')} as "createdAt", ${utc('finished_at')} as "finishedAt"`

export async function readFit(db: Queryable, id: string): Promise<StoredFit | null> {
  const { rows } = await db.query<StoredFit>(`select ${COLUMNS} from fit where id = $1`, [id])
  return rows[0] ?? null
}

/** An entity's, the newest first. */
export async function readFits(db: Queryable, entity: string, limit: number): Promise<StoredFit[]> {
  const text = `select ${COLUMNS} from fit where entity = $1 order by created_at desc, id limit $2`
  return (await db.query<StoredFit>(text, [entity, limit])).rows
}

export async function readFitResult(db: Queryable, id: string): Promise<string | null> {
  const { rows } = await db.query<{ result: string | null }>('select result from fit where id = $1', [id])
  return rows[0]?.result ?? null
}

/** Begun, and perhaps by a process that died. */
export async function unattendedFits(db: Queryable, waitedSeconds: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from fit where status = 'running' or (status = 'queued' and created_at < now() - make_interval(secs => $1)) order by created_at, id",
    [waitedSeconds],
  )
  return rows.map(({ id }) => id)
}
