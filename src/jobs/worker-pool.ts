/** Threads that take tasks one after another; the answers come in the order of the tasks, whichever thread is quicker. */
import { newWorker } from './new-worker.ts'

interface Kind {
  readonly kind: string
}

/** `T`: tasks by kind, `A`: what each kind is answered with, `S`: what every thread is told. */
export interface WorkerPool<T extends Kind, A extends Readonly<Record<T['kind'], unknown>>, S> {
  readonly count: number
  /** Performs all tasks; the first failure stops those that have not begun and is thrown. `onDone` hears of each that is done. */
  readonly perform: <K extends T['kind']>(
    tasks: readonly Asked<T & { readonly kind: K }>[],
    onDone?: (index: number, answer: A[K]) => void | Promise<void>,
    turn?: Turn,
  ) => Promise<A[K][]>
  /** Tells every thread, and waits until all have heard. */
  readonly tell: (told: S) => Promise<void>
  readonly close: () => Promise<void>
}

/** A task, or what makes it when a thread takes it. */
export type Asked<T> = T | (() => T)

/** `next`: before all that wait already, and all its tasks behind each other, since others wait for it. */
export type Turn = 'next' | 'last'

interface Message {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
  readonly ready?: boolean
}

export interface PoolSettings {
  /** Address without its ending, of a script that serves tasks. */
  readonly script: URL
  readonly count: number
  /** Given to each thread at its start. */
  readonly start: unknown
  /** Whether threads that have nothing to do let the process end. */
  readonly idleMayEnd?: boolean
}

/** Once `signal` aborts no task begins. */
export async function openPool<T extends Kind, A extends Readonly<Record<T['kind'], unknown>>, S>(
  { script, count, start, idleMayEnd = false }: PoolSettings,
  signal: AbortSignal,
): Promise<WorkerPool<T, A, S>> {
  const threads = await Promise.all(Array.from({ length: count }, () => openThread(script, start, idleMayEnd)))
  const { take, give } = shareOut(threads)
  return {
    count,
    async perform<K extends T['kind']>(
      tasks: readonly Asked<T & { readonly kind: K }>[],
      onDone?: (index: number, answer: A[K]) => void | Promise<void>,
      turn: Turn = 'last',
    ) {
      const answers: A[K][] = []
      let next = 0
      let failed = false
      const perform = async (): Promise<void> => {
        const thread = await take(turn)
        try {
          do {
            if (failed || next >= tasks.length) return
            signal.throwIfAborted()
            const index = next++
            const task = tasks[index]
            const answer = (await thread.ask(typeof task === 'function' ? task() : task)) as A[K]
            answers[index] = answer
            await onDone?.(index, answer)
          } while (turn === 'next')
        } catch (error) {
          failed = true
          throw error
        } finally {
          give(thread)
        }
      }
      const work = async (): Promise<void> => {
        while (next < tasks.length && !failed) await perform()
      }
      await allSettled(Array.from({ length: Math.min(count, tasks.length) }, work))
      return answers
    },
    tell: async (told) => void (await Promise.all(threads.map(({ ask }) => ask(told)))),
    close: async () => void (await Promise.all(threads.map(({ close }) => close()))),
  }
}

/** Whoever asks first has the next thread that is free, but for those whose turn is next: tasks that are asked for side by side share the threads. */
function shareOut(threads: readonly Thread[]): { readonly take: (turn: Turn) => Promise<Thread>; readonly give: (thread: Thread) => void } {
  const free = [...threads]
  const waiting: ((thread: Thread) => void)[] = []
  return {
    take: (turn) => {
      const thread = free.pop()
      if (thread) return Promise.resolve(thread)
      return new Promise((resolve) => (turn === 'next' ? waiting.unshift(resolve) : waiting.push(resolve)))
    },
    give: (thread) => {
      const next = waiting.shift()
      if (next) next(thread)
      else free.push(thread)
    },
  }
}

interface Thread {
  readonly ask: (message: unknown) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

async function openThread(script: URL, start: unknown, idleMayEnd: boolean): Promise<Thread> {
  const worker = newWorker(script, start)
  const open = new Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }>()
  let asked = 0
  let dead: Error | null = null
  const rest = (): void => {
    if (idleMayEnd && open.size === 0) worker.unref()
  }
  const die = (error: Error): void => {
    dead = error
    for (const { reject } of open.values()) reject(error)
    open.clear()
  }
  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', ({ id, answer, error, ready: isReady }: Message) => {
      if (isReady) return resolve()
      const waiting = open.get(id)
      open.delete(id)
      rest()
      if (error === undefined) waiting?.resolve(answer)
      else waiting?.reject(new Error(error))
    })
    worker.on('error', (error) => {
      die(error)
      reject(error)
    })
    worker.on('exit', (code) => {
      const ended = new Error(`a thread ended with code ${code}`)
      die(ended)
      reject(ended)
    })
  })
  await ready
  rest()
  return {
    ask: (task) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(dead)
        const id = asked++
        open.set(id, { resolve, reject })
        worker.ref()
        worker.postMessage({ id, task })
      }),
    close: () => worker.terminate(),
  }
}

/** Waits for all, so that nothing still runs when the first failure is thrown. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason
}
