/** How often one caller has called one query in the minute that runs; counted in this process. */
import { problem } from './problem.ts'

const MINUTE_MS = 60_000

/** Counts a call; throws `too-many-requests` when the caller has made `perMinute` of them in this minute. 0 means no limit. */
export type CountCall = (query: string, caller: string, perMinute?: number) => void

export function callRates(usual: number, now: () => number = Date.now): CountCall {
  let minute = -1
  let calls = new Map<string, number>()
  return (query, caller, perMinute = usual) => {
    const time = now()
    if (Math.floor(time / MINUTE_MS) !== minute) {
      minute = Math.floor(time / MINUTE_MS)
      calls = new Map()
    }
    if (perMinute === 0) return
    const key = `${query} ${caller}`
    const made = calls.get(key) ?? 0
    if (made >= perMinute) throw problem('too-many-requests', { retryAfterSeconds: Math.ceil(((minute + 1) * MINUTE_MS - time) / 1000) })
    calls.set(key, made + 1)
  }
}
