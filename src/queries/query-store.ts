/** Saved queries and their versions: the only SQL on these tables. */
import type { Queryable } from '../db/queryable.ts'
import { canonicalJson, sha256 } from '../kernel/canonical.ts'
import { newId } from '../kernel/new-id.ts'
import type { Words } from '../language/fact-space.ts'
import type { QueryDefinition } from './definition-schema.ts'

export interface SavedQuery {
  readonly id: string
  readonly entity: string
  readonly createdBy: string
  readonly createdAt: string
  readonly shared: boolean
  readonly callers: readonly string[]
  readonly callsPerMinute: number | null
  readonly archivedAt: string | null
  /** The latest. */
  readonly version: number
}

export interface SavedVersion {
  readonly version: number
  readonly hash: string
  readonly savedBy: string
  readonly savedAt: string
  readonly definition: QueryDefinition
}

export interface ListedQuery extends SavedQuery {
  readonly hash: string
  readonly name: Words
  readonly description: Words | null
}

interface Author {
  readonly entity: string
  readonly principal: string
}

/** The query with its first version. */
export async function insertQuery(transaction: Queryable, definition: QueryDefinition, { entity, principal }: Author): Promise<string> {
  const id = newId()
  await transaction.query('insert into saved_query (id, entity, created_by) values ($1, $2, $3)', [id, entity, principal])
  await insertVersion(transaction, id, 1, definition, principal)
  return id
}

/** False when somebody else has saved that version meanwhile. */
export async function insertVersion(
  db: Queryable,
  id: string,
  version: number,
  definition: QueryDefinition,
  principal: string,
): Promise<boolean> {
  const text = canonicalJson(definition)
  const { rowCount } = await db.query(
    `insert into saved_query_version (query_id, version, definition, hash, saved_by) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [id, version, text, sha256(text), principal],
  )
  return rowCount === 1
}

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
const QUERY = `q.id, q.entity, q.created_by as "createdBy", ${utc('q.created_at')} as "createdAt", q.shared, q.callers,
  q.calls_per_minute as "callsPerMinute", ${utc('q.archived_at')} as "archivedAt"`
const VERSION = `v.version, v.hash, v.saved_by as "savedBy", ${utc('v.saved_at')} as "savedAt", v.definition`
const LATEST = '(select max(version) from saved_query_version where query_id = q.id)'

export async function readQuery(db: Queryable, id: string): Promise<SavedQuery | null> {
  const { rows } = await db.query<SavedQuery>({
    name: 'query-read',
    text: `select ${QUERY}, ${LATEST} as version from saved_query q where q.id = $1`,
    values: [id],
  })
  return rows[0] ?? null
}

export async function readVersion(db: Queryable, id: string, version: number): Promise<SavedVersion | null> {
  const { rows } = await db.query<Omit<SavedVersion, 'definition'> & { definition: string }>({
    name: 'query-version-read',
    text: `select ${VERSION} from saved_query_version v where v.query_id = $1 and v.version = $2`,
    values: [id, version],
  })
  const [row] = rows
  return row ? { ...row, definition: JSON.parse(row.definition) as QueryDefinition } : null
}

/** The query, and the version if it has it; null for the latest. */
export async function readQueryWithVersion(
  db: Queryable,
  id: string,
  wanted: number | null,
): Promise<{ readonly query: SavedQuery; readonly version: SavedVersion | null } | null> {
  const { rows } = await db.query<
    SavedQuery & { found: number | null; hash: string; savedBy: string; savedAt: string; definition: string | null }
  >({
    name: 'query-with-version',
    text: `select ${QUERY}, l.version, v.version as found, v.hash, v.saved_by as "savedBy", ${utc('v.saved_at')} as "savedAt", v.definition
      from saved_query q cross join lateral ${LATEST} l (version)
      left join saved_query_version v on v.query_id = q.id and v.version = coalesce($2, l.version) where q.id = $1`,
    values: [id, wanted],
  })
  const [row] = rows
  if (!row) return null
  const { found, hash, savedBy, savedAt, definition, ...query } = row
  if (found === null || definition === null) return { query, version: null }
  return { query, version: { version: found, hash, savedBy, savedAt, definition: JSON.parse(definition) as QueryDefinition } }
}

export async function readVersions(db: Queryable, id: string): Promise<Omit<SavedVersion, 'definition'>[]> {
  const { rows } = await db.query<Omit<SavedVersion, 'definition'>>(
    `select v.version, v.hash, v.saved_by as "savedBy", ${utc('v.saved_at')} as "savedAt"
     from saved_query_version v where v.query_id = $1 order by v.version desc`,
    [id],
  )
  return rows
}

export interface Wanted {
  readonly entity: string
  readonly principal: string
  /** Words of name or description, in either language; null for all. */
  readonly search: string | null
  /** Id that the page before ended with. */
  readonly before: string | null
  readonly archived: boolean
  readonly limit: number
}

/** Those that the principal may see, the newest first. */
export async function listQueries(db: Queryable, { entity, principal, search, before, archived, limit }: Wanted): Promise<ListedQuery[]> {
  const { rows } = await db.query<ListedQuery>(
    `select ${QUERY}, v.version, v.hash, v.definition::jsonb -> 'name' as name, v.definition::jsonb -> 'description' as description
     from saved_query q join saved_query_version v on v.query_id = q.id and v.version = ${LATEST}
     where q.entity = $1 and (q.shared or q.created_by = $2 or $2 = any (q.callers)) and (q.archived_at is null or $5)
       and ($3::text is null or position(lower($3) in v.words) > 0) and ($4::uuid is null or q.id < $4)
     order by q.id desc limit $6`,
    [entity, principal, search, before, archived, limit],
  )
  return rows
}

export interface QueryAccess {
  readonly shared: boolean
  readonly callers: readonly string[]
  readonly callsPerMinute: number | null
}

export async function setAccess(db: Queryable, id: string, { shared, callers, callsPerMinute }: QueryAccess): Promise<void> {
  await db.query('update saved_query set shared = $2, callers = $3, calls_per_minute = $4 where id = $1', [
    id,
    shared,
    callers,
    callsPerMinute,
  ])
}

/** False when it was archived already. */
export async function archiveQuery(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('update saved_query set archived_at = now() where id = $1 and archived_at is null', [id])
  return rowCount === 1
}
