/** Keys of an entity's systems: made, replaced with a time in which both work, ended. Never with more than whoever makes them has. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps } from '../access-deps.ts'
import { entityExists } from '../entities/entity-store.ts'
import { expireKey, insertKey, lockKey, revokeKey } from '../key-store.ts'
import type { ApiKey, MadeKey, NewKey } from '../key-store.ts'
import { assertMayGive, sees } from '../may-manage.ts'
import type { Principal } from '../principal.ts'

type Events = (action: string, objects: readonly string[]) => AuditEvent

export async function makeKey(
  { database }: AccessDeps,
  principal: Principal,
  wanted: Omit<NewKey, 'createdBy'>,
  event: Events,
): Promise<MadeKey> {
  assertMayGive(principal, wanted.entity, wanted.permissions, '/permissions')
  return database.transaction(async ({ client }) => {
    if (!(await entityExists(client, wanted.entity))) throw problem('entity-not-found', { pointer: '/entity' })
    const made = await insertKey(client, { ...wanted, createdBy: principal.id })
    await recordEvent(client, event('key.made', [made.id, ...wanted.permissions]))
    return made
  })
}

/** A new key in place of one, which works for some hours more. */
export async function rotateKey(
  { database, forget }: AccessDeps,
  principal: Principal,
  { id, overlapHours }: { readonly id: string; readonly overlapHours: number },
  event: Events,
): Promise<MadeKey> {
  const rotated = await database.transaction(async ({ client }) => {
    const { name, entity, permissions, revokedAt, expiresAt } = await manageableKey(client, principal, id)
    if (revokedAt || (expiresAt && expiresAt <= new Date())) throw problem('key-ended')
    const made = await insertKey(client, { name, entity, permissions, createdBy: principal.id })
    await expireKey(client, id, overlapHours)
    await recordEvent(client, event('key.rotated', [id, made.id]))
    return made
  })
  if (overlapHours === 0) forget()
  return rotated
}

export async function endKey({ database, forget }: AccessDeps, principal: Principal, id: string, event: Events): Promise<void> {
  await database.transaction(async ({ client }) => {
    await manageableKey(client, principal, id)
    await revokeKey(client, id)
    await recordEvent(client, event('key.revoked', [id]))
  })
  forget()
}

async function manageableKey(client: Queryable, principal: Principal, id: string): Promise<ApiKey> {
  const key = await lockKey(client, id)
  if (!key || !sees(principal, key.entity)) throw problem('key-not-found')
  assertMayGive(principal, key.entity, key.permissions, '')
  return key
}
