/** A delivery's bytes read and checked in a thread of their own, a few chunks ahead of whoever takes the batches. */
import { problem } from '../../kernel/problem.ts'
import { newWorker } from '../../jobs/new-worker.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import type { RejectedRow } from './checked-batch.ts'
import type { ReadAnswer, ReadTask } from './read-thread.ts'
import type { TextFormat } from './read-rows.ts'

/** Checked rows as they are staged; `bytes` is how much of the delivery they come from. */
export interface StagedBatch {
  readonly copy: Uint8Array
  readonly received: number
  readonly rejected: readonly RejectedRow[]
  readonly bytes: number
}

export interface ReadRequest {
  readonly definition: RegistryDefinition
  readonly format: TextFormat
  readonly body: AsyncIterable<Uint8Array>
  /** More than this is refused with `body-too-large`. */
  readonly bytesMax: number
}

const CHUNK_BYTES = 1 << 20
const AHEAD = 3
const MEMORY = { maxOldGenerationSizeMb: 512 }

export async function* readApart({ definition, format, body, bytesMax }: ReadRequest): AsyncGenerator<StagedBatch> {
  const task: ReadTask = { definition, format }
  const thread = newWorker(new URL('./read-thread', import.meta.url), task, MEMORY)
  const answers: ((answer: ReadAnswer) => void)[] = []
  let failure: Error | null = null
  const fail = (error: Error): void => {
    failure ??= error
    for (const answer of answers.splice(0)) answer({ failure: failure.message })
  }
  thread.on('message', (answer: ReadAnswer) => answers.shift()?.(answer))
  thread.on('error', fail)
  thread.on('exit', (code) => fail(new Error(`the reader of a delivery ended with code ${code}`)))
  const ask = (chunk: Uint8Array | null): Promise<ReadAnswer> =>
    new Promise((resolve) => {
      if (failure) return resolve({ failure: failure.message })
      answers.push(resolve)
      if (chunk === null) thread.postMessage(null)
      else thread.postMessage(chunk, [chunk.buffer as ArrayBuffer])
    })
  const asked: { answer: Promise<ReadAnswer>; bytes: number }[] = []
  const next = async (): Promise<StagedBatch> => {
    const { answer, bytes } = asked.shift() as (typeof asked)[number]
    return { ...checked(await answer), bytes }
  }
  try {
    for await (const chunk of chunksOf(body, bytesMax)) {
      // Its length first: what is handed over is empty here.
      asked.push({ bytes: chunk.length, answer: ask(chunk) })
      if (asked.length === AHEAD) yield await next()
    }
    asked.push({ answer: ask(null), bytes: 0 })
    while (asked.length > 0) yield await next()
  } finally {
    thread.removeAllListeners('exit')
    await thread.terminate()
  }
}

function checked(answer: ReadAnswer) {
  if ('problem' in answer) throw problem(answer.problem, answer.parts)
  if ('failure' in answer) throw new Error(answer.failure)
  return answer
}

/** Small pieces put together, large ones cut; each chunk owns its memory. */
async function* chunksOf(body: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK_BYTES)
  let length = 0
  let total = 0
  for await (const piece of body) {
    total += piece.length
    if (total > bytesMax) throw problem('body-too-large', { expected: `at most ${bytesMax} bytes` })
    for (let from = 0; from < piece.length;) {
      const part = piece.subarray(from, from + CHUNK_BYTES - length)
      chunk.set(part, length)
      length += part.length
      from += part.length
      if (length < CHUNK_BYTES) continue
      yield chunk
      chunk = new Uint8Array(CHUNK_BYTES)
      length = 0
    }
  }
  if (length > 0) yield chunk.slice(0, length)
}
