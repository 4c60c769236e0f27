/** The side of a thread that a pool of threads asks: one message with the answer, or with what stopped it, for each task. */
import { parentPort } from 'node:worker_threads'

/** Says that the thread is ready, and answers from then on. */
export function serveTasks<T>(perform: (task: T) => Promise<unknown>): void {
  parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: T }) => {
    perform(task).then(
      (answer) => parentPort?.postMessage({ id, answer }, arraysIn(answer)),
      (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    )
  })
  parentPort?.postMessage({ ready: true })
}

/** Columns of an answer are handed over, not copied; the thread has no more use for them. */
function arraysIn(answer: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength) found.add(value.buffer)
    } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) look(part)
  }
  look(answer)
  return [...found]
}
