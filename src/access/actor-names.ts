/** Names of those whose ids stand in audit events. */
import type { ActorName } from '../audit/actor.ts'
import type { Queryable } from '../db/queryable.ts'

export async function actorNames(db: Queryable, ids: readonly string[]): Promise<Map<string, ActorName>> {
  const { rows } = await db.query<ActorName & { readonly id: string }>(
    `select id::text, 'key' as kind, name from api_key where id::text = any ($1::text[])
     union all select id::text, 'user', name from user_account where id::text = any ($1::text[])
     union all select id::text, 'client', name from oauth_client where id::text = any ($1::text[])`,
    [[...new Set(ids)]],
  )
  return new Map(rows.map(({ id, ...actor }) => [id, actor]))
}
