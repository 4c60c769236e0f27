/** The first operator, made when there are no users: with a password that is shown once and must be changed. */
import { randomInt } from 'node:crypto'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { entityExists } from '../entities/entity-store.ts'
import { hashPassword } from '../sign-in/password-hash.ts'
import { insertUser, setPassword } from './user-store.ts'
import { OPERATOR } from '../operator.ts'

export interface FirstOperator {
  readonly login: string
  /** The only time that it can be seen. */
  readonly password: string
}

/** Null when there are users already; services that start together make one. */
export async function ensureFirstOperator(database: Database): Promise<FirstOperator | null> {
  if (!(await entityExists(database.pool, OPERATOR)) || (await hasUsers(database.pool))) return null
  const login = 'operator'
  const password = generatedPassword()
  const hash = await hashPassword(password)
  return database.transaction(async ({ client }) => {
    await client.query('lock table user_account in share row exclusive mode')
    if (await hasUsers(client)) return null
    const wanted = { login, name: 'First operator', entity: OPERATOR, roles: ['operator'], contact: '', language: 'ar' } as const
    const id = (await insertUser(client, wanted)) as string
    await setPassword(client, id, hash, true)
    await recordEvent(client, commandEvent('user.made', [id, 'role operator']))
    return { login, password }
  })
}

/** Letters and digits that nobody takes for another, in groups: 99 bits. */
export function generatedPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

/** An event of the terminal: whoever may run commands on the machine. */
export const commandEvent = (action: string, objects: readonly string[], outcome = 'done'): AuditEvent => ({
  action,
  actor: 'system',
  entity: OPERATOR,
  purpose: 'managing access from the terminal',
  requestId: 'command',
  outcome,
  objects,
})

async function hasUsers(queryable: Queryable): Promise<boolean> {
  const { rowCount } = await queryable.query('select from user_account limit 1')
  return rowCount !== 0
}
