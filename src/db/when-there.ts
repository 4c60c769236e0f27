/** Work that nobody waits for at a screen outlasts a database that is away or overloaded for a moment: hours of computing are not lost to a connection. */
import { setTimeout as sleep } from 'node:timers/promises'
import { problemOfDatabase } from './sqlstate.ts'

export interface Patience {
  readonly signal: AbortSignal
  /** Longest time until a last try begins. */
  readonly waitMs?: number
}

const WAIT_MS = 60_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 8_000

/** Tries again, later each time, while no connection can be had or kept; `work` has to bear being done twice, the first time unheard. */
export async function whenThere<T>(work: () => Promise<T>, { signal, waitMs = WAIT_MS }: Patience): Promise<T> {
  const deadline = performance.now() + waitMs
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (problemOfDatabase(error)?.code !== 'database-unavailable' || performance.now() + pause > deadline) throw error
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined)
    signal.throwIfAborted()
  }
}
