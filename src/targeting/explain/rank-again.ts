/** Ranks of a run's population computed again from its snapshot: lists hold the ranks of the eligible only. The last run's are kept. */
import { once } from 'node:events'
import type { Database } from '../../db/database.ts'
import { problem } from '../../kernel/problem.ts'
import { textsOfSet } from '../../programmes/versions-in-force.ts'
import { newWorker } from '../../jobs/new-worker.ts'
import { partFiles } from '../run/snapshot.ts'
import type { ExplainedRun } from './explained-run.ts'
import { populationOf } from './population.ts'
import type { RankedPopulation, RankStart } from './rank-thread.ts'

interface Kept {
  readonly run: string
  readonly ranked: Promise<RankedPopulation>
}

const kept = new WeakMap<Database['pool'], Kept>()

/** Refused where the population of then can no longer be told: a rank among others would be another rank. */
export async function rankAgain(database: Database, explained: ExplainedRun): Promise<RankedPopulation> {
  const { id } = explained.run
  const before = kept.get(database.pool)
  if (before?.run === id) return before.ranked
  // One after the other: each reads the whole snapshot.
  const ranked = Promise.resolve(before?.ranked)
    .catch(() => undefined)
    .then(() => rankedBy(database, explained))
  kept.set(database.pool, { run: id, ranked })
  ranked.catch(() => kept.delete(database.pool))
  return ranked
}

async function rankedBy(database: Database, { run, folder, bundle, snapshot, households }: ExplainedRun): Promise<RankedPopulation> {
  const start: RankStart = {
    texts: await textsOfSet(database, bundle.hash),
    parts: partFiles(snapshot),
    ...(await populationOf(folder, run, bundle)),
  }
  const worker = newWorker(new URL('./rank-thread', import.meta.url), start)
  try {
    const [ranked] = (await once(worker, 'message')) as [RankedPopulation | null]
    if (!ranked) throw problem('snapshot-damaged')
    if (ranked.householdRefs.length !== households)
      throw problem('run-not-explicable', { detail: 'who was in the population of the run can no longer be told' })
    return ranked
  } finally {
    await worker.terminate()
  }
}
