/** Deciding on a grant and taking it back: the history, PostgreSQL's side and the event change in one transaction, so that each next call is held to it. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { Principal } from '../principal.ts'
import { actsFor, assertMayDecide, assertVisible } from './custody.ts'
import { type Grant, standing } from './grant.ts'
import type { Audit, GrantDeps } from './grant-deps.ts'
import { decideGrant, listGrants, readGrant, revokeGrant, revokeItems } from './grant-store.ts'
import { operationNamed } from './operations.ts'
import { idsOf } from './request-grant.ts'

export interface Decision {
  readonly id: string
  readonly status: 'approved' | 'rejected'
  readonly note: string | null
}

export async function decideOnGrant(deps: GrantDeps, principal: Principal, decision: Decision, audit: Audit): Promise<Grant> {
  return deps.database.transaction(async ({ client }) => {
    const grant = await readGrant(client, decision.id, 'for update')
    assertVisible(grant, principal)
    assertMayDecide(grant, principal)
    if (!(await decideGrant(client, { ...decision, by: principal.id }))) throw problem('grant-decided')
    await deps.grants.reconcile(client, grant.consumer)
    const event = { action: `grant.${decision.status}`, outcome: decision.status, read: idsOf({ ...grant, items: standing(grant) }) }
    await recordEvent(client, audit({ ...event, objects: [`grant:${grant.id}`, `consumer:${grant.consumer}`] }))
    return (await readGrant(client, grant.id)) as Grant
  })
}

export interface Revocation {
  readonly id: string
  /** Columns or facts; null for all of it. */
  readonly items: readonly string[] | null
  readonly note: string | null
}

/** By whoever acts for the custodian, a system too: it must hold at once. The consumer may give it back. */
export async function revoke(deps: GrantDeps, principal: Principal, revocation: Revocation, audit: Audit): Promise<Grant> {
  return deps.database.transaction(({ client }) => revokeIn(client, deps, principal, revocation, audit))
}

async function revokeIn(client: Queryable, deps: GrantDeps, principal: Principal, revocation: Revocation, audit: Audit): Promise<Grant> {
  const grant = await readGrant(client, revocation.id, 'for update')
  assertVisible(grant, principal)
  if (grant.status !== 'approved') throw problem('grant-not-in-force')
  const left = standing(grant)
  const items = revocation.items ?? left
  items.forEach((item, index) => {
    if (!left.includes(item))
      throw problem('grant-not-in-force', { pointer: `/items/${index}`, expected: 'a column or fact of the grant that was not revoked' })
  })
  // A grant of nothing would look as if it were in force.
  if (left.every((item) => items.includes(item))) await revokeGrant(client, grant.id, principal.id, revocation.note)
  else await revokeItems(client, grant.id, principal.id, items)
  await deps.grants.reconcile(client, grant.consumer)
  const event = { action: 'grant.revoked', outcome: 'revoked', read: idsOf({ ...grant, items }) }
  await recordEvent(client, audit({ ...event, objects: [`grant:${grant.id}`, `consumer:${grant.consumer}`] }))
  return (await readGrant(client, grant.id)) as Grant
}

/** An operation taken back from a consumer: its columns in every grant that gives them; resolves to the grants that changed. */
export async function revokeOperation(
  deps: GrantDeps,
  principal: Principal,
  { operation: id, consumer, note }: { readonly operation: string; readonly consumer: string; readonly note: string | null },
  audit: Audit,
): Promise<Grant[]> {
  const operation = operationNamed(id)
  if (!operation || !(actsFor(principal, operation.custodian) || actsFor(principal, consumer))) throw problem('grant-not-found')
  const { registry, custodian, columns } = operation
  const filter = { parties: [custodian], consumer, registry, status: 'approved' as const, limit: EACH }
  return deps.database.transaction(async ({ client }) => {
    const changed: Grant[] = []
    for (const grant of await listGrants(client, filter)) {
      const items = standing(grant).filter((column) => columns.includes(column))
      if (items.length > 0) changed.push(await revokeIn(client, deps, principal, { id: grant.id, items, note }, audit))
    }
    if (changed.length === 0) throw problem('grant-not-in-force')
    return changed
  })
}

/** Grants of one registry to one consumer; more than these nobody writes. */
const EACH = 1_000
