/** Groups of an entity's users: their roles are the members' too, so whoever changes one gives or takes those roles. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps } from '../access-deps.ts'
import { entityExists } from '../entities/entity-store.ts'
import { assertMayGive, sees } from '../may-manage.ts'
import type { Principal } from '../principal.ts'
import { permissionsOf } from '../roles.ts'
import { addMember, insertGroup, lockGroup, removeMember, updateGroup } from './group-store.ts'
import type { Group, NewGroup } from './group-store.ts'
import { manageable } from './manage-users.ts'

type Events = (action: string, objects: readonly string[]) => AuditEvent
const named = (roles: readonly string[]): string[] => roles.map((role) => `role ${role}`)

export async function makeGroup({ database }: AccessDeps, principal: Principal, wanted: NewGroup, event: Events): Promise<Group> {
  assertMayGive(principal, wanted.entity, permissionsOf(wanted.roles), '/roles')
  return database.transaction(async ({ client }) => {
    if (!(await entityExists(client, wanted.entity))) throw problem('entity-not-found', { pointer: '/entity' })
    const id = await insertGroup(client, wanted)
    await recordEvent(client, event('group.made', [id, ...named(wanted.roles)]))
    return (await lockGroup(client, id)) as Group
  })
}

export async function changeGroup(
  { database }: AccessDeps,
  principal: Principal,
  id: string,
  change: Partial<Pick<NewGroup, 'name' | 'roles'>>,
  event: Events,
): Promise<Group> {
  return database.transaction(async ({ client }) => {
    const group = await manageableGroup(client, principal, id)
    if (change.roles) {
      if (group.members.includes(principal.id)) throw problem('own-account')
      assertMayGive(principal, group.entity, permissionsOf(change.roles), '/roles')
    }
    await updateGroup(client, id, change)
    await recordEvent(client, event('group.changed', [id, ...Object.keys(change), ...named(change.roles ?? [])]))
    return (await lockGroup(client, id)) as Group
  })
}

/** Puts a user of the group's entity into it, or takes the user out. */
export async function setMember(
  { database }: AccessDeps,
  principal: Principal,
  { group: id, user: userId, member }: { readonly group: string; readonly user: string; readonly member: boolean },
  event: Events,
): Promise<Group> {
  if (userId === principal.id) throw problem('own-account')
  return database.transaction(async ({ client }) => {
    const group = await manageableGroup(client, principal, id)
    const user = await manageable(client, principal, userId)
    if (user.entity !== group.entity) throw problem('user-not-found')
    await (member ? addMember : removeMember)(client, id, userId)
    await recordEvent(client, event(member ? 'group.member-added' : 'group.member-removed', [id, userId, ...named(group.roles)]))
    return (await lockGroup(client, id)) as Group
  })
}

async function manageableGroup(client: Queryable, principal: Principal, id: string): Promise<Group> {
  const group = await lockGroup(client, id)
  if (!group || !sees(principal, group.entity)) throw problem('group-not-found')
  assertMayGive(principal, group.entity, permissionsOf(group.roles), '')
  return group
}
