/** What the terminal does with users: for whoever runs the machine, when nobody can sign in or nobody is there yet. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import type { Keyring } from '../keyring.ts'
import { forgetAttempts } from '../sign-in/attempt-count.ts'
import { endChallengesOf } from '../sign-in/challenge-store.ts'
import { hashPassword } from '../sign-in/password-hash.ts'
import { spendTokensOf } from '../sign-in/password-token.ts'
import { endSessionsOf } from '../sign-in/session-store.ts'
import { nameKey } from '../sign-in/sign-in.ts'
import { commandEvent, generatedPassword } from './first-operator.ts'
import { credentialsByLogin, insertUser, setPassword, updateUser } from './user-store.ts'
import type { NewUser } from './user-store.ts'

/** A user with a password that must be changed; null when somebody has the login. */
export async function makeUserWithPassword(database: Database, wanted: NewUser): Promise<string | null> {
  const password = generatedPassword()
  const hash = await hashPassword(password)
  return database.transaction(async ({ client }) => {
    const id = await insertUser(client, wanted)
    if (id === null) return null
    await setPassword(client, id, hash, true)
    await recordEvent(client, commandEvent('user.made', [id, ...wanted.roles.map((role) => `role ${role}`)]))
    return password
  })
}

/** A new password, which must be changed; sessions end and the name is unlocked. Null for a login that nobody has. */
export async function resetFromTerminal(
  database: Database,
  keyring: Keyring,
  login: string,
  { authenticatorToo }: { readonly authenticatorToo: boolean },
): Promise<string | null> {
  const password = generatedPassword()
  const hash = await hashPassword(password)
  return database.transaction(async ({ client }) => {
    const user = await credentialsByLogin(client, login)
    if (!user) return null
    await setPassword(client, user.id, hash, true)
    if (authenticatorToo) await updateUser(client, user.id, { secondFactor: 'sent' })
    await endAllOf(client, user.id)
    await forgetAttempts(client, nameKey(keyring, login))
    await recordEvent(client, commandEvent('password.reset', [user.id, ...(authenticatorToo ? ['secondFactor'] : [])], 'changed'))
    return password
  })
}

/** False for a login that nobody has. */
export async function setDisabled(database: Database, login: string, disabled: boolean): Promise<boolean> {
  return database.transaction(async ({ client }) => {
    const user = await credentialsByLogin(client, login)
    if (!user) return false
    await updateUser(client, user.id, { disabled })
    if (disabled) await endAllOf(client, user.id)
    await recordEvent(client, commandEvent('user.changed', [user.id, disabled ? 'disabled' : 'enabled']))
    return true
  })
}

async function endAllOf(client: Queryable, user: string): Promise<void> {
  await endSessionsOf(client, user)
  await endChallengesOf(client, user)
  await spendTokensOf(client, user)
}
