/** A population decided by some versions: the same functions as a run's, over columns in memory; of a scenario only what changed is computed. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import type { NationColumns, NationRanks, NationScores } from '../determinations/bulk/nation.ts'
import type { Bundle, CompiledFormula } from '../programmes/bundle.ts'
import type { Ranking } from '../targeting/rank.ts'
import { type DecideRequest, judgeResident, populationRows, ranksByRow, scoreResident } from '../targeting/run/decide-snapshot.ts'
import { type JudgedNation, judgedRows, scoredRows } from '../targeting/run/judged-nation.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import { type ProgrammeList, rankFormula, selectUnits } from '../targeting/run/select.ts'
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
  /** Of the population, as everything below. */
  readonly rankings: readonly Ranking[]
  readonly nation: JudgedNation
  readonly lists: readonly ProgrammeList[]
}

/** A population as it is ordered, before it is judged. */
export type Ranked = Pick<Decision, 'bundle' | 'rankings'> & { readonly nation: Pick<JudgedNation, 'scores'> }

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
  const keptScores = (holds?.scores ?? []).map((place) => (place === null ? null : (before?.scores[place] ?? null)))
  const rescores = before ? rescoresFrom(before, bundle, against.changedFacts) : []
  onProgress('score')
  const scores = await scoreResident(threads, resident, bundle, () => undefined, keptScores, rescores)
  signal.throwIfAborted()
  onProgress('rank')
  const rows = populationRows(resident, request)
  const population = scoredRows({ ...resident, scores }, rows)
  const rankings = scoredFormulas(bundle).map((formula, place) => {
    const kept = holds?.scores[place]
    return kept === null || kept === undefined ? rankFormula(formula, place, population) : (before?.rankings[kept] as Ranking)
  })
  const ranks = rankings.map((ranking, place) => {
    const kept = holds?.scores[place]
    return kept === null || kept === undefined
      ? (ranksByRow([ranking], rows, resident.householdRefs.length)[0] ?? null)
      : (before?.ranks[kept] ?? null)
  })
  request.onRanked?.({ bundle, rankings, nation: population })
  signal.throwIfAborted()
  onProgress('judge')
  const keptColumns = (holds?.columns ?? []).map((place) => (place === null ? null : (before?.columns[place] ?? null)))
  const columns = await judgeResident(threads, resident, { bundle, scores, ranks, sample: [], kept: keptColumns }, () => undefined)
  signal.throwIfAborted()
  onProgress('select')
  const nation = judgedRows({ ...resident, scores, programmes: columns }, rows)
  const kept = new Map((before?.lists ?? []).filter(({ programme }) => holds?.lists.has(programme)).map((list) => [list.programme, list]))
  return {
    bundle,
    scores,
    ranks,
    columns,
    rankings,
    nation,
    lists: await selectUnits(threads, { bundle, nation, rankings, request, kept }),
  }
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
