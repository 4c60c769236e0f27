/** API keys: stored as hashes, shown once, looked up by hash with a short memory. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { sha256 } from '../kernel/canonical.ts'
import { newId } from '../kernel/new-id.ts'
import { allPermissions, isPermission } from './permissions.ts'
import type { Permission } from './permissions.ts'
import type { Principal } from './principal.ts'
import { OPERATOR } from './operator.ts'
import { remembered } from './remembered.ts'
import type { Remembered } from './remembered.ts'

export interface NewKey {
  readonly name: string
  readonly entity: string
  readonly permissions: readonly Permission[]
  /** Who made it: the id of a principal; nothing for the command line. */
  readonly createdBy?: string
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly entity: string
  readonly permissions: readonly Permission[]
  readonly createdAt: Date
  readonly createdBy: string | null
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

export interface MadeKey {
  readonly id: string
  /** The only time that it can be seen. */
  readonly key: string
}

export async function insertKey(queryable: Queryable, { name, entity, permissions, createdBy }: NewKey): Promise<MadeKey> {
  const id = newId()
  const key = `mizan_${randomBytes(32).toString('base64url')}`
  const values = [id, name, entity, sha256(key), [...permissions], createdBy ?? null]
  await queryable.query('insert into api_key (id, name, entity, hash, permissions, created_by) values ($1, $2, $3, $4, $5, $6)', values)
  return { id, key }
}

/** Makes a key and returns it: the only time that it can be seen. */
export const createKey = async (queryable: Queryable, key: NewKey): Promise<string> => (await insertKey(queryable, key)).key

/** At the very first start: a key with every permission, or null when there is one already. */
export async function ensureFirstKey(database: Database): Promise<string | null> {
  return database.transaction(async ({ client }) => {
    await client.query('lock table api_key in share row exclusive mode')
    const { rowCount } = await client.query('select from api_key limit 1')
    if (rowCount !== 0) return null
    return createKey(client, { name: 'first key', entity: OPERATOR, permissions: allPermissions })
  })
}

const columns = `id, name, entity, permissions, created_at as "createdAt", created_by as "createdBy", last_used_at as "lastUsedAt",
  expires_at as "expiresAt", revoked_at as "revokedAt"`

/** The newest first. */
export async function listKeys(
  queryable: Queryable,
  { entity, before, limit }: { readonly entity: string | null; readonly before: string | null; readonly limit: number },
): Promise<ApiKey[]> {
  const { rows } = await queryable.query<ApiKey>(
    `select ${columns} from api_key where ($1::text is null or entity = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [entity, before, limit],
  )
  return rows.map(known)
}

/** Held until the transaction ends. */
export async function lockKey(transaction: Queryable, id: string): Promise<ApiKey | null> {
  const { rows } = await transaction.query<ApiKey>(`select ${columns} from api_key where id = $1 for update`, [id])
  return rows[0] ? known(rows[0]) : null
}

/** A key stops at once in the service that ends it, and within five seconds in any other. */
export async function revokeKey(queryable: Queryable, id: string): Promise<void> {
  await queryable.query('update api_key set revoked_at = now() where id = $1 and revoked_at is null', [id])
}

/** Those that a user made, for a user who is disabled; resolves to their ids. */
export async function revokeKeysMadeBy(transaction: Queryable, principal: string): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    'update api_key set revoked_at = now() where created_by = $1 and revoked_at is null and (expires_at is null or expires_at > now()) returning id',
    [principal],
  )
  return rows.map(({ id }) => id)
}

/** The key works for these hours more, while whoever has it takes its successor into use. */
export async function expireKey(transaction: Queryable, id: string, hours: number): Promise<void> {
  await transaction.query('update api_key set expires_at = least(expires_at, now() + make_interval(hours => $2)) where id = $1', [
    id,
    hours,
  ])
}

/** Finds the holder of a key; known keys are remembered for five seconds, unknown ones never. */
export function keyFinder(queryable: Queryable, now?: () => number): Remembered<Principal> {
  const find = remembered((hash) => findPrincipal(queryable, hash), now)
  return Object.assign((key: string) => find(sha256(key)), { forget: find.forget })
}

async function findPrincipal(queryable: Queryable, hash: string): Promise<Principal | null> {
  const { rows } = await queryable.query<{ id: string; name: string; entity: string; permissions: string[]; stale: boolean }>(
    `select id, name, entity, permissions, coalesce(last_used_at < now() - interval '1 minute', true) as stale
      from api_key where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [hash],
  )
  const row = rows[0]
  if (!row) return null
  if (row.stale) await queryable.query('update api_key set last_used_at = now() where id = $1', [row.id])
  return { id: row.id, name: row.name, entity: row.entity, kind: 'key', permissions: new Set(row.permissions.filter(isPermission)) }
}

/** A permission that this version does not know allows nothing and is not told. */
const known = (key: ApiKey): ApiKey => ({ ...key, permissions: key.permissions.filter(isPermission) })
