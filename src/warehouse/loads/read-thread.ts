/** The thread that reads and checks a delivery: chunks of bytes in, checked batches out, in order, so that the serving thread only passes bytes on. */
import { parentPort, workerData } from 'node:worker_threads'
import { Problem } from '../../kernel/problem.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import type { RejectedRow } from './checked-batch.ts'
import { checkedRows, type TextFormat } from './read-rows.ts'

export interface ReadTask {
  readonly definition: RegistryDefinition
  readonly format: TextFormat
}

/** What the thread answers to each chunk, and to null at the end. */
export type ReadAnswer =
  | { readonly copy: Uint8Array; readonly received: number; readonly rejected: readonly RejectedRow[] }
  | { readonly problem: Problem['code']; readonly parts: Problem['parts'] }
  | { readonly failure: string }

const { definition, format } = workerData as ReadTask
const rows = checkedRows(definition, format)
const port = parentPort as NonNullable<typeof parentPort>

port.on('message', (chunk: Uint8Array | null) => {
  try {
    const { copy, received, rejected } = chunk === null ? rows.end() : rows.push(chunk)
    port.postMessage({ copy, received, rejected } satisfies ReadAnswer, [copy.buffer as ArrayBuffer])
  } catch (error) {
    const answer: ReadAnswer =
      error instanceof Problem ? { problem: error.code, parts: error.parts } : { failure: (error as Error).message }
    port.postMessage(answer)
  }
})
