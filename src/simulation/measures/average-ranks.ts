/** Ranks in which equals share the average of the places that they take. */
import type { WelfareOrder } from './welfare-order.ts'

/**
 * By group of equals, twice the average rank less (weight + 1): 2 r − (W + 1), which is whole for whole weights and sums to 0 over all by weight.
 * A row of weight w counts as w rows that are equal. Source: Kendall 1945, mid-ranks.
 */
export function centredByGroup({ cumulativeWeight }: WelfareOrder): Float64Array {
  const total = cumulativeWeight.at(-1) ?? 0
  // Places before + 1 to after average (before + after + 1) / 2.
  return cumulativeWeight.map((after, group) => (cumulativeWeight[group - 1] ?? 0) + after - total)
}

/** The same by row; NaN where unknown. */
export function centredRanks(order: WelfareOrder): Float64Array {
  const { rows, groupEnd, length } = order
  const centred = centredByGroup(order)
  const byRow = new Float64Array(length).fill(NaN)
  let place = 0
  for (let group = 0; group < groupEnd.length; group++)
    for (; place < (groupEnd[group] as number); place++) byRow[rows[place] as number] = centred[group] as number
  return byRow
}
