/** A sample read, decided and measured in a thread of its own, ended with its simulation or when that is no longer wanted. */
import { openPool } from '../../jobs/worker-pool.ts'
import { outdated, type StoredRows } from './open-sample.ts'
import type { SampleAnswers, SampleStart, SampleTask } from './sample-tasks.ts'

export interface SampleApart {
  /** First: what all scenarios are held against. `households`: of the simulation's population, as disclosed. */
  readonly baseline: (households: number) => Promise<SampleAnswers['baseline']>
  readonly measure: (scenario: SampleStart['texts']) => Promise<SampleAnswers['scenario']>
  readonly close: () => Promise<void>
}

/** Reads the rows; throws where the catalogue no longer reads them as they were stored. Once `signal` aborts everything ends, whatever is under way. */
export async function openSampleApart(
  stored: StoredRows,
  { texts, asOf }: Pick<SampleStart, 'texts' | 'asOf'>,
  signal: AbortSignal,
): Promise<SampleApart> {
  signal.throwIfAborted()
  const settings = { script: new URL('./sample-thread', import.meta.url), count: 1, start: { stored, texts, asOf } satisfies SampleStart }
  const pool = await openPool<SampleTask, SampleAnswers, never>(settings, signal)
  const stop = (): void => void pool.close()
  signal.addEventListener('abort', stop)
  const ask = async <K extends SampleTask['kind']>(task: SampleTask & { readonly kind: K }): Promise<SampleAnswers[K]> => {
    try {
      const [answer] = await pool.perform<K>([task])
      return answer as SampleAnswers[K]
    } catch (error) {
      // What stopped a thread that was ended is that it was ended.
      signal.throwIfAborted()
      throw error
    }
  }
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop)
    await pool.close()
  }
  try {
    const unread = await ask({ kind: 'read' })
    if (unread !== 0) throw outdated(unread)
  } catch (error) {
    await close()
    throw error
  }
  return {
    baseline: (households) => ask({ kind: 'baseline', households }),
    measure: (scenario) => ask({ kind: 'scenario', texts: scenario }),
    close,
  }
}
