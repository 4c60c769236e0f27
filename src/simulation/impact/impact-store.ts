/** The only SQL on impacts. */
import type { Queryable } from '../../db/queryable.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { VersionKind, VersionRef } from '../../programmes/version.ts'

export type ImpactStatus = 'queued' | 'running' | 'completed' | 'failed'

/** The versions with the change: all of them by name, and the texts of those that are stored nowhere else. */
export interface ImpactChange {
  readonly members: readonly VersionRef[]
  readonly texts: readonly { readonly kind: VersionKind; readonly id: string; readonly version: number; readonly source: string }[]
  /** Ids of programmes of which something is changed. */
  readonly programmes: readonly string[]
}

/** What is compared, and on what. */
export interface ImpactQuestion {
  readonly run: string
  readonly snapshot: string
  readonly effectiveFrom: string
  /** Hashes of the sets of versions without the change and with it. */
  readonly base: string
  readonly draft: string
}

export interface NewImpact extends ImpactQuestion {
  readonly id: string
  /** Hash of everything that the result follows from. */
  readonly question: string
  readonly actor: string
  readonly entity: string
  readonly change: ImpactChange
}

export interface StoredImpact extends ImpactQuestion {
  readonly id: string
  readonly status: ImpactStatus
  readonly result: string | null
  readonly problem: string | null
  readonly errors: readonly Diagnostic[] | null
}

/** False when the question was asked before. */
export async function storeImpact(db: Queryable, impact: NewImpact): Promise<boolean> {
  const { id, question, actor, entity, run, snapshot, effectiveFrom, base, draft, change } = impact
  const { rowCount } = await db.query(
    `insert into impact (id, question, actor, entity, run_id, snapshot, effective_from, base, draft, change, status)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued') on conflict (question) do nothing`,
    [id, question, actor, entity, run, snapshot, effectiveFrom, base, draft, JSON.stringify(change)],
  )
  return rowCount === 1
}

const COLUMNS = 'id, status, run_id as run, snapshot, effective_from as "effectiveFrom", base, draft, result, problem, errors'

type Row = Omit<StoredImpact, 'errors'> & { readonly errors: string | null }
const read = ({ errors, ...row }: Row): StoredImpact => ({
  ...row,
  errors: errors === null ? null : (JSON.parse(errors) as Diagnostic[]),
})

export async function impactOfQuestion(db: Queryable, question: string): Promise<StoredImpact | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from impact where question = $1`, [question])
  return rows[0] ? read(rows[0]) : null
}

/** Status alone, for whoever waits. */
export async function impactStatus(db: Queryable, id: string): Promise<ImpactStatus | null> {
  const { rows } = await db.query<{ status: ImpactStatus }>({
    name: 'impact-status',
    text: 'select status from impact where id = $1',
    values: [id],
  })
  return rows[0]?.status ?? null
}

/** How many impacts that this actor asked for wait or are measured. */
export async function unfinishedImpactsOf(db: Queryable, actor: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from impact where actor = $1 and status in ('queued', 'running')",
    [actor],
  )
  return rows[0]?.count ?? 0
}

/** What there is to measure; null where it has ended. */
export async function beginImpact(db: Queryable, id: string): Promise<(ImpactQuestion & { readonly change: ImpactChange }) | null> {
  const { rows } = await db.query<ImpactQuestion & { readonly change: string }>(
    `update impact set status = 'running' where id = $1 and status in ('queued', 'running')
     returning run_id as run, snapshot, effective_from as "effectiveFrom", base, draft, change`,
    [id],
  )
  return rows[0] ? { ...rows[0], change: JSON.parse(rows[0].change) as ImpactChange } : null
}

export const completeImpact = (db: Queryable, id: string, result: string): Promise<unknown> =>
  db.query("update impact set status = 'completed', result = $2, finished_at = now() where id = $1 and status = 'running'", [id, result])

export const failImpact = (db: Queryable, id: string, problem: string, errors: readonly Diagnostic[] | null): Promise<unknown> =>
  db.query(
    "update impact set status = 'failed', problem = $2, errors = $3, finished_at = now() where id = $1 and status in ('queued', 'running')",
    [id, problem, errors && JSON.stringify(errors)],
  )

/** Waits again: whoever measured it was stopped, or failed in a way that may pass. False when it is neither. */
export async function waitAgain(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update impact set status = 'queued', problem = null, errors = null, finished_at = null where id = $1 and status in ('running', 'failed')`,
    [id],
  )
  return rowCount === 1
}

/** Begun, and perhaps by a process that died; or waiting for longer than anybody should. */
export async function unattendedImpacts(db: Queryable, waitedSeconds: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from impact where status = 'running' or (status = 'queued' and created_at < now() - make_interval(secs => $1)) order by created_at, id",
    [waitedSeconds],
  )
  return rows.map(({ id }) => id)
}
