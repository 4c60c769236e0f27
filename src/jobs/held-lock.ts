/** A lock that a process holds by a connection of its own: whoever dies gives it back at that moment, and nobody has to guess. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

export interface HeldLock {
  /** Aborts when the connection broke: somebody else may hold the lock since. */
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
}

export interface LockRequest {
  /** Longest wait; Infinity for as long as it takes. */
  readonly waitMs: number
  readonly signal: AbortSignal
  /** Hears once that somebody else holds it. */
  readonly onWait?: () => void
}

const TRY_EVERY_MS = 200
const TAKE = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held'

/** Null when somebody else holds it all that time. */
export async function holdLock(pool: pg.Pool, name: string, { waitMs, signal, onWait }: LockRequest): Promise<HeldLock | null> {
  const client = await pool.connect()
  const lost = new AbortController()
  const lose = (): void => lost.abort(new Error(`the connection that held the lock ${name} is gone`))
  client.on('error', lose).on('end', lose)
  const leave = (): void => {
    client.off('error', lose).off('end', lose)
    // Never used again: its end gives back whatever it still held.
    client.release(true)
  }
  try {
    // A machine that vanished is noticed within a minute, not after two hours.
    await client.query('SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3')
    const deadline = performance.now() + waitMs
    for (let waited = false; ; waited = true) {
      signal.throwIfAborted()
      const { rows } = await client.query<{ held: boolean }>(TAKE, [name])
      if (rows[0]?.held) break
      if (performance.now() >= deadline) {
        leave()
        return null
      }
      if (!waited) onWait?.()
      await sleep(TRY_EVERY_MS)
    }
  } catch (error) {
    leave()
    throw error
  }
  return {
    lost: lost.signal,
    release: async () => {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => undefined)
      leave()
    },
  }
}

/** Whether nobody holds the lock; until the transaction ends nobody can take it. */
export async function isLockFree(transaction: pg.ClientBase, name: string): Promise<boolean> {
  const { rows } = await transaction.query<{ free: boolean }>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free', [name])
  return rows[0]?.free === true
}
