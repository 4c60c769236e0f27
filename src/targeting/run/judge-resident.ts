/** Judging a nation in memory: programmes that read no ranks at once, those that do as soon as there are ranks. */
import { readersOfRanks } from '../../determinations/bulk/bulk-bundle.ts'
import { columnsRoom, type NationColumns, type NationRanks, type NationScores } from '../../determinations/bulk/nation.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ResidentNation } from './resident-nation.ts'
import type { ThreadPool } from './thread-pool.ts'

export interface JudgeRequest {
  readonly bundle: Bundle
  readonly scores: NationScores
  readonly ranks: Promise<NationRanks>
  /** Columns of programmes that need not be judged, by place. */
  readonly kept?: readonly (NationColumns[number] | null)[]
}

/** What is being judged: a programme's columns are whole when `judged` of its place is settled. */
export interface JudgingNation {
  readonly columns: NationColumns
  readonly judged: (place: number) => Promise<void>
  readonly all: Promise<void>
}

/** Every programme by every row. */
export function judgeResident(
  threads: ThreadPool,
  { parts, householdOf, householdRefs }: ResidentNation,
  { bundle, scores, ranks, kept = [] }: JudgeRequest,
  onProgress: (done: number, total: number) => void,
): JudgingNation {
  const columns = columnsRoom(bundle, { households: householdRefs.length, persons: householdOf.length }, kept)
  const readers = readersOfRanks(bundle)
  const open = columns.flatMap((_, place) => (kept[place] ? [] : [place]))
  const judge = async (only: readonly number[], known: NationRanks | null): Promise<void> => {
    if (only.length === 0) return
    let done = 0
    await threads.perform(
      parts.map(({ index }) => ({ kind: 'judge' as const, bundle: bundle.hash, part: index, scores, ranks: known, columns, only })),
      () => onProgress(++done, parts.length),
    )
  }
  const early = judge(
    open.filter((place) => !readers.has(place)),
    null,
  )
  // They hear the statuses of programmes that are judged early.
  const late = Promise.all([ranks, early]).then(([known]) =>
    judge(
      open.filter((place) => readers.has(place)),
      known,
    ),
  )
  // What fails is told where it is waited for.
  for (const wave of [early, late]) wave.catch(() => undefined)
  return { columns, judged: (place) => (kept[place] ? Promise.resolve() : readers.has(place) ? late : early), all: late }
}
