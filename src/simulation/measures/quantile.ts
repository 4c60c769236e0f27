/** Quantiles by weight, and the quantile group (such as the decile) of each row. */
import type { WelfareOrder } from './welfare-order.ts'

/**
 * The k-th of n quantiles of welfare, such as 1 of 2 for the median: the least value that at least k/n of the weight does not exceed; half way
 * to the next value where exactly k/n does not. Shares are compared as weight × n with k × weight, so that they are exact for whole weights.
 * Null for nobody. Source: definition 5 of SAS, which Eurostat uses; type 2 of Hyndman & Fan 1996.
 */
export function quantile({ welfare, cumulativeWeight }: WelfareOrder, k: number, n: number): number | null {
  if (!Number.isInteger(k) || !Number.isInteger(n) || k < 0 || k > n || n < 1) throw new RangeError(`${k} of ${n} is no quantile`)
  const last = welfare.length - 1
  if (last < 0) return null
  const target = k * (cumulativeWeight[last] as number)
  let low = 0
  let high = last
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((cumulativeWeight[middle] as number) * n < target) low = middle + 1
    else high = middle
  }
  const value = welfare[low] as number
  if (low === last || (cumulativeWeight[low] as number) * n !== target) return value
  return value + ((welfare[low + 1] as number) - value) / 2
}

/** The n − 1 quantiles between n equal parts; null for nobody. */
export const quantiles = (order: WelfareOrder, n: number): readonly (number | null)[] =>
  Array.from({ length: n - 1 }, (_, i) => quantile(order, i + 1, n))

/**
 * By row: its group 1 (poorest) to `groups`, 0 where welfare is unknown or the weight 0. A row's rank is the weight of all who are poorer plus
 * half the weight of its equals, and its group floor(groups × rank / weight) + 1. Equals stand together, so groups differ in size
 * where many have the same welfare. Source: fractional rank, Lerman & Yitzhaki 1989.
 */
export function quantileGroups(order: WelfareOrder, groups = 10): Uint8Array {
  if (!Number.isInteger(groups) || groups < 1 || groups > 255) throw new RangeError(`${groups} groups`)
  const { rows, groupEnd, cumulativeWeight } = order
  const byRow = new Uint8Array(order.length)
  const total = cumulativeWeight.at(-1) ?? 0
  let place = 0
  for (let tied = 0; tied < groupEnd.length; tied++) {
    const group = quantileGroup(cumulativeWeight[tied - 1] ?? 0, cumulativeWeight[tied] as number, total, groups)
    for (; place < (groupEnd[tied] as number); place++) byRow[rows[place] as number] = group
  }
  return byRow
}

/** The group of equals, by the weight before them, and with them. */
export const quantileGroup = (before: number, after: number, total: number, groups: number): number =>
  Math.min(groups, Math.floor((groups * (before + after)) / (2 * total)) + 1)
