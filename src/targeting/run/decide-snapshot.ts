/** From a finished snapshot to each programme's list: score, rank, judge, select. The same snapshot and inputs come to the same bytes, whenever and wherever. */
import {
  type FormulaRanks,
  type NationColumns,
  type NationRanks,
  type NationScores,
  newColumns,
  newScores,
} from '../../determinations/bulk/nation.ts'
import { sampleUnits } from '../../determinations/bulk/sample-units.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Ranking } from '../rank.ts'
import { rowsWhere } from './gather.ts'
import { type JudgedNation, judgedRows, type ScoredNation, scoredRows } from './judged-nation.ts'
import { nameMissingFacts } from './name-missing-facts.ts'
import { openResident, type ResidentNation, sizeOf, slotsResident } from './resident-nation.ts'
import { type ProgrammeList, rankNation, selectUnits, type SelectionRequest } from './select.ts'
import type { Snapshot } from './snapshot.ts'
import type { RescoreTask } from './tasks.ts'
import type { ThreadPool } from './thread-pool.ts'

export type DecideStage = 'open' | 'score' | 'judge' | 'select'

export interface DecideRequest extends SelectionRequest {
  readonly bundle: Bundle
  /** Household references that the run is about; null for everybody. */
  readonly only: ReadonlySet<number> | null
  /** Indexes of the codes of governorates that the run is about; null for all. */
  readonly governorates: ReadonlySet<number> | null
  /** How many households are judged a second time, by both online engines. */
  readonly sample: number
  readonly onProgress: (stage: DecideStage, done: number, total: number) => void
}

export interface Decided {
  readonly nation: JudgedNation
  readonly lists: readonly ProgrammeList[]
  readonly sampled: number
}

/** Codes of governorates by index. */
export const governorateCodes = ({ catalogue: { household } }: Bundle): readonly string[] =>
  household.types[household.slot('governorate') ?? -1]?.codes ?? []

export async function decideSnapshot(threads: ThreadPool, snapshot: Snapshot, request: DecideRequest): Promise<Decided> {
  const { bundle, onProgress } = request
  const resident = await openResident(threads, bundle, snapshot, slotsResident(bundle), (done, total) => onProgress('open', done, total))
  return decideResident(threads, resident, request)
}

/** The threads know the bundle. */
export async function decideResident(threads: ThreadPool, resident: ResidentNation, request: DecideRequest): Promise<Decided> {
  const { bundle, onProgress } = request
  const scores = await scoreResident(threads, resident, bundle, (done, total) => onProgress('score', done, total))
  const everybody: ScoredNation = { ...resident, scores }
  const rows = populationRows(everybody, request)
  const rankings = rankNation(bundle, scoredRows(everybody, rows))
  const ranks = ranksByRow(rankings, rows, everybody.householdRefs.length)
  const sample = [...sampleUnits(request.cycle, everybody.householdRefs, request.sample)]
  const columns = await judgeResident(threads, resident, { bundle, scores, ranks, sample }, (done, total) =>
    onProgress('judge', done, total),
  )
  const nation = judgedRows({ ...resident, scores, programmes: columns }, rows)
  onProgress('select', 0, 1)
  const selected = await selectUnits(threads, { bundle, nation, rankings, request })
  const lists = await nameMissingFacts(threads, { parts: resident.parts, bundle: bundle.hash, rows }, nation, selected)
  onProgress('select', 1, 1)
  return { nation, lists, sampled: sample.length }
}

type Progress = (done: number, total: number) => void

/** What is `kept`, by the place of its formula, is not scored again. */
export async function scoreResident(
  threads: ThreadPool,
  { parts }: ResidentNation,
  bundle: Bundle,
  onProgress: Progress,
  kept: readonly (NationScores[number] | null)[] = [],
  rescores: readonly RescoreTask[] = [],
): Promise<NationScores> {
  const scores = newScores(bundle, sizeOf(parts).households, kept)
  const only = scores.flatMap((_, place) => (kept[place] ? [] : [place]))
  if (only.length === 0) return scores
  let done = 0
  await threads.perform(
    parts.map(({ index }) => ({ kind: 'score' as const, bundle: bundle.hash, part: index, scores, only, rescores })),
    () => onProgress(++done, parts.length),
  )
  return scores
}

export interface JudgeRequest {
  readonly bundle: Bundle
  readonly scores: NationScores
  readonly ranks: NationRanks
  /** Household rows that are judged a second time. */
  readonly sample: readonly number[]
  /** Columns of programmes that need not be judged, by place. */
  readonly kept?: readonly (NationColumns[number] | null)[]
}

/** Every programme by every row; one disagreement between the ways of judging fails it all. */
export async function judgeResident(
  threads: ThreadPool,
  { parts, householdOf, householdRefs }: ResidentNation,
  { bundle, scores, ranks, sample, kept = [] }: JudgeRequest,
  onProgress: Progress,
): Promise<NationColumns> {
  const columns = newColumns(bundle, { households: householdRefs.length, persons: householdOf.length }, kept)
  const only = columns.flatMap((_, place) => (kept[place] ? [] : [place]))
  if (only.length === 0) return columns
  let done = 0
  const wrong = await threads.perform(
    parts.map(({ index, firstHousehold: from, households }) => ({
      kind: 'judge' as const,
      bundle: bundle.hash,
      part: index,
      scores,
      ranks,
      columns,
      only,
      sample: sample.filter((row) => row >= from && row < from + households).map((row) => row - from),
    })),
    () => onProgress(++done, parts.length),
  )
  if (wrong.flat().length > 0) throw problem('run-disagreement', { detail: wrong.flat().slice(0, 5).join('; ') })
  return columns
}

/** Rows of the households that the run is about. */
export function populationRows(
  { householdRefs, governorate }: Pick<ScoredNation, 'householdRefs' | 'governorate'>,
  { only, governorates }: Pick<DecideRequest, 'only' | 'governorates'>,
): Uint32Array {
  return rowsWhere(
    householdRefs.length,
    (row) =>
      (only === null || only.has(householdRefs[row] as number)) && (governorates === null || governorates.has(governorate[row] as number)),
  )
}

/** Ranks by row of everybody; 0 for those that the run is not about, who have none. */
export function ranksByRow(rankings: readonly Ranking[], rows: Uint32Array, households: number): FormulaRanks[] {
  return rankings.map(({ nation }) => {
    // All households: each stands at its own place already.
    if (rows.length === households) return { rank: nation.rank, percentile: nation.percentile }
    const rank = new Uint32Array(new SharedArrayBuffer(households * Uint32Array.BYTES_PER_ELEMENT))
    const percentile = new Uint8Array(new SharedArrayBuffer(households))
    rows.forEach((row, index) => {
      rank[row] = nation.rank[index] as number
      percentile[row] = nation.percentile[index] as number
    })
    return { rank, percentile }
  })
}
