/** Tokens for a new password: for who forgot it, and for who was invited; used once, sent to the user and to nobody else. */
import { randomBytes } from 'node:crypto'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { problem } from '../../kernel/problem.ts'
import { eventOf } from '../access-deps.ts'
import type { AccessDeps, Asked } from '../access-deps.ts'
import { credentialsByLogin, credentialsOf, lockCredentials, setPassword } from '../users/user-store.ts'
import type { Credentials } from '../users/user-store.ts'
import { countAttempt, forgetAttempts } from './attempt-count.ts'
import { endChallengesOf } from './challenge-store.ts'
import { hashPassword } from './password-hash.ts'
import { passwordFault } from './password-policy.ts'
import { endSessionsOf } from './session-store.ts'
import { nameKey } from './sign-in.ts'

const FORGOTTEN_MINUTES = 30
const INVITED_MINUTES = 3 * 24 * 60
const FORGOTTEN_LIMIT = { purpose: 'forgotten', attemptsMax: 3, minutes: 60 } as const

/** Sends a token to whoever has the name; a name that nobody has, or that asked too often, takes the same way and is told the same. */
export async function forgotPassword(deps: AccessDeps, login: string, asked: Asked): Promise<void> {
  const { database } = deps
  const { counts } = await countAttempt(database.pool, nameKey(await deps.keyring(), login), FORGOTTEN_LIMIT)
  const found = await credentialsByLogin(database.pool, login.toLowerCase())
  const user = found && !found.disabled && counts ? found : null
  const token = await database.transaction(async ({ client }) => {
    await recordEvent(client, eventOf(asked, found, 'password.forgotten', user ? 'sent' : 'not-sent'))
    return insertToken(client, user?.id ?? null, FORGOTTEN_MINUTES)
  })
  // Not waited for: how long sending takes would tell that there is somebody to send to.
  if (user) void sendToken(deps, user, token, FORGOTTEN_MINUTES).catch(() => {})
}

/** For a user whom an administrator made or helps. Called inside that transaction; resolves to what sends it once that is committed. */
export async function inviteUser(deps: AccessDeps, transaction: Queryable, user: string): Promise<() => Promise<void>> {
  const token = await insertToken(transaction, user, INVITED_MINUTES)
  const found = (await credentialsOf(transaction, user)) as Credentials
  return async () => {
    await sendToken(deps, found, token, INVITED_MINUTES).catch(() => {
      throw problem('code-not-sent')
    })
  }
}

/** Sets the password of the token's user, and ends what was begun with the old one. The second step of signing in stays. */
export async function resetPassword(
  deps: AccessDeps,
  { token, password }: { readonly token: string; readonly password: string },
  asked: Asked,
): Promise<void> {
  const { database } = deps
  const keyring = await deps.keyring()
  const valid = await userOfToken(database.pool, token)
  const user = valid === null ? null : await credentialsOf(database.pool, valid)
  if (!user || user.disabled) {
    await database.transaction(async ({ client }) => recordEvent(client, eventOf(asked, null, 'password.reset', 'refused')))
    throw problem('token-refused', { pointer: '/token' })
  }
  const fault = passwordFault(password, [user.login, user.name])
  if (fault) throw fault
  const hash = await hashPassword(password)
  await database.transaction(async ({ client }) => {
    await lockCredentials(client, user.id)
    if (!(await spendToken(client, token))) throw problem('token-refused', { pointer: '/token' })
    await setPassword(client, user.id, hash, false)
    await endSessionsOf(client, user.id)
    await endChallengesOf(client, user.id)
    await spendTokensOf(client, user.id)
    await forgetAttempts(client, nameKey(keyring, user.login))
    await recordEvent(client, eventOf(asked, user, 'password.reset', 'changed'))
  })
}

async function insertToken(transaction: Queryable, user: string | null, minutes: number): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await transaction.query('insert into password_token (hash, user_id, expires_at) values ($1, $2, now() + make_interval(mins => $3))', [
    sha256(token),
    user,
    minutes,
  ])
  return token
}

async function userOfToken(queryable: Queryable, token: string): Promise<string | null> {
  const { rows } = await queryable.query<{ user: string | null }>(
    'select user_id as user from password_token where hash = $1 and used_at is null and expires_at > now()',
    [sha256(token)],
  )
  return rows[0]?.user ?? null
}

async function spendToken(transaction: Queryable, token: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'update password_token set used_at = now() where hash = $1 and used_at is null and expires_at > now()',
    [sha256(token)],
  )
  return rowCount === 1
}

/** What was sent before a password changed, or before somebody was disabled, is of no use any more. */
export async function spendTokensOf(transaction: Queryable, user: string): Promise<void> {
  await transaction.query('update password_token set used_at = now() where user_id = $1 and used_at is null', [user])
}

export async function sweepTokens(queryable: Queryable): Promise<void> {
  await queryable.query("delete from password_token where expires_at < now() - interval '1 day'")
}

async function sendToken(deps: AccessDeps, { login, contact, language }: Credentials, secret: string, minutes: number): Promise<void> {
  try {
    await deps.send({ kind: 'password', login, contact, language, secret, minutes })
  } catch (error) {
    deps.onSendFailure(error)
    throw error
  }
}
