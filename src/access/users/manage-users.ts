/** Making and changing users: within one's entity, never giving, nor touching somebody who has, what one does not have. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps } from '../access-deps.ts'
import { entityExists } from '../entities/entity-store.ts'
import { disableClientsMadeBy } from '../clients/client-store.ts'
import { revokeKeysMadeBy } from '../key-store.ts'
import { assertMayGive, sees } from '../may-manage.ts'
import type { Principal } from '../principal.ts'
import { permissionsOf } from '../roles.ts'
import { endChallengesOf } from '../sign-in/challenge-store.ts'
import { inviteUser, spendTokensOf } from '../sign-in/password-token.ts'
import { endSessionsOf } from '../sign-in/session-store.ts'
import { isLogin } from './login.ts'
import { findUser, insertUser, lockUser, updateUser } from './user-store.ts'
import type { NewUser, User, UserChange } from './user-store.ts'

type Events = (action: string, objects: readonly string[]) => AuditEvent

/** Makes a user and sends the token with which the user sets a password. */
export async function makeUser(deps: AccessDeps, principal: Principal, asked: NewUser, event: Events): Promise<User> {
  const wanted = { ...asked, login: asked.login.toLowerCase() }
  if (!isLogin(wanted.login)) throw problem('login-not-usable', { pointer: '/login' })
  assertMayGive(principal, wanted.entity, permissionsOf(wanted.roles), '/roles')
  const { user, send } = await deps.database.transaction(async ({ client }) => {
    if (!(await entityExists(client, wanted.entity))) throw problem('entity-not-found', { pointer: '/entity' })
    const id = await insertUser(client, wanted)
    if (id === null) throw problem('login-taken', { pointer: '/login' })
    await recordEvent(client, event('user.made', [id, ...wanted.roles.map((role) => `role ${role}`)]))
    return { user: (await findUser(client, id)) as User, send: await inviteUser(deps, client, id) }
  })
  // The user is there whether the message went out or not; it can be sent again.
  await send().catch(() => {})
  return user
}

/** Changes a user. Roles hold from the next request on; who is disabled is signed out. */
export async function changeUser(deps: AccessDeps, principal: Principal, id: string, change: UserChange, event: Events): Promise<User> {
  if (change.endKeys && change.disabled !== true)
    throw problem('request-invalid', { pointer: '/endKeys', expected: 'disabled: true beside it' })
  const changed = await deps.database.transaction(async ({ client }) => {
    const user = await manageable(client, principal, id)
    // One's own contact and second step need the password as well: PATCH /v1/me.
    if (id === principal.id && Object.keys(change).some((key) => key !== 'name')) throw problem('own-account')
    if (change.roles) assertMayGive(principal, user.entity, permissionsOf(change.roles), '/roles')
    await updateUser(client, id, change)
    if (change.disabled === true) {
      await endSessionsOf(client, id)
      await spendTokensOf(client, id)
    }
    if (change.disabled === true || change.secondFactor) await endChallengesOf(client, id)
    // What changed by name; of roles and the state also what they are now.
    const roles = (change.roles ?? []).map((role) => `role ${role}`)
    const state = change.disabled === undefined ? [] : [change.disabled ? 'disabled' : 'enabled']
    const ended = change.endKeys ? [...(await revokeKeysMadeBy(client, id)), ...(await disableClientsMadeBy(client, id))] : []
    await recordEvent(client, event('user.changed', [id, ...Object.keys(change), ...roles, ...state, ...ended]))
    return (await findUser(client, id)) as User
  })
  if (change.endKeys) deps.forget()
  return changed
}

/** Sends the user a token for a new password; sessions go on until it is used. */
export async function sendPasswordToken(deps: AccessDeps, principal: Principal, id: string, event: Events): Promise<void> {
  const send = await deps.database.transaction(async ({ client }) => {
    await manageable(client, principal, id)
    await recordEvent(client, event('user.password-token', [id]))
    return inviteUser(deps, client, id)
  })
  await send()
}

/** The user, held for the transaction. Somebody of another entity does not exist for whoever may not see it. */
export async function manageable(client: Queryable, principal: Principal, id: string): Promise<User> {
  await lockUser(client, id)
  const user = await findUser(client, id)
  if (!user || !sees(principal, user.entity)) throw problem('user-not-found')
  assertMayGive(principal, user.entity, permissionsOf([...user.roles, ...user.groupRoles]), '')
  return user
}
