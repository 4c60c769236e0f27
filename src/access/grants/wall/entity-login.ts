/** The logins of entities, as the database keeps them. */
import type { Queryable } from '../../../db/queryable.ts'

export interface EntityLogin {
  readonly role: string
  readonly passwordHash: string
  readonly programmes: readonly string[]
  readonly stamp: number
  /** The first day on which other grants hold; null when none begins or ends. */
  readonly goodUntil: string | null
}

export async function readLogin(client: Queryable, entity: string): Promise<EntityLogin | null> {
  const { rows } = await client.query<EntityLogin>(
    `select role, password_hash as "passwordHash", programmes, stamp, good_until as "goodUntil" from entity_login where entity = $1`,
    [entity],
  )
  return rows[0] ?? null
}

export async function writeLogin(
  client: Queryable,
  entity: string,
  login: EntityLogin & { readonly personKey: Uint8Array },
): Promise<void> {
  await client.query(
    `insert into entity_login (entity, role, password_hash, person_key, programmes, stamp, good_until) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (entity) do update set role = excluded.role, password_hash = excluded.password_hash, person_key = excluded.person_key,
       programmes = excluded.programmes, stamp = excluded.stamp, good_until = excluded.good_until`,
    [entity, login.role, login.passwordHash, login.personKey, login.programmes, login.stamp, login.goodUntil],
  )
}
