/** How often one caller has called one query in the minute that began with its first call; counted in this process. */
import { problem } from './problem.ts'

const MINUTE_MS = 60_000

/** Counts a call; throws `too-many-requests` when the caller has made `perMinute` of them in its minute. 0 means no limit. */
export type CountCall = (query: string, caller: string, perMinute?: number) => void

export function callRates(usual: number, now: () => number = Date.now): CountCall {
  const minutes = new Map<string, { readonly began: number; made: number }>()
  let swept = now()
  return (query, caller, perMinute = usual) => {
    if (perMinute === 0) return
    const time = now()
    const over = (began: number): boolean => time - began >= MINUTE_MS
    if (over(swept)) {
      for (const [key, { began }] of minutes) if (over(began)) minutes.delete(key)
      swept = time
    }
    const key = `${query} ${caller}`
    let minute = minutes.get(key)
    // A minute of its own for each caller: at a full minute of the clock everybody could call twice as often.
    if (minute === undefined || over(minute.began)) minutes.set(key, (minute = { began: time, made: 0 }))
    if (minute.made >= perMinute)
      throw problem('too-many-requests', { retryAfterSeconds: Math.ceil((minute.began + MINUTE_MS - time) / 1000) })
    minute.made++
  }
}
