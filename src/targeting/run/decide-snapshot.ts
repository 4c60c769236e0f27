/** From a finished snapshot to each programme's list: score, rank, judge, select; and what is still at work behind them. The same snapshot and inputs come to the same bytes, whenever and wherever. */
import { type NationScores, newScores } from '../../determinations/bulk/nation.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { checkResident } from './check-resident.ts'
import { gatherShared, rowsWhere } from './gather.ts'
import { judgeResident, type JudgingNation } from './judge-resident.ts'
import { type JudgedNation, populationOf, type ScoredNation, type UnjudgedNation } from './judged-nation.ts'
import { nameMissingFacts } from './name-missing-facts.ts'
import { openResident, type ResidentNation, sizeOf, slotsResident } from './resident-nation.ts'
import { orderTies, rankPopulation, ranksByRow } from './rank-population.ts'
import { type ProgrammeList, selectUnits, type SelectionRequest } from './select.ts'
import type { Snapshot } from './snapshot.ts'
import type { OpenedParts, RescoreTask } from './tasks.ts'
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
  /** Who is listed, and where; nobody looked yet which facts are missing. */
  readonly lists: readonly ProgrammeList[]
  readonly sampled: number
  readonly behind: Behind
}

/** What no list waits for. Nothing is told or published before all of it came through. */
export interface Behind {
  /** The lists with the facts to verify first. */
  readonly named: Promise<readonly ProgrammeList[]>
  /** Fails where the ways of judging disagree about a household of the sample. */
  readonly checked: Promise<void>
}

/** Waits until nothing is at work behind the lists any more, however it went. */
export const settledBehind = async ({ named, checked }: Behind): Promise<void> => void (await Promise.allSettled([named, checked]))

/** The lists with their missing facts, when everything behind them came through. */
export async function listsChecked(behind: Behind): Promise<readonly ProgrammeList[]> {
  await settledBehind(behind)
  await behind.checked
  return behind.named
}

/** Codes of governorates by index. */
export const governorateCodes = ({ catalogue: { household } }: Bundle): readonly string[] =>
  household.types[household.slot('governorate') ?? -1]?.codes ?? []

/** What is `opened` of the snapshot has all columns of `slotsResident`. */
export async function decideSnapshot(
  threads: ThreadPool,
  snapshot: Snapshot,
  request: DecideRequest,
  opened?: OpenedParts,
): Promise<Decided> {
  const { bundle, onProgress } = request
  const progress = (done: number, total: number): void => onProgress('open', done, total)
  const resident = await openResident(threads, bundle, snapshot, slotsResident(bundle), progress, opened)
  return decideResident(threads, resident, request)
}

/** The threads know the bundle. Ranks are made while units are judged, and a list as soon as its programme, and those that it excludes by, are through. */
export async function decideResident(threads: ThreadPool, resident: ResidentNation, request: DecideRequest): Promise<Decided> {
  const { bundle, onProgress } = request
  const rows = populationRows(resident, request)
  const sample = sampleOf(threads, resident, request)
  const tieOrder = orderTies(threads, request.cycle, populationRefs(resident, rows))
  // What fails is told where it is waited for.
  for (const early of [sample, tieOrder]) early.catch(() => undefined)
  const scores = await scoreResident(threads, resident, bundle, (done, total) => onProgress('score', done, total))
  const population = populationOf({ ...resident, scores }, rows)
  const rankings = rankPopulation(threads, population, { bundle, tieOrder })
  const ranks = rankings.then((found) => found.map((ranking) => ranksByRow(ranking, rows, resident.householdRefs.length)))
  const judging = judgeResident(threads, resident, { bundle, scores, ranks }, (done, total) => onProgress('judge', done, total))
  const selecting = selectUnits(threads, { bundle, population, judging, rankings, request })
  judging.all.then(
    () => onProgress('select', 0, 1),
    () => undefined,
  )
  const { nation, lists } = await decidedOf(judging, population, selecting)
  const [again, known] = await Promise.all([sample, ranks])
  onProgress('select', 1, 1)
  const named = nameMissingFacts(threads, { parts: resident.parts, bundle: bundle.hash, rows }, nation, lists)
  const check = (): Promise<void> => checkResident(threads, resident, { bundle, scores, ranks: known, columns: judging.columns }, again)
  // Whoever writes lists waits for the one, and nobody for the other until the end.
  const checked = named.then(check, check)
  for (const late of [named, checked]) late.catch(() => undefined)
  return { nation, lists, sampled: again.length, behind: { named, checked } }
}

/** In memory that threads share. */
export const populationRefs = ({ householdRefs }: Pick<ResidentNation, 'householdRefs'>, rows: Uint32Array): Float64Array =>
  rows.length === householdRefs.length ? householdRefs : gatherShared(householdRefs, rows)

/** Waits until nothing is at work any more; what judging came upon is told before what selecting did. */
export async function decidedOf(
  judging: JudgingNation,
  { columnsOf, ...population }: UnjudgedNation,
  selecting: Promise<ProgrammeList[]>,
): Promise<Pick<Decided, 'nation' | 'lists'>> {
  await Promise.allSettled([judging.all, selecting])
  await judging.all
  return { nation: { ...population, programmes: judging.columns.map(columnsOf) }, lists: await selecting }
}

/** In a thread, before it scores: the main one hands out the tasks meanwhile. */
async function sampleOf(threads: ThreadPool, { householdRefs }: ResidentNation, { cycle, sample }: DecideRequest): Promise<Uint32Array> {
  const [rows] = await threads.perform([{ kind: 'sample', cycle, references: householdRefs, count: sample }])
  // INVARIANT: the pool answers what it was asked.
  if (!rows) throw new Error('no sample was taken')
  return rows
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
