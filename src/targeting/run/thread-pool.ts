/** Threads that take a run's tasks. */
import { openPool, type WorkerPool } from '../../jobs/worker-pool.ts'
import type { Answers, Task, ThreadStart, Told } from './tasks.ts'

export type ThreadPool = WorkerPool<Task, Answers, Told>

/** Opens `count` threads. Once `signal` aborts no task begins. */
export const openThreads = (count: number, start: ThreadStart, signal: AbortSignal): Promise<ThreadPool> =>
  openPool({ script: new URL('./run-thread', import.meta.url), count, start }, signal)
