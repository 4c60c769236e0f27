/** Attempts by name, counted before they are looked at, for strangers as for users; too many lock the name for a while. */
import type { Queryable } from '../../db/queryable.ts'

export interface AttemptLimit {
  readonly purpose: 'sign-in' | 'forgotten'
  readonly attemptsMax: number
  /** Attempts are forgotten after so long, and a lock ends after so long. */
  readonly minutes: number
}

export interface Attempt {
  /** Whether it may be looked at. */
  readonly counts: boolean
  /** Whether it is the one after which the name is locked. */
  readonly locks: boolean
}

/** One statement, the same for every name, that always writes: neither its time nor a race tells or lets through anything. */
export async function countAttempt(queryable: Queryable, key: string, { purpose, attemptsMax, minutes }: AttemptLimit): Promise<Attempt> {
  const over = 'coalesce(a.locked_until, a.since + make_interval(mins => $4)) <= now()'
  const firstLock = 'case when $3 = 1 then now() + make_interval(mins => $4) end'
  const { rows } = await queryable.query<{ attempts: number }>({
    name: 'attempt_count',
    text: `insert into attempt_count as a (purpose, key, attempts, since, locked_until) values ($1, $2, 1, now(), ${firstLock})
      on conflict (purpose, key) do update set
        attempts = case when ${over} then 1 else least(a.attempts, 1000000) + 1 end,
        since = case when ${over} then now() else a.since end,
        locked_until = case
          when ${over} then ${firstLock}
          when a.locked_until is null and a.attempts + 1 >= $3 then now() + make_interval(mins => $4)
          else a.locked_until end
      returning attempts`,
    values: [purpose, key, attemptsMax, minutes],
  })
  const attempts = rows[0]?.attempts ?? attemptsMax + 1
  return { counts: attempts <= attemptsMax, locks: attempts === attemptsMax }
}

/** After a success. */
export async function forgetAttempts(queryable: Queryable, key: string): Promise<void> {
  await queryable.query('delete from attempt_count where key = $1', [key])
}

/** Names of strangers are not kept for ever. */
export async function sweepAttempts(queryable: Queryable): Promise<void> {
  await queryable.query("delete from attempt_count where greatest(since, locked_until) < now() - interval '8 days'")
}
