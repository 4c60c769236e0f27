/** What a scenario does to poverty, inequality and targeting, beside the baseline: everybody in the snapshot, by their reference welfare. */
import type { OrderBehind, PolicyBehind } from './behind.ts'
import { type Equivalents, perEquivalent } from './equivalised-welfare.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { ProgrammeMeasures } from './measure-programme.ts'
import { type Moved, reordered, type WelfareOrder } from './measures/welfare-order.ts'
import { orderBehind } from './policy-behind.ts'
import type { MonthlyTransfers } from './transfers.ts'
import {
  type LinePoverty,
  linePoverty,
  type Lines,
  measureWelfare,
  type OrderMeasures,
  type Poverty,
  type WelfareMeasures,
} from './welfare-measures.ts'

/** By household row of the snapshot, whoever the population of the run is. */
export interface Measured extends Lines {
  /** Thousandths of the currency per person, or per equivalent adult, and month; NaN unknown. */
  readonly welfare: Float64Array
  /** What it follows from where it is per equivalent adult. */
  readonly equivalents?: Equivalents | null
  readonly persons: Uint32Array
  readonly keys: Uint32Array
  /** Thousandths per person and month: poor is strictly below. */
  readonly line: number
  /** Further lines, in the same unit. */
  readonly lines: readonly number[]
  readonly breakdowns: readonly LabelledBreakdown[]
  /** Ordered once: persons by welfare before any transfer. */
  readonly order: WelfareOrder
  /** Poor before any transfer: 1, 0, NaN where welfare is unknown. */
  readonly poor: Float64Array
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
}

/** After the transfers of all programmes; what is optional is absent of results that were stored without it. */
export interface PolicyMeasures extends WelfareMeasures {
  /** Before any transfer. */
  readonly before?: WelfareMeasures
  readonly lines?: readonly LinePoverty[]
  readonly lorenz: OrderMeasures['lorenz']
  readonly programmes: readonly ProgrammeMeasures[]
  /** Absent of results that were stored without. */
  readonly behind?: PolicyBehind
}

/** Of a policy's figures, with what stands behind them. */
export type AfterTransfers = OrderMeasures & { readonly behind: OrderBehind }

/** Of everybody, with what all programmes pay: only those who are paid stand elsewhere than before. Of no transfers: before any. */
export function afterTransfers(transfers: readonly MonthlyTransfers[], measured: Measured): AfterTransfers {
  const moved = movedBy(transfers, measured)
  const after = moved.rows.length === 0 ? measured.order : reordered(measured.order, moved)
  return { ...measureWelfare(after, measured, measured.equivalents ?? null), behind: orderBehind(after, measured) }
}

/** What is told of a decision: poverty before and after its transfers beside its programmes. */
export const policyMeasures = (
  { poverty, inequality, atLines, behind: before }: AfterTransfers,
  { atLines: linesAfter, behind, ...after }: AfterTransfers,
  programmes: readonly ProgrammeMeasures[],
  lines: readonly number[],
): PolicyMeasures => ({
  ...after,
  before: { poverty, inequality },
  lines: lines.map((line, place) => linePoverty(line, atLines[place] as Poverty, linesAfter[place] as Poverty)),
  programmes,
  behind: { ...behind, before },
})

/** In the order of the programmes; who is paid without persons or known welfare is not in the order. */
function movedBy(transfers: readonly MonthlyTransfers[], { welfare, persons, equivalents }: Measured): Moved {
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
    const [paid, size] = [total[row] as number, persons[row] as number]
    moved.welfare[count++] = equivalents ? perEquivalent(equivalents, row, size, paid) : before + paid / size
  }
  return { rows: moved.rows.subarray(0, count), welfare: moved.welfare.subarray(0, count) }
}
