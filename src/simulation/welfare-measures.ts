/** Poverty and inequality of everybody in one order of welfare, and poverty at every line that was asked for. */
import { atRiskOfPoverty } from './measures/at-risk-of-poverty.ts'
import { type CurvePoint, curvePoints } from './measures/curve.ts'
import { povertyChange } from './measures/fgt-before-after.ts'
import { fgtOfOrder } from './measures/fgt.ts'
import { gini, lorenzCurve, meanWelfare, s80s20 } from './measures/lorenz.ts'
import { type EntropyMeasures, entropyOfOrder, type Needs, shortfallOfOrder, wattsOfOrder } from './measures/of-welfare.ts'
import type { WelfareOrder } from './measures/welfare-order.ts'

/** Of persons; null where nobody's welfare is known. */
export interface Poverty {
  readonly headcount: number | null
  readonly povertyGap: number | null
  readonly severity: number | null
}

/** What the poor lack to the line, thousandths of the currency a month, and how many households they are. */
export interface Shortfall {
  readonly households: number
  readonly amount: number
}

export interface WelfareMeasures {
  /** What is optional is absent of results that were stored without it. */
  readonly poverty: Poverty & { readonly watts?: number | null; readonly shortfall?: Shortfall }
  readonly inequality: {
    readonly gini: number | null
    readonly s80s20: number | null
    readonly atRiskOfPoverty: number | null
    readonly medianGap: number | null
  } & Partial<EntropyMeasures>
}

export interface OrderMeasures extends WelfareMeasures {
  /** Share of persons and of welfare, at every twentieth of the persons. */
  readonly lorenz: readonly CurvePoint[]
  /** By place of the lines. */
  readonly atLines: readonly Poverty[]
}

/** Thousandths per person, or per equivalent, and month. */
export interface Lines {
  readonly line: number
  readonly lines: readonly number[]
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)

/** `needs`: by which welfare is per equivalent; null: per person. */
export function measureWelfare(order: WelfareOrder, { line, lines }: Lines, needs: Needs | null): OrderMeasures {
  const lorenz = lorenzCurve(order)
  const own = povertyAt(order, line)
  const { rate, medianGap } = atRiskOfPoverty(order)
  // Beyond 2^53 thousandths there is no country.
  const amount = Number(shortfallOfOrder(order, line, needs))
  return {
    poverty: { ...own, watts: wattsOfOrder(order, line), shortfall: { households: householdsBelow(order, line), amount } },
    inequality: {
      gini: gini(lorenz),
      s80s20: s80s20(lorenz),
      atRiskOfPoverty: rate,
      medianGap,
      ...entropyOfOrder(order, meanWelfare(lorenz)),
    },
    lorenz: curvePoints(lorenz, POINTS),
    atLines: lines.map((one) => (one === line ? own : povertyAt(order, one))),
  }
}

function povertyAt(order: WelfareOrder, line: number): Poverty {
  const { headcount, povertyGap, severity } = fgtOfOrder(order, line)
  return { headcount, povertyGap, severity }
}

function householdsBelow({ welfare, groupEnd }: WelfareOrder, line: number): number {
  let [low, high] = [0, welfare.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((welfare[middle] as number) < line) low = middle + 1
    else high = middle
  }
  return groupEnd[low - 1] ?? 0
}

/** Poverty at a line of the same people before any transfer and after those of all programmes; change is after less before. */
export interface LinePoverty {
  readonly line: number
  readonly before: Poverty
  readonly after: Poverty
  readonly change: Poverty
}

export const linePoverty = (line: number, before: Poverty, after: Poverty): LinePoverty => ({
  line,
  before,
  after,
  change: povertyChange(before, after),
})
