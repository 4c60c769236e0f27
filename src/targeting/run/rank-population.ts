/** Ranks of a population by each formula that programmes use, in the order of `scoredFormulas`; made in the threads. */
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import type { FormulaRanks, NationScores } from '../../determinations/bulk/nation.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ScoreDirection } from '../order-rows.ts'
import { type Ranking, rankingOf } from '../rank.ts'
import type { ScoredNation } from './judged-nation.ts'
import type { ThreadPool } from './thread-pool.ts'

/** What is `kept`, by the place of its formula, is not ranked again. */
export function rankPopulation(
  threads: ThreadPool,
  bundle: Bundle,
  { persons, governorate, scores }: Pick<ScoredNation, 'persons' | 'governorate' | 'scores'>,
  kept: readonly (Ranking | null)[] = [],
): Promise<Ranking[]> {
  return Promise.all(
    scoredFormulas(bundle).map(async ({ formula }, place) => {
      const before = kept[place]
      if (before) return before
      const { point: score } = scores[place] as NationScores[number]
      const direction = formula.direction as ScoreDirection
      const [ranked] = await threads.perform([{ kind: 'rank', score, direction }])
      // INVARIANT: the pool answers what it was asked.
      if (!ranked) throw new Error('a formula was not ranked by')
      return rankingOf({ score, direction, persons, area: governorate }, ranked)
    }),
  )
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
