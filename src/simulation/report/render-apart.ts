/** Reports rendered in threads of their own, one for each language, from the stored result to the finished file. */
import type { Language } from '../../language/messages.ts'
import { newWorker } from '../../targeting/run/new-worker.ts'
import type { SimulationRequest } from '../scenario-schema.ts'
import type { StoredSimulation } from '../simulation-store.ts'
import { languagesOf, reportFile } from './report-file.ts'
import type { ReportLanguage, ReportNames } from './report-subject.ts'

export interface ReportTask {
  readonly id: string
  readonly manifestHash: string | null
  readonly finishedAt: string | null
  readonly names: ReportNames
  /** What was asked, as it is stored. */
  readonly request: string
  /** The exact result, as it is stored. */
  readonly result: string
  /** Whether it is told as it is. */
  readonly exact: boolean
  readonly language: ReportLanguage
}

export const reportTask = (
  { id, manifestHash, finishedAt, request }: StoredSimulation,
  rest: Omit<ReportTask, 'id' | 'manifestHash' | 'finishedAt' | 'request'>,
): ReportTask => ({ id, manifestHash, finishedAt, request, ...rest })

export interface ArticleTask extends Omit<ReportTask, 'language'> {
  readonly language: Language
  /** Of the file. */
  readonly languages: readonly Language[]
}

/** Ends the threads when `signal` aborts, and rejects. */
export async function renderApart(task: ReportTask, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted()
  const languages = languagesOf(task.language)
  const articles = await Promise.all(languages.map((language) => renderArticleApart({ ...task, language, languages }, signal)))
  return reportFile((JSON.parse(task.request) as SimulationRequest).name, languages, articles)
}

const renderArticleApart = (task: ArticleTask, signal: AbortSignal | undefined): Promise<string> =>
  new Promise((resolve, reject) => {
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
