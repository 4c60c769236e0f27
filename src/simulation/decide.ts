/** A population decided by some versions: the same functions as a run's, over columns in memory; of a scenario only what changed is computed. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import type { NationColumns, NationRanks, NationScores } from '../determinations/bulk/nation.ts'
import type { Bundle, CompiledFormula } from '../programmes/bundle.ts'
import { decidedOf, type DecideRequest, populationRows, scoreResident } from '../targeting/run/decide-snapshot.ts'
import { judgeResident } from '../targeting/run/judge-resident.ts'
import { type JudgedNation, populationOf } from '../targeting/run/judged-nation.ts'
import { orderTies, type PopulationRanking, rankPopulation, ranksByRow } from '../targeting/run/rank-population.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { Ranking } from '../targeting/rank.ts'
import { type ProgrammeList, selectUnits } from '../targeting/run/select.ts'
import type { RescoreTask } from '../targeting/run/tasks.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import { formulasOfBoth } from './formulas-of-both.ts'
import { whatHolds } from './what-changes.ts'

export interface Decision {
  readonly bundle: Bundle
  /** Of every household of the snapshot, by place of the formula. */
  readonly scores: NationScores
  readonly ranks: NationRanks
  /** Of every household or person of the snapshot, by place of the programme. */
  readonly columns: NationColumns
  /** Rows of the population by the tie-break. */
  readonly tieOrder: Uint32Array
  /** Of the population, as everything below. */
  readonly rankings: readonly PopulationRanking[]
  readonly nation: JudgedNation
  readonly lists: readonly ProgrammeList[]
}

/** A population as it is ordered, before it is judged. */
export type Ranked = Pick<Decision, 'bundle'> & { readonly rankings: readonly Ranking[]; readonly nation: Pick<JudgedNation, 'scores'> }

export interface DecisionRequest extends Omit<DecideRequest, 'onProgress' | 'bundle'> {
  readonly bundle: Bundle
  readonly onProgress: (step: DecisionStep) => void
  /** Orders can be compared while units are judged and selected. */
  readonly onRanked?: (ranked: Ranked) => void
  readonly signal: AbortSignal
}

export type DecisionStep = 'score' | 'rank' | 'judge' | 'select'

/** What a scenario is compared with; `changedFacts` are those whose values differ from the baseline's. */
export interface Against {
  readonly baseline: Decision
  readonly changedFacts: ReadonlySet<string>
}

/** The threads know the bundle and hold the nation. */
export async function decide(
  threads: ThreadPool,
  resident: ResidentNation,
  request: DecisionRequest,
  against: Against | null = null,
): Promise<Decision> {
  const { bundle, onProgress, signal } = request
  const before = against?.baseline
  const holds = against && whatHolds(against.baseline.bundle, bundle, against.changedFacts)
  const still = <T>(places: readonly (number | null)[] | undefined, of: readonly T[] | undefined): (T | null)[] =>
    (places ?? []).map((place) => (place === null ? null : (of?.[place] ?? null)))
  const keptScores = still(holds?.scores, before?.scores)
  const rescores = before ? rescoresFrom(before, bundle, against.changedFacts) : []
  onProgress('score')
  const scores = await scoreResident(threads, resident, bundle, () => undefined, keptScores, rescores)
  signal.throwIfAborted()
  onProgress('rank')
  const rows = populationRows(resident, request)
  const population = populationOf({ ...resident, scores }, rows)
  // A scenario is decided over the population of its baseline, in its cycle.
  const tieOrder = before ? Promise.resolve(before.tieOrder) : orderTies(threads, request.cycle, population.householdRefs)
  const rankings = rankPopulation(threads, population, { bundle, tieOrder, kept: still(holds?.scores, before?.rankings) })
  const keptRanks = still(holds?.scores, before?.ranks)
  const ranks = rankings.then((found) =>
    found.map((ranking, place) => keptRanks[place] ?? ranksByRow(ranking, rows, resident.householdRefs.length)),
  )
  rankings.then(
    (found) => request.onRanked?.({ bundle, rankings: found, nation: population }),
    () => undefined,
  )
  onProgress('judge')
  const kept = still(holds?.columns, before?.columns)
  // What-ifs allot nothing: the run that they begin from was judged twice.
  const judging = judgeResident(threads, resident, { bundle, scores, ranks, kept }, () => undefined)
  onProgress('select')
  const lists = new Map((before?.lists ?? []).filter(({ programme }) => holds?.lists.has(programme)).map((list) => [list.programme, list]))
  const selecting = selectUnits(threads, { bundle, population, judging, rankings, request, kept: lists })
  const decided = await decidedOf(judging, population, selecting)
  signal.throwIfAborted()
  return { bundle, scores, ranks: await ranks, columns: judging.columns, tieOrder: await tieOrder, rankings: await rankings, ...decided }
}

/** Formulas under the same name, over facts that are as they were: their scores differ by the terms that differ. */
function rescoresFrom({ bundle, scores }: Decision, scenario: Bundle, changedFacts: ReadonlySet<string>): RescoreTask[] {
  const reads = ({ formula: { slots, space } }: CompiledFormula): boolean =>
    slots.some((slot) => changedFacts.has(space.types[slot]?.id ?? ''))
  return formulasOfBoth(bundle, scenario).flatMap(({ before, after }) => {
    const [was, is, old] = [scoredFormulas(bundle)[before], scoredFormulas(scenario)[after], scores[before]]
    return was && is && old && !reads(was) && !reads(is) ? [{ place: after, bundle: bundle.hash, placeBefore: before, scores: old }] : []
  })
}
