/** The only SQL on change sets, their texts, approvals and comments. */
import type { Queryable } from '../../../db/queryable.ts'
import { newId } from '../../../kernel/new-id.ts'
import type { AuthoredKind } from '../drafts/authored-kinds.ts'

export const changeSetStatuses = ['submitted', 'approved', 'rejected', 'withdrawn', 'scheduled', 'in-force'] as const
export type ChangeSetStatus = (typeof changeSetStatuses)[number]

export interface Person {
  readonly id: string
  readonly name: string
  readonly entity: string
}

export interface ChangeSet {
  readonly id: string
  readonly title: string
  readonly author: Person
  readonly effectiveFrom: string
  readonly hash: string
  /** Entities of which a person each has to approve; none means any other person. */
  readonly required: string[]
  readonly status: ChangeSetStatus
  readonly submittedAt: string
  readonly changedAt: string
}

export interface ChangeText {
  readonly kind: AuthoredKind
  readonly id: string
  /** Null takes the object out of force. */
  readonly hash: string | null
  readonly source: string | null
}

export type NewChangeSet = Omit<ChangeSet, 'status' | 'submittedAt' | 'changedAt'>

const moment = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
const columns = `id, title, json_build_object('id', author, 'name', author_name, 'entity', author_entity) as author, effective_from as "effectiveFrom", hash,
  required, status, ${moment('submitted_at')} as "submittedAt", ${moment('changed_at')} as "changedAt"`

export async function storeChangeSet(db: Queryable, set: NewChangeSet, texts: readonly ChangeText[]): Promise<void> {
  const { id, title, author, effectiveFrom, hash, required } = set
  await db.query(
    `insert into change_set (id, title, author, author_name, author_entity, effective_from, hash, required, status)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'submitted')`,
    [id, title, author.id, author.name, author.entity, effectiveFrom, hash, [...required]],
  )
  await db.query(
    'insert into change_set_text (change_set, kind, id, hash, source) select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[])',
    [id, texts.map(({ kind }) => kind), texts.map(({ id }) => id), texts.map(({ hash }) => hash), texts.map(({ source }) => source)],
  )
}

export async function readChangeSet(db: Queryable, id: string): Promise<ChangeSet | null> {
  const { rows } = await db.query<ChangeSet>(`select ${columns} from change_set where id = $1`, [id])
  return rows[0] ?? null
}

/** As it is now, and as it stays until the transaction ends: whoever decides or withdraws it comes one after another. */
export async function lockChangeSet(client: Queryable, id: string): Promise<ChangeSet | null> {
  const { rows } = await client.query<ChangeSet>(`select ${columns} from change_set where id = $1 for no key update`, [id])
  return rows[0] ?? null
}

/** The newest first; ids are in the order of time. */
export async function readChangeSets(
  db: Queryable,
  { status, before, limit }: { readonly status: ChangeSetStatus | null; readonly before: string | null; readonly limit: number },
): Promise<ChangeSet[]> {
  const { rows } = await db.query<ChangeSet>(
    `select ${columns} from change_set where ($1::text is null or status = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [status, before, limit],
  )
  return rows
}

export async function readChangeTexts(db: Queryable, changeSet: string): Promise<ChangeText[]> {
  const { rows } = await db.query<ChangeText>(
    'select kind, id, hash, source from change_set_text where change_set = $1 order by kind, id',
    [changeSet],
  )
  return rows
}

/** Conditional: true for the one who finds it in one of the states it may leave. */
export async function moveChangeSet(db: Queryable, id: string, from: readonly ChangeSetStatus[], to: ChangeSetStatus): Promise<boolean> {
  const { rowCount } = await db.query('update change_set set status = $3, changed_at = now() where id = $1 and status = any($2)', [
    id,
    [...from],
    to,
  ])
  return rowCount === 1
}

export const withdrawSubmitted = (db: Queryable, id: string): Promise<boolean> => moveChangeSet(db, id, ['submitted'], 'withdrawn')

export interface Approval extends Person {
  readonly hash: string
  readonly approvedAt: string
}

/** False when the person, or the entity, has approved already. */
export async function addApproval(db: Queryable, { id, author, hash }: ChangeSet, approver: Person): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into change_set_approval (change_set, author, hash, approver, approver_name, entity) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [id, author.id, hash, approver.id, approver.name, approver.entity],
  )
  return rowCount === 1
}

export async function readApprovals(db: Queryable, changeSet: string): Promise<Approval[]> {
  const { rows } = await db.query<Approval>(
    `select approver as id, approver_name as name, entity, hash, ${moment('approved_at')} as "approvedAt" from change_set_approval
     where change_set = $1 order by approved_at, approver`,
    [changeSet],
  )
  return rows
}

export interface Comment {
  readonly id: string
  readonly by: Person
  readonly text: string
  readonly writtenAt: string
}

export async function addComment(db: Queryable, changeSet: string, { id, name, entity }: Person, text: string): Promise<void> {
  await db.query('insert into change_set_comment (id, change_set, author, author_name, entity, body) values ($1, $2, $3, $4, $5, $6)', [
    newId(),
    changeSet,
    id,
    name,
    entity,
    text,
  ])
}

const COMMENTS_SHOWN = 500

export async function readComments(db: Queryable, changeSet: string): Promise<Comment[]> {
  const { rows } = await db.query<Comment>(
    `select id, json_build_object('id', author, 'name', author_name, 'entity', entity) as by, body as text, ${moment('written_at')} as "writtenAt"
     from change_set_comment where change_set = $1 order by id limit ${COMMENTS_SHOWN}`,
    [changeSet],
  )
  return rows
}

/** Scheduled sets whose day has come. */
export async function readDue(db: Queryable, day: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from change_set where status = 'scheduled' and effective_from <= $1::date order by effective_from, id",
    [day],
  )
  return rows.map(({ id }) => id)
}
