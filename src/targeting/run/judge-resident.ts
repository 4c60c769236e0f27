/** Judging a nation in memory: programmes that read no ranks at once, those that do as soon as there are ranks. */
import { readersOfRanks } from '../../determinations/bulk/bulk-bundle.ts'
import { columnsRoom, type NationColumns, type NationRanks, type NationScores } from '../../determinations/bulk/nation.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ResidentNation } from './resident-nation.ts'
import type { ThreadPool } from './thread-pool.ts'

export interface JudgeRequest {
  readonly bundle: Bundle
  readonly scores: NationScores
  readonly ranks: Promise<NationRanks>
  /** Household rows that are judged a second time, ascending. */
  readonly sample: Promise<Uint32Array>
  /** Columns of programmes that need not be judged, by place. */
  readonly kept?: readonly (NationColumns[number] | null)[]
}

/** What is being judged: a programme's columns are whole when `judged` of its place is settled. */
export interface JudgingNation {
  readonly columns: NationColumns
  readonly judged: (place: number) => Promise<void>
  /** Everything, the sample too. */
  readonly all: Promise<void>
}

/** Every programme by every row; one disagreement between the ways of judging fails it all. */
export function judgeResident(
  threads: ThreadPool,
  { parts, householdOf, householdRefs }: ResidentNation,
  { bundle, scores, ranks, sample, kept = [] }: JudgeRequest,
  onProgress: (done: number, total: number) => void,
): JudgingNation {
  const columns = columnsRoom(bundle, { households: householdRefs.length, persons: householdOf.length }, kept)
  const readers = readersOfRanks(bundle)
  const open = columns.flatMap((_, place) => (kept[place] ? [] : [place]))
  const judge = async (only: readonly number[], known: NationRanks | null, checked: Uint32Array): Promise<void> => {
    const tasks = parts.flatMap(({ index, firstHousehold: from, households }) => {
      const again = Array.from(
        checked.filter((row) => row >= from && row < from + households),
        (row) => row - from,
      )
      const task = { kind: 'judge' as const, bundle: bundle.hash, part: index, scores, ranks: known, columns, only, sample: again }
      return only.length + again.length > 0 ? [task] : []
    })
    let done = 0
    const wrong = await threads.perform(tasks, () => onProgress(++done, tasks.length))
    if (wrong.flat().length > 0) throw problem('run-disagreement', { detail: wrong.flat().slice(0, 5).join('; ') })
  }
  const early = judge(
    open.filter((place) => !readers.has(place)),
    null,
    NO_ROWS,
  )
  // They hear the statuses of programmes that are judged early.
  const late = Promise.all([ranks, early]).then(([known]) =>
    judge(
      open.filter((place) => readers.has(place)),
      known,
      NO_ROWS,
    ),
  )
  // Nobody's list waits for the second judgement; it is there before anything is published.
  const all = Promise.all([ranks, sample, late]).then(([known, rows]) => judge([], known, rows))
  // What fails is told where it is waited for.
  for (const wave of [early, late, all]) wave.catch(() => undefined)
  return { columns, judged: (place) => (kept[place] ? Promise.resolve() : readers.has(place) ? late : early), all }
}

const NO_ROWS = new Uint32Array(0)
