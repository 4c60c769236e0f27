/** Signing in: name and password first, then a code. Whoever is refused is told the same, after the same work, whatever the reason. */
import { randomInt } from 'node:crypto'
import { recordEvent } from '../../audit/audit-event.ts'
import { newId } from '../../kernel/new-id.ts'
import { problem } from '../../kernel/problem.ts'
import { eventOf } from '../access-deps.ts'
import type { AccessDeps, Asked } from '../access-deps.ts'
import type { Keyring } from '../keyring.ts'
import { credentialsByLogin, credentialsOf, lockCredentials, noteSignIn, spendTotpStep } from '../users/user-store.ts'
import type { Credentials } from '../users/user-store.ts'
import { countAttempt, forgetAttempts } from './attempt-count.ts'
import { endChallengesOf, insertChallenge, replaceCode, takeAttempt, useChallenge } from './challenge-store.ts'
import type { Challenge, Method } from './challenge-store.ts'
import { isPassword } from './password-hash.ts'
import { endSession, findSession, startSession } from './session-store.ts'
import { stepOfTotp } from './totp.ts'

export interface Begun {
  readonly challenge: string
  readonly method: Method
  readonly expiresAt: Date
}

export const nameKey = (keyring: Keyring, login: string): string => keyring.digest('name', login.toLowerCase())
const codeHashOf = (keyring: Keyring, challenge: string, code: string): string => keyring.digest('code', `${challenge} ${code}`)

/** The first step. Throws `sign-in-refused` for a stranger, a wrong password, a locked name and a disabled user alike. */
export async function signIn(
  deps: AccessDeps,
  { login, password }: { readonly login: string; readonly password: string },
  asked: Asked,
): Promise<Begun> {
  const { database, limits } = deps
  const keyring = await deps.keyring()
  const { counts, locks } = await countAttempt(database.pool, nameKey(keyring, login), signInLimit(deps))
  const user = await credentialsByLogin(database.pool, login.toLowerCase())
  const right = await isPassword(user?.passwordHash ?? null, password)
  const welcome = counts && right && user !== null && !user.disabled
  const challenge = newId()
  const code = user?.totpSecret ? null : newCode()
  const codeHash = code === null ? null : codeHashOf(keyring, challenge, code)
  const expiresAt = await database.transaction(async ({ client }) => {
    await recordEvent(client, eventOf(asked, user, 'sign-in.password', welcome ? 'right' : counts ? 'refused' : 'locked'))
    if (locks && !welcome) await recordEvent(client, eventOf(asked, user, 'sign-in.locked', 'locked'))
    // Who changed the password, or disabled the user, while the old one was looked at, was first.
    const still = welcome ? await lockCredentials(client, user.id) : null
    if (!welcome || !still || still.disabled || still.passwordHash !== user.passwordHash) return null
    // One at a time: several would each have attempts of their own.
    await endChallengesOf(client, user.id)
    return insertChallenge(client, { id: challenge, user: user.id, codeHash, minutes: limits.codeMinutes })
  })
  if (!expiresAt || !user) throw problem('sign-in-refused')
  if (code !== null) await sendCode(deps, user, code)
  return { challenge, method: code === null ? 'totp' : 'sent', expiresAt }
}

/** Another code for the same sign-in, where the code is sent. */
export async function resendCode(deps: AccessDeps, challenge: string, asked: Asked): Promise<void> {
  const keyring = await deps.keyring()
  const code = newCode()
  const user = await deps.database.transaction(async ({ client }) => {
    const limits = { sendsMax: SENDS_MAX, attemptsMax: deps.limits.attemptsMax }
    const id = await replaceCode(client, challenge, codeHashOf(keyring, challenge, code), limits)
    const found = id === null ? null : await credentialsOf(client, id)
    await recordEvent(client, eventOf(asked, found, 'sign-in.code-sent-again', found ? 'sent' : 'refused'))
    return found
  })
  if (!user) throw problem('code-refused')
  await sendCode(deps, user, code)
}

/** The second step: the token of a session. `previous` is the session that the browser still has: it ends, since others may know it. */
export async function verifyCode(
  deps: AccessDeps,
  { challenge, code }: { readonly challenge: string; readonly code: string },
  previous: string | null,
  asked: Asked,
): Promise<string> {
  const { database, limits, sessions } = deps
  const keyring = await deps.keyring()
  const taken = await takeAttempt(database.pool, challenge, limits.attemptsMax)
  const user = taken && (await credentialsOf(database.pool, taken.user))
  const proof = taken && user && !user.disabled ? proofOf(keyring, taken, user, challenge, code) : null
  // Whoever knows a password must not have five more codes for each time that it is given.
  const counted = !proof && user ? await countAttempt(database.pool, nameKey(keyring, user.login), signInLimit(deps)) : null
  const token = await database.transaction(async ({ client }) => {
    // INVARIANT: the user is held first, so that a new password or a disabled user also ends the session that begins at the same moment.
    const held = user && proof ? await lockCredentials(client, user.id) : null
    const holds =
      held &&
      !held.disabled &&
      taken &&
      user &&
      proof &&
      (await useChallenge(client, challenge, taken.codeHash)) &&
      (proof.totpStep === null || (await spendTotpStep(client, user.id, proof.totpStep)))
    if (!holds) {
      await recordEvent(client, eventOf(asked, user, 'sign-in.code', 'refused'))
      if (counted?.locks) await recordEvent(client, eventOf(asked, user, 'sign-in.locked', 'locked'))
      return null
    }
    const old = previous === null ? null : await findSession(client, previous, sessions)
    if (old?.session) await endSession(client, old.session)
    await forgetAttempts(client, nameKey(keyring, user.login))
    await noteSignIn(client, user.id)
    await recordEvent(client, eventOf(asked, user, 'sign-in.code', 'signed-in'))
    return startSession(client, user.id, sessions)
  })
  if (token === null) throw problem('code-refused')
  return token
}

/** Passwords by name, wherever one is asked for. */
export const signInLimit = ({ limits }: AccessDeps) =>
  ({ purpose: 'sign-in', attemptsMax: limits.attemptsMax, minutes: limits.lockMinutes }) as const

/** Times that one sign-in may send its code. */
const SENDS_MAX = 3

const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0')

/** Null when the code is wrong. */
function proofOf(
  keyring: Keyring,
  { method, codeHash }: Challenge,
  { totpSecret, totpStep }: Credentials,
  challenge: string,
  code: string,
): { readonly totpStep: number | null } | null {
  // Hashes with a key that the sender does not have: how far they agree tells nothing.
  if (method === 'sent') return codeHash === codeHashOf(keyring, challenge, code) ? { totpStep: null } : null
  const secret = totpSecret && keyring.open('totp', totpSecret)
  const step = secret ? stepOfTotp(secret, code, totpStep) : null
  return step === null ? null : { totpStep: step }
}

async function sendCode(deps: AccessDeps, { login, contact, language }: Credentials, secret: string): Promise<void> {
  try {
    await deps.send({ kind: 'code', login, contact, language, secret, minutes: deps.limits.codeMinutes })
  } catch (error) {
    deps.onSendFailure(error)
    throw problem('code-not-sent')
  }
}
