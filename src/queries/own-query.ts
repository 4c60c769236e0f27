/** Which saved queries a principal sees: its entity's that are shared, its own, and those that name it as a caller; others are not there. */
import type { Principal } from '../access/principal.ts'
import type { Queryable } from '../db/queryable.ts'
import { problem } from '../kernel/problem.ts'
import { readQuery, readQueryWithVersion, readVersion, type SavedQuery, type SavedVersion } from './query-store.ts'

export async function visibleQuery(db: Queryable, id: string, principal: Principal): Promise<SavedQuery> {
  const found = await readQuery(db, id)
  if (!found || !isVisible(found, principal)) throw problem('query-not-found')
  return found
}

/** With one of its versions, the latest unless said, in one statement: every call begins with it. */
export async function visibleVersion(
  db: Queryable,
  id: string,
  wanted: number | undefined,
  principal: Principal,
): Promise<{ readonly query: SavedQuery; readonly version: SavedVersion }> {
  const found = await readQueryWithVersion(db, id, wanted ?? null)
  if (!found || !isVisible(found.query, principal)) throw problem('query-not-found')
  if (!found.version) throw problem('query-not-found', { pointer: 'version' })
  return { query: found.query, version: found.version }
}

const isVisible = ({ entity, shared, createdBy, callers }: SavedQuery, principal: Principal): boolean =>
  entity === principal.entity && (shared || createdBy === principal.id || callers.includes(principal.id))

/** For those who may change it: its author and, when it is shared, whoever of the entity may write queries. */
export async function changeableQuery(db: Queryable, id: string, principal: Principal): Promise<SavedQuery> {
  const query = await visibleQuery(db, id, principal)
  if (!query.shared && query.createdBy !== principal.id) throw problem('query-not-found')
  if (query.archivedAt !== null) throw problem('query-archived')
  return query
}

export async function versionOf(db: Queryable, query: SavedQuery, version: number = query.version): Promise<SavedVersion> {
  const found = await readVersion(db, query.id, version)
  if (!found) throw problem('query-not-found', { pointer: 'version' })
  return found
}
