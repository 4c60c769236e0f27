/** The second step of a sign-in while it lasts: which code is waited for, how often it was tried and sent. */
import type { Queryable } from '../../db/queryable.ts'

export type Method = 'sent' | 'totp'

export interface NewChallenge {
  readonly id: string
  readonly user: string
  readonly codeHash: string | null
  readonly minutes: number
}

/** A challenge with the hash of the code that is sent, or for the user's authenticator without one. */
export async function insertChallenge(transaction: Queryable, { id, user, codeHash, minutes }: NewChallenge): Promise<Date> {
  const { rows } = await transaction.query<{ expiresAt: Date }>(
    `insert into sign_in_challenge (id, user_id, method, code_hash, sends, expires_at)
      values ($1, $2, case when $3::text is null then 'totp' else 'sent' end, $3, case when $3::text is null then 0 else 1 end, now() + make_interval(mins => $4))
      returning expires_at as "expiresAt"`,
    [id, user, codeHash, minutes],
  )
  return rows[0]?.expiresAt as Date
}

export interface Challenge {
  readonly user: string
  readonly method: Method
  readonly codeHash: string | null
}

/** Counts an attempt and gives what it is held against: null when there are no more, or it is over. INVARIANT: commits before anything is compared. */
export async function takeAttempt(queryable: Queryable, id: string, attemptsMax: number): Promise<Challenge | null> {
  const { rows } = await queryable.query<Challenge>(
    `update sign_in_challenge set attempts = attempts + 1
      where id = $1 and used_at is null and expires_at > now() and attempts < $2
      returning user_id as user, method, code_hash as "codeHash"`,
    [id, attemptsMax],
  )
  return rows[0] ?? null
}

/** Uses the challenge up; false when somebody was faster, or another code was sent meanwhile. */
export async function useChallenge(transaction: Queryable, id: string, codeHash: string | null): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'update sign_in_challenge set used_at = now() where id = $1 and used_at is null and expires_at > now() and code_hash is not distinct from $2',
    [id, codeHash],
  )
  return rowCount === 1
}

/** Puts another code in place of the one that was sent; the attempts go on counting. Null when there is nothing to send. */
export async function replaceCode(
  transaction: Queryable,
  id: string,
  codeHash: string,
  { sendsMax, attemptsMax }: { readonly sendsMax: number; readonly attemptsMax: number },
): Promise<string | null> {
  const { rows } = await transaction.query<{ user: string }>(
    `update sign_in_challenge set code_hash = $2, sends = sends + 1
      where id = $1 and method = 'sent' and used_at is null and expires_at > now() and sends < $3 and attempts < $4 returning user_id as user`,
    [id, codeHash, sendsMax, attemptsMax],
  )
  return rows[0]?.user ?? null
}

/** A new password, or being disabled, ends what was begun with the old one. */
export async function endChallengesOf(transaction: Queryable, user: string): Promise<void> {
  await transaction.query('update sign_in_challenge set used_at = now() where user_id = $1 and used_at is null', [user])
}

export async function sweepChallenges(queryable: Queryable): Promise<void> {
  await queryable.query("delete from sign_in_challenge where expires_at < now() - interval '1 day'")
}
