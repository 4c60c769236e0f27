/** The only SQL on drafts: one text per author and object, changed only by whoever names the text that it replaces. */
import type { Queryable } from '../../../db/queryable.ts'
import type { AuthoredKind } from './authored-kinds.ts'

export interface DraftName {
  readonly kind: AuthoredKind
  readonly id: string
}

export interface Draft extends DraftName {
  /** Byte for byte; null takes the object out of force. */
  readonly source: string | null
  readonly etag: string
  /** The change set that it was last submitted with and that is not decided. */
  readonly changeSet: string | null
  readonly changedAt: string
}

const columns = `kind, id, source, etag, change_set as "changeSet", to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "changedAt"`

export async function readDrafts(db: Queryable, author: string): Promise<Draft[]> {
  const { rows } = await db.query<Draft>(`select ${columns} from version_draft where author = $1 order by kind, id`, [author])
  return rows
}

export async function readDraft(db: Queryable, author: string, { kind, id }: DraftName): Promise<Draft | null> {
  const { rows } = await db.query<Draft>(`select ${columns} from version_draft where author = $1 and kind = $2 and id = $3`, [
    author,
    kind,
    id,
  ])
  return rows[0] ?? null
}

export type DraftText = DraftName & Pick<Draft, 'source' | 'etag'>

/** False when the author has a draft of the object already. */
export async function addDraft(db: Queryable, author: string, { kind, id, source, etag }: DraftText): Promise<boolean> {
  const { rowCount } = await db.query(
    'insert into version_draft (author, kind, id, source, etag) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [author, kind, id, source, etag],
  )
  return rowCount === 1
}

/** The draft as its author saw it: with this text, in this change set or none. */
export type DraftSeen = Pick<Draft, 'etag' | 'changeSet'>
const SEEN = 'author = $1 and kind = $2 and id = $3 and etag = $4 and change_set is not distinct from $5'

/** False when the draft is not as it was seen. */
export async function changeDraft(db: Queryable, author: string, seen: DraftSeen, { kind, id, source, etag }: DraftText): Promise<boolean> {
  const { rowCount } = await db.query(
    `update version_draft set source = $6, etag = $7, change_set = null, changed_at = now() where ${SEEN}`,
    [author, kind, id, seen.etag, seen.changeSet, source, etag],
  )
  return rowCount === 1
}

/** As `changeDraft`, for a draft that is given up. */
export async function dropDraft(db: Queryable, author: string, seen: DraftSeen, { kind, id }: DraftName): Promise<boolean> {
  const { rowCount } = await db.query(`delete from version_draft where ${SEEN}`, [author, kind, id, seen.etag, seen.changeSet])
  return rowCount === 1
}

/** Binds drafts to the change set they are submitted with: those that still have the text and stand in no other; the number bound. */
export async function bindDrafts(db: Queryable, author: string, changeSet: string, drafts: readonly DraftText[]): Promise<number> {
  const { rowCount } = await db.query(
    `update version_draft d set change_set = $2
     from unnest($3::text[], $4::text[], $5::text[]) as named (kind, id, etag)
     where d.author = $1 and d.kind = named.kind and d.id = named.id and d.etag = named.etag and d.change_set is null`,
    [author, changeSet, drafts.map(({ kind }) => kind), drafts.map(({ id }) => id), drafts.map(({ etag }) => etag)],
  )
  return rowCount ?? 0
}

/** After a rejection or withdrawal the drafts can be submitted again. */
export const freeDrafts = (db: Queryable, changeSet: string): Promise<unknown> =>
  db.query('update version_draft set change_set = null where change_set = $1', [changeSet])

/** After the approval the texts stand in the change set only. */
export const dropDraftsOf = (db: Queryable, changeSet: string): Promise<unknown> =>
  db.query('delete from version_draft where change_set = $1', [changeSet])
