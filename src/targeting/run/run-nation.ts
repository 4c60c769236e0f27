/** A run from the replica to each programme's list: assemble, score, rank, judge, select. Publishing is somebody else's. */
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import type { Database } from '../../db/database.ts'
import type { FormulaRanks } from '../../determinations/bulk/nation.ts'
import { sampleUnits } from '../../determinations/bulk/sample-units.ts'
import { declaredAnswersOf, INTAKE_FORM } from '../../determinations/determine-household.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { allLatestAnswers } from '../../households/declared-answers.ts'
import { newElsewhere } from '../../households/nation/elsewhere-columns.ts'
import { refreshReplica } from '../../households/nation/refresh-replica.ts'
import { type Freshness, isUsable, sourceStates } from '../../households/registry-state.ts'
import type { SourceState } from '../../households/assembled.ts'
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import { problem } from '../../kernel/problem.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { textsOfSet } from '../../programmes/versions-in-force.ts'
import { openReplica } from '../../warehouse/replica/open-replica.ts'
import type { Ranking } from '../rank.ts'
import { rowsWhere } from './gather.ts'
import { joinJudged, joinScored, type JudgedNation, judgedRows, type ScoredNation, scoredRows } from './judged-nation.ts'
import { nameMissingFacts, type PartsOfNation } from './name-missing-facts.ts'
import { type ProgrammeList, rankNation, selectUnits, type SelectionRequest } from './select.ts'
import { assembleSnapshot, homeRanges, partFiles, type Snapshot } from './snapshot.ts'
import type { PartFile } from './tasks.ts'
import { openThreads, type ThreadPool } from './thread-pool.ts'

export interface RunSettings {
  /** Folder of the replica and the snapshots. */
  readonly folder: string
  readonly memoryMb: number
  readonly threads: number
}

export type Stage = 'replica' | 'relatives' | 'facts' | 'score' | 'judge' | 'select'

export interface NationRequest extends SelectionRequest {
  readonly bundle: Bundle
  readonly freshness: readonly Freshness[]
  /** Household references that the run is about; null for everybody. */
  readonly only: ReadonlySet<number> | null
  /** Indexes of the codes of governorates that the run is about; null for all. */
  readonly governorates: ReadonlySet<number> | null
  /** How many households are judged a second time, by both online engines. */
  readonly sample: number
  readonly onProgress: (stage: Stage, done: number, total: number) => void
  readonly signal: AbortSignal
}

export interface NationRun {
  readonly snapshot: Snapshot
  readonly sources: readonly SourceState[]
  readonly nation: JudgedNation
  readonly lists: readonly ProgrammeList[]
  readonly sampled: number
}

export const runThreads = (): number => Math.max(1, Math.min(8, availableParallelism()))

export async function runNation(database: Database, settings: RunSettings, request: NationRequest): Promise<NationRun> {
  const { bundle, asOf, signal, onProgress } = request
  const file = join(settings.folder, 'replica', 'replica.duckdb')
  const writer = await openReplica({ file, memoryMb: settings.memoryMb, threads: settings.threads }, 'write')
  const { states, stamp } = await refreshReplica(
    { database, catalogue: bundle.catalogue, connection: writer.connection, file },
    { onProgress: (done, total) => onProgress('replica', done, total) },
  ).finally(() => writer.close())
  signal.throwIfAborted()
  const sources = sourceStates(states, request.freshness, asOf)
  const usable = sources.filter(({ state }) => isUsable(state)).map(({ registry }) => registry)
  const answers = await allLatestAnswers(database.pool, INTAKE_FORM)
  const declared = new Map(answers.map((one) => [one.householdRef, declaredAnswersOf(one)]))
  const perThread = { file, memoryMb: Math.floor(settings.memoryMb / settings.threads), threads: 1 }
  const reader = await openReplica(perThread, 'read')
  const ranges = await homeRanges(reader).finally(() => reader.close())
  const slots = [...readsOf(bundle.catalogue, factsAssembled(bundle)).ofRelatives].flatMap((id) => bundle.catalogue.person.slot(id) ?? [])
  const elsewhere = newElsewhere(bundle.catalogue, slots, ranges.relatives)
  const start = { texts: await textsOfSet(database, bundle.hash), replica: perThread, asOf, usable, elsewhere }
  const threads = await openThreads(settings.threads, start, signal)
  try {
    const snapshot = await assembleSnapshot({
      threads,
      ranges,
      declared,
      snapshots: join(settings.folder, 'snapshots'),
      sources: { asOf: isoOfDay(asOf), versionSet: bundle.hash, replica: stamp, usable, declared: sha256(canonicalJson(answers)) },
      onProgress,
    })
    const { nation, rankings, sampled, partsOfNation } = await judgeSnapshot(threads, snapshot, request)
    onProgress('select', 0, 1)
    const lists = await nameMissingFacts(threads, partsOfNation, nation, selectUnits(bundle, nation, rankings, request))
    onProgress('select', 1, 1)
    return { snapshot, sources, nation, lists, sampled }
  } finally {
    await threads.close()
  }
}

interface JudgedSnapshot {
  readonly nation: JudgedNation
  readonly rankings: readonly Ranking[]
  readonly sampled: number
  readonly partsOfNation: PartsOfNation
}

/** Scores all parts, ranks the population, and judges the parts with the ranks that their rules may read. */
async function judgeSnapshot(threads: ThreadPool, snapshot: Snapshot, request: NationRequest): Promise<JudgedSnapshot> {
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
function populationRows({ householdRefs, governorate }: ScoredNation, { only, governorates }: NationRequest): Uint32Array {
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
