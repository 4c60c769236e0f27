/** The only SQL on simulations. */
import type { Queryable } from '../db/queryable.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'

export type SimulationStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled'

export interface NewSimulation {
  readonly id: string
  readonly actor: string
  readonly entity: string
  readonly name: string
  /** Canonical JSON. */
  readonly request: string
  /** The run that it starts from, whose snapshot and inputs are kept until it ends; null where that is found when it begins. */
  readonly run?: string | null
}

export interface SimulationListed extends Pick<NewSimulation, 'id' | 'name'> {
  readonly status: SimulationStatus
  readonly stage: string | null
  readonly done: number
  readonly total: number
  readonly attempt: number
  readonly run: string | null
  readonly manifestHash: string | null
  readonly problem: string | null
  readonly detail: string | null
  readonly createdAt: string
  readonly finishedAt: string | null
}

export interface StoredSimulation extends SimulationListed, Omit<NewSimulation, 'run'> {
  readonly manifest: string | null
  readonly errors: string | null
}

/** The request's own key, and the hash of the body that it stands for. */
export interface SimulationKey {
  readonly keyId: string
  readonly key: string
  readonly bodyHash: string
}

/** False when the key stands for a simulation already: nothing was stored then. */
export async function storeSimulation(
  db: Queryable,
  { id, actor, entity, name, request, run = null }: NewSimulation,
  key: SimulationKey | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into simulation (id, actor, entity, name, request, run_id, status, key_id, idempotency_key, body_hash)
     values ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9) on conflict (key_id, idempotency_key) do nothing`,
    [id, actor, entity, name, request, run, key?.keyId ?? null, key?.key ?? null, key?.bodyHash ?? null],
  )
  return rowCount === 1
}

export async function simulationUnderKey(
  db: Queryable,
  { keyId, key }: SimulationKey,
): Promise<{ readonly id: string; readonly bodyHash: string } | null> {
  const { rows } = await db.query<{ id: string; bodyHash: string }>(
    'select id, body_hash as "bodyHash" from simulation where key_id = $1 and idempotency_key = $2',
    [keyId, key],
  )
  return rows[0] ?? null
}

/** How many of an actor's simulations wait or are performed. */
export async function unfinishedOf(db: Queryable, actor: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from simulation where actor = $1 and status in ('queued', 'running')",
    [actor],
  )
  return rows[0]?.count ?? 0
}

/** Begins one more attempt; its number, or null when there is nothing to perform. */
export async function beginSimulation(db: Queryable, id: string): Promise<number | null> {
  const { rows } = await db.query<{ attempt: number }>(
    `update simulation set status = 'running', attempt = attempt + 1, stage = null, done = 0, total = 0, problem = null, detail = null, errors = null
     where id = $1 and status in ('queued', 'running') returning attempt`,
    [id],
  )
  return rows[0]?.attempt ?? null
}

export interface SimulationAttempt {
  readonly id: string
  readonly attempt: number
}

/** How far an attempt is. False when it is no longer the one that counts. */
export async function storeSimulationProgress(
  db: Queryable,
  { id, attempt }: SimulationAttempt,
  { stage, done, total }: { readonly stage: string | null; readonly done: number; readonly total: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'store-simulation-progress',
    text: "update simulation set stage = $3, done = $4, total = $5 where id = $1 and attempt = $2 and status = 'running'",
    values: [id, attempt, stage, done, total],
  })
  return rowCount === 1
}

export interface StoredResult {
  /** Exact. */
  readonly result: string
  /** What stands behind its figures; null of results from before it was stored. */
  readonly behind: string | null
}

export async function completeSimulation(
  db: Queryable,
  { id, attempt }: SimulationAttempt,
  found: StoredResult & { readonly runId: string; readonly manifest: string; readonly manifestHash: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update simulation set status = 'completed', stage = null, run_id = $3, manifest = $4, manifest_hash = $5, result = $6, behind = $7, finished_at = now()
     where id = $1 and attempt = $2 and status = 'running'`,
    [id, attempt, found.runId, found.manifest, found.manifestHash, found.result, found.behind],
  )
  return rowCount === 1
}

/** What stopped it; `queued` lets another process take it up. What was cancelled meanwhile stays cancelled. */
export async function endSimulation(
  db: Queryable,
  { id, attempt }: SimulationAttempt,
  end: {
    readonly status: 'failed' | 'queued'
    readonly problem: string | null
    readonly detail: string | null
    readonly errors: readonly Diagnostic[] | null
  },
): Promise<void> {
  await db.query(
    `update simulation set status = $3, problem = $4, detail = $5, errors = $6, stage = null, finished_at = case when $3 = 'queued' then null else now() end
     where id = $1 and attempt = $2 and status = 'running'`,
    [id, attempt, end.status, end.problem, end.detail, end.errors && JSON.stringify(end.errors)],
  )
}

/** False when it has ended already. */
export async function markSimulationCancelled(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "update simulation set status = 'cancelled', stage = null, finished_at = now() where id = $1 and status in ('queued', 'running')",
    [id],
  )
  return rowCount === 1
}

const SUMMARY = `id, name, status, stage, done, total, attempt, run_id as "run", manifest_hash as "manifestHash", problem, detail,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt", to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "finishedAt"`
const COLUMNS = `${SUMMARY}, actor, entity, request, manifest, errors`

export async function readSimulation(db: Queryable, id: string): Promise<StoredSimulation | null> {
  const { rows } = await db.query<StoredSimulation>(`select ${COLUMNS} from simulation where id = $1`, [id])
  return rows[0] ?? null
}

/** An entity's, the newest first. */
export async function readSimulations(db: Queryable, entity: string, limit: number): Promise<SimulationListed[]> {
  const text = `select ${SUMMARY} from simulation where entity = $1 order by created_at desc, id limit $2`
  return (await db.query<SimulationListed>(text, [entity, limit])).rows
}

/** Of a completed simulation. */
export async function readSimulationResult(db: Queryable, id: string): Promise<StoredResult | null> {
  const { rows } = await db.query<StoredResult>('select result, behind from simulation where id = $1 and result is not null', [id])
  return rows[0] ?? null
}

/** Of a completed simulation, told before its result is read: results are of many megabytes. */
export async function householdsOfResult(db: Queryable, id: string): Promise<number> {
  const { rows } = await db.query<{ households: number }>(
    "select (result::json->>'households')::int as households from simulation where id = $1",
    [id],
  )
  return rows[0]?.households ?? 0
}

/** Begun, and perhaps by a process that died. */
export async function unattendedSimulations(db: Queryable, waitedSeconds: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from simulation where status = 'running' or (status = 'queued' and created_at < now() - make_interval(secs => $1)) order by created_at, id",
    [waitedSeconds],
  )
  return rows.map(({ id }) => id)
}

/** What changes while it is performed. */
export async function readSimulationProgress(db: Queryable, id: string) {
  const { rows } = await db.query<
    Pick<StoredSimulation, 'status' | 'stage' | 'done' | 'total' | 'attempt' | 'manifestHash' | 'problem' | 'detail'>
  >({
    name: 'read-simulation-progress',
    text: 'select status, stage, done, total, attempt, manifest_hash as "manifestHash", problem, detail from simulation where id = $1',
    values: [id],
  })
  return rows[0] ?? null
}
