/** Judging a nation in memory: programmes that read no ranks at once; those that do with them in parts whose turn comes when there are ranks, and in the other parts afterwards. */
import { readersOfRanks } from '../../determinations/bulk/bulk-bundle.ts'
import type { Turn } from '../../jobs/worker-pool.ts'
import { columnsRoom, type NationColumns, type NationRanks, type NationScores } from '../../determinations/bulk/nation.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ResidentNation } from './resident-nation.ts'
import type { NationPart } from './tasks.ts'
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
  const first = open.filter((place) => !readers.has(place))
  const last = open.filter((place) => readers.has(place))
  let known: NationRanks | null = null
  const ranked = ranks.then((found) => (known = found))
  let done = 0
  const judge = async (some: readonly NationPart[], onlyOf: (part: NationPart) => readonly number[], turn: Turn): Promise<void> => {
    const task = (part: NationPart) => ({
      kind: 'judge' as const,
      bundle: bundle.hash,
      part: part.index,
      scores,
      columns,
      only: onlyOf(part),
      ranks: known,
    })
    await threads.perform(
      some.map((part) => () => task(part)),
      () => onProgress(Math.min(++done, parts.length), parts.length),
      turn,
    )
  }
  const withoutRanks: NationPart[] = []
  const early = judge(
    first.length > 0 ? parts : [],
    (part) => {
      if (known) return open
      withoutRanks.push(part)
      return first
    },
    'last',
  )
  // They hear the statuses of programmes that are judged early; whoever is selected by these waits for them.
  const late = early.then(async () => {
    await ranked
    const left = first.length > 0 ? withoutRanks : parts
    if (last.length > 0) await judge(left, () => last, 'next')
  })
  // What fails is told where it is waited for.
  for (const wave of [early, late, ranked]) wave.catch(() => undefined)
  return { columns, judged: (place) => (kept[place] ? Promise.resolve() : readers.has(place) ? late : early), all: late }
}
