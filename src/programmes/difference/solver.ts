/** One conversation with the solver in a thread of its own, with a time limit that ends the thread. */
import { newWorker } from '../../jobs/new-worker.ts'

export interface Solver {
  /** Null once time is up. */
  readonly ask: (question: Question) => Promise<Answer | null>
  readonly close: () => Promise<void>
}

export interface Question {
  readonly text: string
  /** Names whose values in a model are wanted. */
  readonly booleans: readonly string[]
  readonly integers: readonly string[]
}

export interface Answer {
  /** Null where the solver does not know. */
  readonly verdict: boolean | null
  readonly values: readonly (readonly [string, number])[]
}

export type Reply = Answer | { readonly error: string }

export function openSolver(milliseconds: number): Solver {
  const worker = newWorker(new URL('./solver-thread', import.meta.url), null)
  const ending = new AbortController()
  let fault: Error | null = null
  const timer = setTimeout(() => ending.abort(), milliseconds)
  worker.on('error', (error: Error) => {
    fault = error
    ending.abort()
  })
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const stopped = (): void => (fault ? reject(fault) : resolve(null))
        if (ending.signal.aborted) return stopped()
        const heard = (reply: Reply): void => {
          ending.signal.removeEventListener('abort', stopped)
          if ('error' in reply) reject(new Error(reply.error))
          else resolve(reply)
        }
        ending.signal.addEventListener('abort', stopped, { once: true })
        worker.once('message', heard)
        worker.postMessage(question)
      }),
    close: async () => {
      clearTimeout(timer)
      await worker.terminate()
    },
  }
}
