/** What a scenario does to poverty, inequality and targeting, beside the baseline: everybody in the snapshot, by their reference welfare. */
import type { PolicyBehind } from './behind.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { ProgrammeMeasures } from './measure-programme.ts'
import { atRiskOfPoverty } from './measures/at-risk-of-poverty.ts'
import { curvePoints } from './measures/curve.ts'
import { fgtOfOrder } from './measures/fgt.ts'
import { gini, lorenzCurve, s80s20 } from './measures/lorenz.ts'
import { type Moved, reordered, type WelfareOrder } from './measures/welfare-order.ts'
import { policyBehind } from './policy-behind.ts'
import type { MonthlyTransfers } from './transfers.ts'

/** By household row of the snapshot, whoever the population of the run is. */
export interface Measured {
  /** Thousandths of the currency per person and month; NaN unknown. */
  readonly welfare: Float64Array
  readonly persons: Uint32Array
  readonly keys: Uint32Array
  /** Thousandths per person and month: poor is strictly below. */
  readonly line: number
  readonly breakdowns: readonly LabelledBreakdown[]
  /** Ordered once: persons by welfare before any transfer. */
  readonly order: WelfareOrder
  /** Poor before any transfer: 1, 0, NaN where welfare is unknown. */
  readonly poor: Float64Array
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
}

export interface PolicyMeasures {
  /** Of persons, after the programmes' transfers; null where nobody's welfare is known. */
  readonly poverty: { readonly headcount: number | null; readonly povertyGap: number | null; readonly severity: number | null }
  readonly inequality: {
    readonly gini: number | null
    readonly s80s20: number | null
    readonly atRiskOfPoverty: number | null
    readonly medianGap: number | null
  }
  /** Share of persons and of welfare, at every twentieth of the persons. */
  readonly lorenz: readonly { readonly population: number; readonly amount: number | null }[]
  readonly programmes: readonly ProgrammeMeasures[]
  /** Absent of results that were stored without. */
  readonly behind?: PolicyBehind
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)

/** Of everybody, with what all programmes pay: only those who are paid stand elsewhere than before. */
export type AfterTransfers = Omit<PolicyMeasures, 'programmes'>

export function afterTransfers(transfers: readonly MonthlyTransfers[], measured: Measured): AfterTransfers {
  const after = reordered(measured.order, movedBy(transfers, measured))
  const lorenz = lorenzCurve(after)
  const { headcount, povertyGap, severity } = fgtOfOrder(after, measured.line)
  const { rate, medianGap, threshold } = atRiskOfPoverty(after)
  return {
    poverty: { headcount, povertyGap, severity },
    inequality: { gini: gini(lorenz), s80s20: s80s20(lorenz), atRiskOfPoverty: rate, medianGap },
    lorenz: curvePoints(lorenz, POINTS),
    behind: policyBehind(after, threshold, measured),
  }
}

/** In the order of the programmes; who is paid without persons or known welfare is not in the order. */
function movedBy(transfers: readonly MonthlyTransfers[], { welfare, persons }: Measured): Moved {
  const total = new Float64Array(welfare.length)
  let most = 0
  for (const { rows, amounts } of transfers) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      total[row] = (total[row] as number) + (amounts[i] as number)
    }
    most += rows.length
  }
  const moved = { rows: new Uint32Array(Math.min(most, welfare.length)), welfare: new Float64Array(Math.min(most, welfare.length)) }
  let count = 0
  for (let row = 0; row < total.length; row++) {
    const before = welfare[row] as number
    if (total[row] === 0 || persons[row] === 0 || Number.isNaN(before)) continue
    moved.rows[count] = row
    moved.welfare[count++] = before + (total[row] as number) / (persons[row] as number)
  }
  return { rows: moved.rows.subarray(0, count), welfare: moved.welfare.subarray(0, count) }
}
