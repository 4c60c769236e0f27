/** Systems that take tokens: made, given another secret with a time in which both work, ended. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps } from '../access-deps.ts'
import { entityExists } from '../entities/entity-store.ts'
import { assertMayGive, sees } from '../may-manage.ts'
import type { Principal } from '../principal.ts'
import { disableClient, insertClient, insertSecret, lockClient } from './client-store.ts'
import type { Client, NewClient } from './client-store.ts'

type Events = (action: string, objects: readonly string[]) => AuditEvent

export interface MadeClient {
  readonly id: string
  /** The only time that it can be seen. */
  readonly secret: string
}

export async function makeClient(
  { database }: AccessDeps,
  principal: Principal,
  wanted: Omit<NewClient, 'createdBy'>,
  event: Events,
): Promise<MadeClient> {
  assertMayGive(principal, wanted.entity, wanted.permissions, '/permissions')
  return database.transaction(async ({ client }) => {
    if (!(await entityExists(client, wanted.entity))) throw problem('entity-not-found', { pointer: '/entity' })
    const id = await insertClient(client, { ...wanted, createdBy: principal.id })
    const secret = await insertSecret(client, id, 0)
    await recordEvent(client, event('client.made', [id, ...wanted.permissions]))
    return { id, secret }
  })
}

export async function rotateSecret(
  { database }: AccessDeps,
  principal: Principal,
  { id, overlapHours }: { readonly id: string; readonly overlapHours: number },
  event: Events,
): Promise<MadeClient> {
  return database.transaction(async ({ client }) => {
    const { disabledAt } = await manageableClient(client, principal, id)
    if (disabledAt) throw problem('client-ended')
    const secret = await insertSecret(client, id, overlapHours)
    await recordEvent(client, event('client.secret-rotated', [id]))
    return { id, secret }
  })
}

/** Its secrets and tokens end: at once in this process, within five seconds in any other. */
export async function endClient({ database, forget }: AccessDeps, principal: Principal, id: string, event: Events): Promise<void> {
  await database.transaction(async ({ client }) => {
    await manageableClient(client, principal, id)
    await disableClient(client, id)
    await recordEvent(client, event('client.ended', [id]))
  })
  forget()
}

async function manageableClient(transaction: Queryable, principal: Principal, id: string): Promise<Client> {
  const client = await lockClient(transaction, id)
  if (!client || !sees(principal, client.entity)) throw problem('client-not-found')
  assertMayGive(principal, client.entity, client.permissions, '')
  return client
}
