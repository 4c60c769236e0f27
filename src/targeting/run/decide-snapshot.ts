/** From a finished snapshot to each programme's list: score, rank, judge, select. The same snapshot and inputs come to the same bytes, whenever and wherever. */
import type { FormulaRanks } from '../../determinations/bulk/nation.ts'
import { sampleUnits } from '../../determinations/bulk/sample-units.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Ranking } from '../rank.ts'
import { rowsWhere } from './gather.ts'
import { joinJudged, joinScored, type JudgedNation, judgedRows, type ScoredNation, scoredRows } from './judged-nation.ts'
import { nameMissingFacts, type PartsOfNation } from './name-missing-facts.ts'
import { type ProgrammeList, rankNation, selectUnits, type SelectionRequest } from './select.ts'
import { partFiles, type Snapshot } from './snapshot.ts'
import type { PartFile } from './tasks.ts'
import type { ThreadPool } from './thread-pool.ts'

export type DecideStage = 'score' | 'judge' | 'select'

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
  const { nation, rankings, sampled, partsOfNation } = await judgeSnapshot(threads, snapshot, request)
  request.onProgress('select', 0, 1)
  const lists = await nameMissingFacts(threads, partsOfNation, nation, selectUnits(request.bundle, nation, rankings, request))
  request.onProgress('select', 1, 1)
  return { nation, lists, sampled }
}

interface JudgedSnapshot {
  readonly nation: JudgedNation
  readonly rankings: readonly Ranking[]
  readonly sampled: number
  readonly partsOfNation: PartsOfNation
}

/** Scores all parts, ranks the population, and judges the parts with the ranks that their rules may read. */
async function judgeSnapshot(threads: ThreadPool, snapshot: Snapshot, request: DecideRequest): Promise<JudgedSnapshot> {
  const { bundle, cycle, onProgress } = request
  const parts = partFiles(snapshot)
  let done = 0
  const scored = await threads.perform(
    parts.map((part) => ({ kind: 'score' as const, part })),
    () => onProgress('score', ++done, parts.length),
  )
  const everybody = joinScored(scored)
  const rows = populationRows(everybody, request)
  const rankings = rankNation(bundle, scoredRows(everybody, rows))
  const ranks = ranksByRow(rankings, rows, everybody.householdRefs.length)
  const sample = sampleUnits(cycle, everybody.householdRefs, request.sample)
  let first = 0
  const tasks = scored.map(({ householdRefs: { length }, scores }, index) => {
    const from = first
    first += length
    return {
      kind: 'judge' as const,
      part: parts[index] as PartFile,
      scores,
      ranks: ranks.map(({ rank, percentile }) => ({
        rank: rank.slice(from, from + length),
        percentile: percentile.slice(from, from + length),
      })),
      sample: [...sample].filter((row) => row >= from && row < from + length).map((row) => row - from),
    }
  })
  done = 0
  const judged = await threads.perform(tasks, () => onProgress('judge', ++done, parts.length))
  const wrong = judged.flatMap(({ disagreements }) => disagreements)
  if (wrong.length > 0) throw problem('run-disagreement', { detail: wrong.slice(0, 5).join('; ') })
  const nation = judgedRows(joinJudged(everybody, judged), rows)
  return {
    nation,
    rankings,
    sampled: judged.reduce((total, { sampled }) => total + sampled, 0),
    partsOfNation: { parts, sizes: scored.map(({ householdRefs: { length } }) => length), rows },
  }
}

/** Rows of the households that the run is about. */
function populationRows({ householdRefs, governorate }: ScoredNation, { only, governorates }: DecideRequest): Uint32Array {
  return rowsWhere(
    householdRefs.length,
    (row) =>
      (only === null || only.has(householdRefs[row] as number)) && (governorates === null || governorates.has(governorate[row] as number)),
  )
}

/** Ranks by row of everybody; 0 for those that the run is not about, who have none. */
function ranksByRow(rankings: readonly Ranking[], rows: Uint32Array, households: number): FormulaRanks[] {
  return rankings.map(({ nation }) => {
    const [rank, percentile] = [new Uint32Array(households), new Uint8Array(households)]
    rows.forEach((row, index) => {
      rank[row] = nation.rank[index] as number
      percentile[row] = nation.percentile[index] as number
    })
    return { rank, percentile }
  })
}
