/** Short work of which only few pieces may go on at once: the next ones wait their turn, as long as the line is not too long. */
import { problem } from './problem.ts'

export interface LineLimits {
  readonly atOnce: number
  readonly waitingMax: number
  /** Told to whoever is refused. */
  readonly retryAfterSeconds: number
}

/** Does a piece of work in its turn, first come first served; throws `service-overloaded` where the line is full. */
export type WaitingLine = <T>(work: () => Promise<T>) => Promise<T>

export function waitingLine({ atOnce, waitingMax, retryAfterSeconds }: LineLimits): WaitingLine {
  const waiting: (() => void)[] = []
  let busy = 0
  return async (work) => {
    if (busy >= atOnce) {
      if (waiting.length >= waitingMax) throw problem('service-overloaded', { retryAfterSeconds })
      // Whoever goes hands over the place: nobody who comes in between can take it.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else busy++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else busy--
    }
  }
}
