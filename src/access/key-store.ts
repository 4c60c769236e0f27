/** API keys: stored as hashes, shown once, looked up by hash with a short memory. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { sha256 } from '../kernel/canonical.ts'
import { allPermissions, isPermission } from './permissions.ts'
import type { Permission } from './permissions.ts'
import { newId } from '../kernel/new-id.ts'
import type { Principal } from './principal.ts'
import { OPERATOR } from './operator.ts'

export interface NewKey {
  readonly name: string
  readonly entity: string
  readonly permissions: readonly Permission[]
}

/** Makes a key and returns it: the only time that it can be seen. */
export async function createKey(queryable: Queryable, { name, entity, permissions }: NewKey): Promise<string> {
  const key = `mizan_${randomBytes(32).toString('base64url')}`
  const values = [newId(), name, entity, sha256(key), [...permissions]]
  await queryable.query('insert into api_key (id, name, entity, hash, permissions) values ($1, $2, $3, $4, $5)', values)
  return key
}

/** At the very first start: a key with every permission, or null when there is one already. */
export async function ensureFirstKey(database: Database): Promise<string | null> {
  return database.transaction(async ({ client }) => {
    await client.query('lock table api_key in share row exclusive mode')
    const { rowCount } = await client.query('select from api_key limit 1')
    if (rowCount !== 0) return null
    return createKey(client, { name: 'first key', entity: OPERATOR, permissions: allPermissions })
  })
}

/** A key stops at once in the database and after at most REMEMBERED_MS in a running service. */
export async function revokeKey(queryable: Queryable, id: string): Promise<void> {
  await queryable.query('update api_key set revoked_at = now() where id = $1 and revoked_at is null', [id])
}

const REMEMBERED_MS = 5_000
const REMEMBERED_KEYS = 10_000

/** Finds the holder of a key; known keys are remembered for five seconds, unknown ones never. */
export function keyFinder(queryable: Queryable, now: () => number = Date.now): (key: string) => Promise<Principal | null> {
  const remembered = new Map<string, { readonly principal: Principal; readonly until: number }>()
  return async (key) => {
    const hash = sha256(key)
    const hit = remembered.get(hash)
    if (hit && hit.until > now()) return hit.principal
    const principal = await findPrincipal(queryable, hash)
    if (remembered.size >= REMEMBERED_KEYS) remembered.clear()
    if (principal) remembered.set(hash, { principal, until: now() + REMEMBERED_MS })
    else remembered.delete(hash)
    return principal
  }
}

async function findPrincipal(queryable: Queryable, hash: string): Promise<Principal | null> {
  const { rows } = await queryable.query<{ id: string; name: string; entity: string; permissions: string[] }>(
    'select id, name, entity, permissions from api_key where hash = $1 and revoked_at is null',
    [hash],
  )
  const row = rows[0]
  return row
    ? { id: row.id, name: row.name, entity: row.entity, kind: 'key', permissions: new Set(row.permissions.filter(isPermission)) }
    : null
}
