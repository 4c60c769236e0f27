/** Single households of snapshots, read by a thread: the loop of a service waits neither for a disk nor for the check of a part. */
import { problem } from '../../kernel/problem.ts'
import { openPool, type WorkerPool } from '../../jobs/worker-pool.ts'
import type { ColumnFile } from './column-pieces.ts'

export interface HouseholdTask {
  readonly kind: 'household'
  readonly path: string
  readonly hash: string
  readonly householdRef: number
}

export interface HouseholdRead {
  /** Null where the household is not in the part. */
  readonly rows: ColumnFile | null
  /** The part is not there. */
  readonly isGone?: true
  /** What is wrong with the part. */
  readonly fault?: string
}

type Readers = WorkerPool<HouseholdTask, { readonly household: HouseholdRead }, never>

/** One for the process, from the first question on: what it checked it need not check again. */
let readers: Promise<Readers> | null = null

/** Throws `snapshot-damaged` when the part is not as it was written. */
export async function householdApart(task: Omit<HouseholdTask, 'kind'>): Promise<Omit<HouseholdRead, 'fault'>> {
  const { fault, ...found } = await ask(task)
  if (fault !== undefined) throw problem('snapshot-damaged')
  return found
}

async function ask(task: Omit<HouseholdTask, 'kind'>): Promise<HouseholdRead> {
  const asked = (readers ??= open())
  try {
    const [found] = await (await asked).perform([{ kind: 'household' as const, ...task }])
    return found as HouseholdRead
  } catch (error) {
    // It died: the next question begins anew.
    if (readers === asked) readers = null
    throw error
  }
}

const open = (): Promise<Readers> =>
  openPool(
    { script: new URL('./household-thread', import.meta.url), count: 1, start: null, idleMayEnd: true },
    new AbortController().signal,
  )
