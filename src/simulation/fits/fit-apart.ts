/** A fit in a thread of its own, ended with it when it is no longer wanted. */
import { newWorker } from '../../jobs/new-worker.ts'
import type { FitProgress, FitStage } from '../fit/fit-formula.ts'
import type { FitAnswer, FitTask } from './fit-stored.ts'

const MEMORY_MB = 2_048

type Message = { readonly answer: FitAnswer } | { readonly stage: FitStage; readonly done: number; readonly total: number }

export async function fitApart(task: FitTask, onProgress: FitProgress, signal: AbortSignal): Promise<FitAnswer> {
  signal.throwIfAborted()
  const worker = newWorker(new URL('./fit-thread', import.meta.url), task, { maxOldGenerationSizeMb: MEMORY_MB })
  const stop = (): void => void worker.terminate()
  signal.addEventListener('abort', stop)
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: Message) => {
        if ('answer' in message) resolve(message.answer)
        else onProgress(message.stage, message.done, message.total)
      })
      worker.once('error', reject)
      worker.once('exit', (code) => reject((signal.reason as Error | undefined) ?? new Error(`the fit ended with code ${code}`)))
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
