/** Uploaded files read in a thread of their own, a few at a time and in bounded memory. */
import type { FactSpace } from '../../language/fact-space.ts'
import { problem } from '../../kernel/problem.ts'
import { newWorker } from '../../jobs/new-worker.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'
import type { Declared, ReadUpload } from './read-upload.ts'

export type SampleFormat = 'csv' | 'parquet'

export interface ReadTask extends Declared {
  readonly path: string
  readonly format: SampleFormat
  readonly space: Pick<FactSpace, 'name' | 'types'>
}

const AT_ONCE = 2
const MEMORY_MB = 1_024
let busy = 0

/** A place for one upload, from its first byte on; throws `service-overloaded` when all are taken. */
export function takePlace(): () => void {
  if (busy >= AT_ONCE) throw problem('service-overloaded', { retryAfterSeconds: 5 })
  busy++
  let taken = true
  return () => {
    if (taken) busy--
    taken = false
  }
}

export const readApart = (task: ReadTask): Promise<ReadUpload> =>
  new Promise((resolve, reject) => {
    const { name, types } = task.space
    const worker = newWorker(
      new URL('./read-thread', import.meta.url),
      { ...task, space: { name, types } },
      { maxOldGenerationSizeMb: MEMORY_MB },
    )
    worker.once('message', resolve)
    worker.once('error', (error) =>
      (error as { readonly code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve({ diagnostics: [tooMuch] }) : reject(error),
    )
    worker.once('exit', (code) => reject(new Error(`the reading ended with code ${code}`)))
  })

const tooMuch = fitFinding('sample-size', '', 'reading the file takes more memory than is set aside for it', {
  expected: 'fewer rows or columns',
})
