/** A sample of a nation in memory, judged a second time by both online engines. */
import type { Judged } from '../../determinations/bulk/check-sample.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ResidentNation } from './resident-nation.ts'
import type { ThreadPool } from './thread-pool.ts'

export interface JudgedResident extends Judged {
  readonly bundle: Bundle
}

/** `rows`: of households, ascending. Throws `run-disagreement` where the ways of judging differ. All in one thread: to load and compile the online engines takes most of the time. */
export async function checkResident(
  threads: ThreadPool,
  { parts }: Pick<ResidentNation, 'parts'>,
  { bundle, scores, ranks, columns }: JudgedResident,
  rows: Uint32Array,
): Promise<void> {
  const sample = parts.flatMap(({ index, firstHousehold: from, households }) => {
    const own = rows.filter((row) => row >= from && row < from + households).map((row) => row - from)
    return own.length > 0 ? [{ part: index, rows: own }] : []
  })
  if (sample.length === 0) return
  const [wrong] = await threads.perform([{ kind: 'check', bundle: bundle.hash, scores, ranks, columns, sample }])
  // INVARIANT: the pool answers what it was asked.
  if (!wrong) throw new Error('the sample was not judged again')
  if (wrong.length > 0) throw problem('run-disagreement', { detail: wrong.slice(0, 5).join('; ') })
}
