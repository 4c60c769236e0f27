/** The only SQL on systems that take tokens (OAuth2 client credentials) and on their secrets. */
import { randomBytes } from 'node:crypto'
import type { Queryable } from '../../db/queryable.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { newId } from '../../kernel/new-id.ts'
import { isPermission } from '../permissions.ts'
import type { Permission } from '../permissions.ts'

export interface Client {
  readonly id: string
  readonly name: string
  readonly entity: string
  readonly permissions: readonly Permission[]
  readonly createdAt: Date
  readonly createdBy: string
  readonly lastUsedAt: Date | null
  readonly disabledAt: Date | null
}

const columns = `id, name, entity, permissions, created_at as "createdAt", created_by as "createdBy", last_used_at as "lastUsedAt",
  disabled_at as "disabledAt"`
const known = (client: Client): Client => ({ ...client, permissions: client.permissions.filter(isPermission) })

/** The newest first. */
export async function listClients(
  queryable: Queryable,
  { entity, before, limit }: { readonly entity: string | null; readonly before: string | null; readonly limit: number },
): Promise<Client[]> {
  const { rows } = await queryable.query<Client>(
    `select ${columns} from oauth_client where ($1::text is null or entity = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [entity, before, limit],
  )
  return rows.map(known)
}

export async function findClient(queryable: Queryable, id: string): Promise<Client | null> {
  const { rows } = await queryable.query<Client>(`select ${columns} from oauth_client where id = $1`, [id])
  return rows[0] ? known(rows[0]) : null
}

/** Held until the transaction ends. */
export async function lockClient(transaction: Queryable, id: string): Promise<Client | null> {
  await transaction.query('select from oauth_client where id = $1 for update', [id])
  return findClient(transaction, id)
}

export type NewClient = Pick<Client, 'name' | 'entity' | 'permissions' | 'createdBy'>

export async function insertClient(transaction: Queryable, { name, entity, permissions, createdBy }: NewClient): Promise<string> {
  const id = newId()
  const values = [id, name, entity, [...permissions], createdBy]
  await transaction.query('insert into oauth_client (id, name, entity, permissions, created_by) values ($1, $2, $3, $4, $5)', values)
  return id
}

export async function disableClient(transaction: Queryable, id: string): Promise<void> {
  await transaction.query('update oauth_client set disabled_at = coalesce(disabled_at, now()) where id = $1', [id])
}

/** Those that a user made, for a user who is disabled; resolves to their ids. */
export async function disableClientsMadeBy(transaction: Queryable, principal: string): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    'update oauth_client set disabled_at = now() where created_by = $1 and disabled_at is null returning id',
    [principal],
  )
  return rows.map(({ id }) => id)
}

/** A new secret, seen here only; those that there are work for some hours more. */
export async function insertSecret(transaction: Queryable, client: string, overlapHours: number): Promise<string> {
  await transaction.query(
    'update oauth_client_secret set expires_at = least(expires_at, now() + make_interval(hours => $2)) where client_id = $1',
    [client, overlapHours],
  )
  const secret = randomBytes(32).toString('base64url')
  await transaction.query('insert into oauth_client_secret (hash, client_id) values ($1, $2)', [sha256(secret), client])
  return secret
}

/** The client that has this secret; its 256 random bits need no slow hash. */
export async function clientWithSecret(queryable: Queryable, id: string, secret: string): Promise<Client | null> {
  const { rowCount } = await queryable.query(
    'select from oauth_client_secret where hash = $1 and client_id::text = $2 and (expires_at is null or expires_at > now())',
    [sha256(secret), id],
  )
  const client = rowCount === 1 ? await findClient(queryable, id) : null
  return client && !client.disabledAt ? client : null
}

export async function noteUse(queryable: Queryable, id: string): Promise<void> {
  await queryable.query('update oauth_client set last_used_at = now() where id = $1', [id])
}
