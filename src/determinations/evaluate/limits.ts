/** What one request, and all of them together, may take of a service that others wait for. */
import { problem } from '../../kernel/problem.ts'
import { limits } from './schema.ts'

export function exceeded(limit: keyof typeof limits, pointer: string): never {
  throw problem('limit-exceeded', { expected: `${limit}: at most ${limits[limit]}`, pointer })
}

export interface EvaluationClock {
  /** Throws `limit-exceeded` once the request has taken all of its time. */
  readonly check: () => void
}

export function startClock(now: () => number = () => performance.now()): EvaluationClock {
  const start = now()
  return {
    check: () => {
      if (now() - start > limits.MAX_SECONDS * 1_000) exceeded('MAX_SECONDS', '')
    },
  }
}

const AT_ONCE = 2
const MOST_WAITING = 30

/** Lets two evaluations work at a time, so that connections and time remain for applications; the last of a long queue is sent away. */
export function takingTurns<T>(): (work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let working = 0
  return async (work) => {
    if (working >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) throw problem('too-many-requests', { retryAfterSeconds: 5 })
      await new Promise<void>((resolve) => void waiting.push(resolve))
    } else working++
    try {
      return await work()
    } finally {
      // Whoever comes next takes over the place; it stays counted.
      const next = waiting.shift()
      if (next) next()
      else working--
    }
  }
}
