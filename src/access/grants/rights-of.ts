/** What an entity may read, from its grants in force; the same object for as long as they and the day stand. */
import type { Queryable } from '../../db/queryable.ts'
import { type HeldGrant, heldGrants, readGrantStamp } from './grant-store.ts'
import type { ReadRights, RowScope } from './read-rights.ts'
import { narrower, wider } from './row-scope.ts'

const REMEMBERED = 1_000
const NONE: RowScope = { kind: 'none' }
const NOTHING: ReadonlySet<string> = new Set()

/**
 * Reads the entity's stamp at every call, so that what was revoked anywhere is refused from the next call on, in every process.
 * INVARIANT: the stamp is read before the grants: what is remembered under it is never older than it.
 */
export function rightsReader(db: Queryable, timeZone: string): (entity: string) => Promise<ReadRights> {
  const remembered = new Map<string, { readonly stamp: number; readonly day: string; readonly rights: Promise<ReadRights> }>()
  return async (entity) => {
    const { stamp, day } = await readGrantStamp(db, entity, timeZone)
    const known = remembered.get(entity)
    if (known && known.stamp === stamp && known.day === day) return known.rights
    if (remembered.size >= REMEMBERED) remembered.clear()
    const rights = rightsOn(db, entity, day)
    const entry = { stamp, day, rights }
    // A call that read an older stamp and was overtaken does not put it back: the next call would read anew for nothing, no more.
    remembered.set(entity, entry)
    rights.catch(() => {
      if (remembered.get(entity) === entry) remembered.delete(entity)
    })
    return rights
  }
}

/** Those of a day, which may be a coming one. */
export async function rightsOn(db: Queryable, entity: string, day: string): Promise<ReadRights> {
  const held = await heldGrants(db, entity, day)
  return rightsFrom(
    entity,
    held.filter(({ from, to }) => from <= day && (to === null || day < to)),
  )
}

/** Overlapping grants unite. */
export function rightsFrom(entity: string, held: readonly HeldGrant[]): ReadRights {
  const scopes = new Map<string, Map<string, RowScope>>()
  const [facts, decideOnly] = [new Set<string>(), new Set<string>()]
  for (const grant of held) {
    if (grant.registry === null) for (const fact of grant.items) (grant.decideOnly ? decideOnly : facts).add(fact)
    else {
      const columns = scopes.get(grant.registry) ?? new Map<string, RowScope>()
      scopes.set(grant.registry, columns)
      for (const column of grant.items) columns.set(column, wider(columns.get(column) ?? NONE, grant.rows ?? NONE))
    }
  }
  const columns = new Map([...scopes].map(([registry, held]) => [registry, new Set(held.keys()) as ReadonlySet<string>]))
  const narrowest = new Map([...scopes].map(([registry, held]) => [registry, [...held.values()].reduce(narrower)]))
  return Object.freeze({
    entity,
    columns: (registry: string) => columns.get(registry) ?? NOTHING,
    facts,
    decideOnly,
    rowScope: (registry: string, column?: string) =>
      (column === undefined ? narrowest.get(registry) : scopes.get(registry)?.get(column)) ?? NONE,
  })
}
