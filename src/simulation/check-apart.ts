/** Scenarios checked in a thread of their own, a few at a time; ten analysts who ask at the same moment wait their turn. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { problem } from '../kernel/problem.ts'
import { waitingLine } from '../kernel/waiting-line.ts'
import { newWorker } from '../jobs/new-worker.ts'
import type { Database } from '../db/database.ts'
import { textsOfSet } from '../programmes/versions-in-force.ts'
import type { Baseline } from './baseline.ts'
import type { CheckRequest } from './check-scenarios.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import { unknownObjects } from './scenario-texts.ts'

export interface CheckTask extends Omit<CheckRequest, 'facts' | 'assembledBy'> {
  readonly facts: readonly string[]
  /** Those that assembled the snapshot, where they are not the baseline's. */
  readonly assembledFrom: CheckRequest['texts'] | null
}

/** A check takes some tenths of a second: the last of the line waits about as long as a request may well take. */
const checks = waitingLine({ atOnce: 2, waitingMax: 32, retryAfterSeconds: 2 })

/** Throws `simulation-refused` at changes of objects that the baseline has not. */
export function refuseUnknown({ texts }: Baseline, { scenarios }: SimulationRequest): void {
  refuse(unknownObjects(texts, scenarios))
}

/** Throws `simulation-refused` with every fault and its place in the request. */
export async function refuseFaulty(
  database: Database,
  { texts, asOf, facts, bundle, assembledBy }: Baseline,
  { scenarios }: SimulationRequest,
): Promise<void> {
  const errors = await checks(async () => {
    const assembledFrom = assembledBy === bundle ? null : await textsOfSet(database, assembledBy.hash)
    return checkApart({ texts, scenarios, asOf, facts: [...facts], assembledFrom })
  })
  refuse(errors)
}

function refuse(errors: readonly Diagnostic[]): void {
  if (errors.length > 0) throw problem('simulation-refused', { errors, pointer: errors[0]?.pointer ?? '' })
}

const checkApart = (task: CheckTask): Promise<readonly Diagnostic[]> =>
  new Promise((resolve, reject) => {
    const worker = newWorker(new URL('./check-thread', import.meta.url), task)
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the check ended with code ${code}`)))
  })
