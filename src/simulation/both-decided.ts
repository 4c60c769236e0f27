/** Two sets of versions decided over one population in memory. */
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import type { Baseline } from './baseline.ts'
import type { Decision } from './decide.ts'
import type { Comparing } from './simulate.ts'

export interface BothAsked {
  readonly baseline: Baseline
  readonly after: Pick<Baseline, 'bundle' | 'texts'>
}

export interface BothDecided extends Comparing {
  readonly before: Decision
  readonly after: Decision
  readonly threads: ThreadPool
  readonly resident: ResidentNation
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
}
