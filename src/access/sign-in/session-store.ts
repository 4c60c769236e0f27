/** Sessions of people: a random token in a cookie, its hash here; ended by idleness, by age, by the user, or from outside. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Queryable } from '../../db/queryable.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { newId } from '../../kernel/new-id.ts'
import type { Principal } from '../principal.ts'
import { permissionsOf } from '../roles.ts'

export interface SessionLimits {
  readonly idleMinutes: number
  readonly hours: number
}

const TOKEN_BYTES = 32

/** Starts a session; the token is seen here only. */
export async function startSession(transaction: Queryable, user: string, { hours }: SessionLimits): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  await transaction.query(
    'insert into user_session (id, hash, user_id, expires_at) values ($1, $2, $3, now() + make_interval(hours => $4))',
    [newId(), sha256(token), user, hours],
  )
  return token
}

interface SessionRow {
  readonly session: string
  readonly id: string
  readonly name: string
  readonly entity: string
  readonly roles: string[]
  readonly groups: string[]
  readonly mustChangePassword: boolean
  readonly stale: boolean
}

/** Who holds the token, with today's roles: asked at every request, so that what was taken away is gone at the next one. `isWatched`: without counting as use of it. */
export async function findSession(
  queryable: Queryable,
  token: string,
  { idleMinutes }: SessionLimits,
  isWatched = false,
): Promise<Principal | null> {
  const { rows } = await queryable.query<SessionRow>({
    name: 'user_session',
    text: `select s.id as session, u.id, u.name, u.entity, u.must_change_password as "mustChangePassword",
        u.roles || coalesce((select array_agg(r) from user_group_member m join user_group g on g.id = m.group_id, unnest(g.roles) r
          where m.user_id = u.id), '{}') as roles,
        array(select m.group_id::text from user_group_member m where m.user_id = u.id order by 1) as groups,
        s.last_seen_at < now() - interval '1 minute' as stale
      from user_session s join user_account u on u.id = s.user_id
      where s.hash = $1 and s.ended_at is null and s.expires_at > now() and u.disabled_at is null
        and s.last_seen_at > now() - make_interval(mins => $2)`,
    values: [sha256(token), idleMinutes],
  })
  const row = rows[0]
  if (!row) return null
  if (row.stale && !isWatched) await queryable.query('update user_session set last_seen_at = now() where id = $1', [row.session])
  const { id, name, entity, session, groups, mustChangePassword } = row
  const names = [...new Set(row.roles)].toSorted()
  return { id, name, entity, kind: 'user', permissions: permissionsOf(names), session, roles: names, groups, mustChangePassword }
}

export async function endSession(queryable: Queryable, session: string): Promise<void> {
  await queryable.query('update user_session set ended_at = now() where id = $1 and ended_at is null', [session])
}

/** When the password changed, or the user was disabled. */
export async function endSessionsOf(queryable: Queryable, user: string): Promise<void> {
  await queryable.query('update user_session set ended_at = now() where user_id = $1 and ended_at is null', [user])
}

export async function sweepSessions(queryable: Queryable): Promise<void> {
  await queryable.query("delete from user_session where expires_at < now() - interval '30 days'")
}

/** Another site can make a browser send the cookie, but neither read this word nor put it into a header. */
export const csrfTokenOf = (token: string): string => createHash('sha256').update(`csrf ${token}`).digest('base64url')

export function isCsrfTokenOf(token: string, given: unknown): boolean {
  const own = Buffer.from(csrfTokenOf(token))
  const sent = Buffer.from(typeof given === 'string' ? given : '')
  return own.length === sent.length && timingSafeEqual(own, sent)
}
