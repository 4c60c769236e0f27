/** Ranks of a population by each formula that programmes use, in the order of `scoredFormulas`; made in the threads. */
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import type { FormulaRanks, NationScores } from '../../determinations/bulk/nation.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ScoreDirection } from '../order-rows.ts'
import { type Ranking, rankingOf } from '../rank.ts'
import type { ScoredNation } from './judged-nation.ts'
import type { ThreadPool } from './thread-pool.ts'

/** `settled`: all rows of the population by score and tie-break; lists of households that order by the score follow it. */
export interface PopulationRanking extends Ranking {
  readonly settled: Uint32Array
}

export interface RankRequest {
  readonly bundle: Bundle
  /** Rows of the population by their tie-break. */
  readonly tieOrder: Promise<Uint32Array>
  /** What is not ranked again, by the place of its formula. */
  readonly kept?: readonly (PopulationRanking | null)[]
}

export function rankPopulation(
  threads: ThreadPool,
  { persons, governorate, scores }: Pick<ScoredNation, 'persons' | 'governorate' | 'scores'>,
  { bundle, tieOrder, kept = [] }: RankRequest,
): Promise<PopulationRanking[]> {
  return Promise.all(
    scoredFormulas(bundle).map(async ({ formula }, place) => {
      const before = kept[place]
      if (before) return before
      const { point: score } = scores[place] as NationScores[number]
      const direction = formula.direction as ScoreDirection
      // Programmes that read ranks are judged with the others of a part as soon as there are any.
      const [ranked] = await threads.perform([{ kind: 'rank', score, direction, tieOrder: await tieOrder }], undefined, 'next')
      // INVARIANT: the pool answers what it was asked.
      if (!ranked) throw new Error('a formula was not ranked by')
      // Not a copy: what a ranking makes only when it is asked is not asked for here.
      return Object.assign(rankingOf({ score, direction, persons, area: governorate }, ranked), { settled: ranked.settled })
    }),
  )
}

/** The rows of a population by its cycle's tie-break, which no formula or rule changes. */
export async function orderTies(threads: ThreadPool, cycle: string, references: Float64Array): Promise<Uint32Array> {
  const [rows] = await threads.perform([{ kind: 'tieOrder', cycle, references }])
  // INVARIANT: the pool answers what it was asked.
  if (!rows) throw new Error('the tie-break was not made')
  return rows
}

/** Ranks by row of everybody; 0 for those that the run is not about, who have none. */
export function ranksByRow({ nation }: Ranking, rows: Uint32Array, households: number): FormulaRanks {
  // All households: each stands at its own place already.
  if (rows.length === households) return { rank: nation.rank, percentile: nation.percentile }
  const rank = new Uint32Array(new SharedArrayBuffer(households * Uint32Array.BYTES_PER_ELEMENT))
  const percentile = new Uint8Array(new SharedArrayBuffer(households))
  rows.forEach((row, index) => {
    rank[row] = nation.rank[index] as number
    percentile[row] = nation.percentile[index] as number
  })
  return { rank, percentile }
}
