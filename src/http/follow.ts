/** The progress of a run or a simulation as server-sent events: read from its row, so that any instance can tell it whichever process performs it. */
import { setTimeout as sleep } from 'node:timers/promises'

/** What the row says of it. */
export interface Followed {
  readonly status: string
}

export interface FollowSettings {
  readonly pollMs: number
  readonly heartbeatMs: number
  /** Aborts when the service stops. */
  readonly signal: AbortSignal
}

const ENDED = new Set(['completed', 'failed', 'cancelled'])

/** Each event is the whole state, so whoever reads slowly misses steps and never the end; a stream that breaks is begun anew. `read`: null for what is gone, or is no longer for the reader. */
export async function* follow(
  read: () => Promise<Followed | null>,
  { pollMs, heartbeatMs, signal }: FollowSettings,
): AsyncGenerator<string, void, void> {
  yield 'retry: 2000\n\n'
  let told = ''
  let spoke = performance.now()
  while (!signal.aborted) {
    // A database that is away for a moment ends no stream: the heartbeat goes on.
    const state = await read().catch(() => undefined)
    if (state === null) return
    if (state && ENDED.has(state.status)) return yield event('end', state)
    const text = state ? event('progress', state) : told
    if (text !== told) {
      told = text
      spoke = performance.now()
      yield text
    } else if (performance.now() - spoke >= heartbeatMs) {
      spoke = performance.now()
      yield ': still there\n\n'
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }
}

const event = (name: 'progress' | 'end', state: Followed): string => `event: ${name}\ndata: ${JSON.stringify(state)}\n\n`
