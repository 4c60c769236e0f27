/** Reports rendered in a thread of their own, one after another, from the stored result to the finished file. */
import { newWorker } from '../../jobs/new-worker.ts'
import type { StoredResult, StoredSimulation } from '../simulation-store.ts'
import type { ReportLanguage, ReportNames } from './report-subject.ts'

export interface ReportTask {
  readonly id: string
  readonly manifestHash: string | null
  readonly finishedAt: string | null
  readonly names: ReportNames
  /** What was asked, as it is stored. */
  readonly request: string
  /** The result, as it is stored. */
  readonly stored: StoredResult
  /** Whether it is told as it is. */
  readonly exact: boolean
  readonly language: ReportLanguage
}

export const reportTask = (
  { id, manifestHash, finishedAt, request }: StoredSimulation,
  rest: Omit<ReportTask, 'id' | 'manifestHash' | 'finishedAt' | 'request'>,
): ReportTask => ({ id, manifestHash, finishedAt, request, ...rest })

/** The one before: on two processors a second thread of full work would keep the serving one waiting. */
let last: Promise<unknown> = Promise.resolve()

/** Ends the thread when `signal` aborts, and rejects. */
export function renderApart(task: ReportTask, signal?: AbortSignal): Promise<string> {
  const turn = last.then(() => renderNow(task, signal))
  last = turn.catch(() => undefined)
  return turn
}

async function renderNow(task: ReportTask, signal: AbortSignal | undefined): Promise<string> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const worker = newWorker(new URL('./report-thread', import.meta.url), task)
    const stop = (): void => void worker.terminate()
    signal?.addEventListener('abort', stop, { once: true })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop)
      reject(new Error(`the report ended with code ${code}`))
    })
  })
}
