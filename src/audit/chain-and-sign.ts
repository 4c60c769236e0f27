/** The sequencer at work: chains what waits every moment, and signs the chain's end every few minutes. */
import type { Database } from '../db/database.ts'
import type { SignedCheckpoint } from './checkpoints/checkpoint.ts'
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts'
import { chainPending } from './sequencer.ts'
import type { ChainHead } from './walk-chain.ts'

export interface Sequencer {
  /** Resolves when everything that waits is chained and signed. */
  readonly stop: () => Promise<void>
}

export interface ChainingSettings {
  readonly everyMs: number
  readonly signEveryMs: number
  readonly dataDirectory: string
  readonly onHead: (head: ChainHead) => void
  readonly onCheckpoint: (made: SignedCheckpoint) => void
  readonly onError: (error: unknown) => void
}

/** Until stopped. What fails is told and tried again at the next turn. */
export function chainAndSign(database: Database, settings: ChainingSettings): Sequencer {
  const { everyMs, signEveryMs, dataDirectory, onHead, onCheckpoint, onError } = settings
  let running: Promise<void> | null = null
  let signedAt = performance.now()
  // What grew before a crash is signed, too.
  let unsigned = true
  const turn = async (last: boolean): Promise<void> => {
    try {
      const head = await chainPending(database)
      if (head) onHead(head)
      unsigned ||= head !== null
      if (!unsigned || (!last && performance.now() - signedAt < signEveryMs)) return
      const made = await makeCheckpoint(database, dataDirectory)
      unsigned = false
      signedAt = performance.now()
      if (made) onCheckpoint(made)
    } catch (error) {
      onError(error)
    }
  }
  const timer = setInterval(() => {
    running ??= turn(false).finally(() => (running = null))
  }, everyMs)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
      await turn(true)
    },
  }
}
