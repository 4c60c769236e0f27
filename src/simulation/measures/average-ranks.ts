/** Ranks in which equals share the average of the places that they take. */
import type { WelfareOrder } from './welfare-order.ts'

/**
 * By row, twice the average rank less (weight + 1): 2 r − (W + 1), which is whole for whole weights and sums to 0 over all by weight.
 * A row of weight w counts as w rows that are equal. NaN where unknown. Source: Kendall 1945, mid-ranks.
 */
export function centredRanks({ rows, groupEnd, cumulativeWeight, length }: WelfareOrder): Float64Array {
  const byRow = new Float64Array(length).fill(NaN)
  const total = cumulativeWeight.at(-1) ?? 0
  let place = 0
  for (let group = 0; group < groupEnd.length; group++) {
    // Places before + 1 to after average (before + after + 1) / 2.
    const centred = (cumulativeWeight[group - 1] ?? 0) + (cumulativeWeight[group] as number) - total
    for (; place < (groupEnd[group] as number); place++) byRow[rows[place] as number] = centred
  }
  return byRow
}
