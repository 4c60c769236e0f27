/** Where rows that stand for many households each stand among all of them: the ranks and percentiles that a rule can read. */
import type { FormulaRanks } from '../../determinations/bulk/nation.ts'
import { percentileOf } from '../../targeting/rank.ts'
import type { ScoreDirection } from '../../targeting/order-rows.ts'
import { ExactSum } from '../measures/exact-sum.ts'
import { allRows, sortRows } from '../../targeting/sort-rows.ts'

/**
 * A rank is 1 and the households, to the nearest whole one, whose score is strictly poorer; a percentile is that of the rank among all with a score.
 * 0 in a row without a point score, and where nobody is stood for.
 */
export function rankWeighted(score: Float64Array, direction: ScoreDirection, households: Float64Array): FormulaRanks {
  const order = sortRows(allRows(score.length), [{ values: score, descending: direction === 'higherIsPoorer' }]).filter(
    (row) => !Number.isNaN(score[row] as number),
  )
  const whole = new ExactSum()
  for (const row of order) whole.add(households[row] as number)
  const count = Math.round(whole.value())
  const rank = new Uint32Array(score.length)
  const percentile = new Uint8Array(score.length)
  const poorer = new ExactSum()
  for (let from = 0; from < order.length;) {
    let to = from
    const own = score[order[from] as number]
    const tied = Math.round(poorer.value()) + 1
    for (; to < order.length && score[order[to] as number] === own; to++) {
      rank[order[to] as number] = count === 0 ? 0 : Math.min(tied, count)
      percentile[order[to] as number] = percentileOf(tied, count)
    }
    for (; from < to; from++) poorer.add(households[order[from] as number] as number)
  }
  return { rank, percentile }
}
