/** Relative poverty as the European Union measures it: a threshold at 60% of the median. */
import { type Counted, shareOf } from './counted.ts'
import { quantile } from './quantile.ts'
import type { WelfareOrder } from './welfare-order.ts'

/** Null for nobody; the gap also where nobody is below the threshold. */
export interface AtRiskOfPoverty {
  /** In the unit of welfare. */
  readonly threshold: number | null
  /** Share of the weight strictly below the threshold. */
  readonly rate: number | null
  /** (threshold − median welfare of those below it) / threshold. */
  readonly medianGap: number | null
  readonly counted: Counted
}

/**
 * Threshold: `percent` of the median of equivalised income, weighted by persons; rate: those strictly below; median gap among them. Unknown welfare
 * is left out. A median of 0 or less gives a threshold but no gap. Source: Eurostat, ilc_li02 (rate) and ilc_li11 (gap), EU-SILC.
 */
export function atRiskOfPoverty(order: WelfareOrder, percent = 60): AtRiskOfPoverty {
  const { counted, welfare, cumulativeWeight } = order
  const median = quantile(order, 1, 2)
  if (median === null) return { threshold: null, rate: null, medianGap: null, counted }
  const threshold = (percent * median) / 100
  const below = groupsBelow(welfare, threshold)
  const poorWeight = cumulativeWeight[below - 1] ?? 0
  const poorMedian = quantile(
    { ...order, welfare: welfare.subarray(0, below), cumulativeWeight: cumulativeWeight.subarray(0, below) },
    1,
    2,
  )
  return {
    threshold,
    rate: shareOf(poorWeight, counted.weight),
    medianGap: poorMedian === null || threshold <= 0 ? null : (threshold - poorMedian) / threshold,
    counted,
  }
}

/** How many groups of equal welfare lie strictly below. */
function groupsBelow(welfare: Float64Array, threshold: number): number {
  let low = 0
  let high = welfare.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((welfare[middle] as number) < threshold) low = middle + 1
    else high = middle
  }
  return low
}
