/** What a signed-in user does with the own account: another password, an authenticator, another contact. Each asks for the password again. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps } from '../access-deps.ts'
import { acceptTotpSecret, credentialsOf, lockCredentials, offerTotpSecret, setPassword, updateUser } from '../users/user-store.ts'
import type { Credentials } from '../users/user-store.ts'
import { countAttempt, forgetAttempts } from './attempt-count.ts'
import { endChallengesOf } from './challenge-store.ts'
import { hashPassword, isPassword } from './password-hash.ts'
import { passwordFault } from './password-policy.ts'
import { spendTokensOf } from './password-token.ts'
import { endSessionsOf, startSession } from './session-store.ts'
import { nameKey, signInLimit } from './sign-in.ts'
import { offerTotp, stepOfTotp } from './totp.ts'

type Events = (action: string, outcome: string) => AuditEvent

/** All sessions end; resolves to the token of a new one for whoever asked. */
export async function changePassword(
  deps: AccessDeps,
  user: string,
  { current, password }: { readonly current: string; readonly password: string },
  event: Events,
): Promise<string> {
  const found = await withPassword(deps, user, current, () => event('password.changed', 'refused'))
  const fault = passwordFault(password, [found.login, found.name])
  if (fault) throw fault
  if (password === current) throw problem('password-refused', { pointer: '/password', expected: 'another password than the present one' })
  const hash = await hashPassword(password)
  return deps.database.transaction(async ({ client }) => {
    await holdAsFound(client, found)
    await setPassword(client, user, hash, false)
    await endSessionsOf(client, user)
    await endChallengesOf(client, user)
    await spendTokensOf(client, user)
    await recordEvent(client, event('password.changed', 'changed'))
    return startSession(client, user, deps.sessions)
  })
}

/** A secret for the user's authenticator, which counts once a code of it was given. */
export async function beginTotp(
  deps: AccessDeps,
  user: string,
  current: string,
  event: Events,
): Promise<{ readonly secret: string; readonly uri: string }> {
  const found = await withPassword(deps, user, current, () => event('totp.offered', 'refused'))
  const offer = offerTotp(found.login)
  const sealed = (await deps.keyring()).seal('totp', offer.secret)
  await deps.database.transaction(async ({ client }) => {
    await holdAsFound(client, found)
    await offerTotpSecret(client, user, sealed)
    await recordEvent(client, event('totp.offered', 'offered'))
  })
  return offer
}

/** From now on the user's second step is the authenticator. */
export async function confirmTotp(deps: AccessDeps, user: string, code: string, event: Events): Promise<void> {
  const found = await credentialsOf(deps.database.pool, user)
  const sealed = found?.totpOffered
  const secret = sealed ? (await deps.keyring()).open('totp', sealed) : null
  const step = secret === null ? null : stepOfTotp(secret, code, 0)
  const accepted = await deps.database.transaction(async ({ client }) => {
    const done = sealed && step !== null ? await acceptTotpSecret(client, user, sealed, step) : false
    await recordEvent(client, event('totp.confirmed', done ? 'confirmed' : 'refused'))
    return done
  })
  if (!accepted) throw problem('code-refused')
}

export interface OwnChange {
  readonly current: string
  readonly contact?: string
  readonly language?: 'ar' | 'en'
}

/** Where codes go, and in which language. */
export async function changeContact(deps: AccessDeps, user: string, { current, ...change }: OwnChange, event: Events): Promise<void> {
  const found = await withPassword(deps, user, current, () => event('contact.changed', 'refused'))
  await deps.database.transaction(async ({ client }) => {
    await holdAsFound(client, found)
    await updateUser(client, user, change)
    await recordEvent(client, event('contact.changed', 'changed'))
  })
}

/** Throws when somebody else changed the password, or disabled the user, after it was looked at: they were first. */
async function holdAsFound(transaction: Queryable, found: Credentials): Promise<void> {
  const now = await lockCredentials(transaction, found.id)
  if (!now || now.disabled || now.passwordHash !== found.passwordHash) throw problem('current-password-refused', { pointer: '/current' })
}

/** The user, if the password is right; counted as at a sign-in, so that a stolen session cannot try passwords. */
async function withPassword(deps: AccessDeps, user: string, password: string, refused: () => AuditEvent): Promise<Credentials> {
  const { pool } = deps.database
  const found = await credentialsOf(pool, user)
  const key = nameKey(await deps.keyring(), found?.login ?? '')
  const { counts } = await countAttempt(pool, key, signInLimit(deps))
  const right = await isPassword(found?.passwordHash ?? null, password)
  if (found && right && counts) {
    await forgetAttempts(pool, key)
    return found
  }
  await deps.database.transaction(async ({ client }) => recordEvent(client, refused()))
  throw problem('current-password-refused', { pointer: '/current' })
}
