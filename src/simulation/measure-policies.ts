/** What a scenario does to poverty, inequality and targeting, beside the baseline: everybody in the snapshot, by their reference welfare. */
import { keptWith } from '../kernel/kept-with.ts'
import type { KeyedPersons, PolicyBehind } from './behind.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { ProgrammeMeasures } from './measure-programme.ts'
import type { ListMeasured } from './measure-tasks.ts'
import { atRiskOfPoverty } from './measures/at-risk-of-poverty.ts'
import { curvePoints } from './measures/curve.ts'
import { fgtOfOrder } from './measures/fgt.ts'
import { gini, lorenzCurve, s80s20 } from './measures/lorenz.ts'
import { reordered, type WelfareOrder } from './measures/welfare-order.ts'
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
  readonly behind?: PolicyBehind
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)

/** What was measured before, by what it was measured of: a baseline is asked about again and again. */
const policiesOf = keptWith((_measured: Measured) => new WeakMap<Decision, PolicyMeasures>())

/** `lists`: what each of the decision's lists does by itself. */
export function measurePolicy(decision: Decision, lists: readonly ListMeasured[], measured: Measured): PolicyMeasures {
  const policies = policiesOf(measured)
  const welfare = lists.map((list) => {
    // INVARIANT: lists that are measured beside a reference welfare say what they do to it.
    if (!list.welfare) throw new Error(`${list.nearCutOff.programme} was measured without a reference welfare`)
    return list.welfare
  })
  const found = policies.get(decision) ?? {
    ...afterTransfers(
      welfare.map(({ transfers }) => transfers),
      measured,
    ),
    programmes: welfare.map(({ measures }) => measures),
  }
  policies.set(decision, found)
  return found
}

/** Of everybody, with what all programmes pay: only those who are paid stand elsewhere than before. */
function afterTransfers(transfers: readonly MonthlyTransfers[], measured: Measured): Omit<PolicyMeasures, 'programmes'> {
  const { welfare, persons, line, order } = measured
  const total = new Float64Array(welfare.length)
  for (const { rows, amounts } of transfers)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      total[row] = (total[row] as number) + (amounts[i] as number)
    }
  const raised = welfare.slice()
  const moved = new Uint32Array(welfare.length)
  let count = 0
  for (let row = 0; row < total.length; row++) {
    if (total[row] === 0 || persons[row] === 0 || Number.isNaN(welfare[row] as number)) continue
    raised[row] = (welfare[row] as number) + (total[row] as number) / (persons[row] as number)
    moved[count++] = row
  }
  const after = reordered(order, raised, moved.subarray(0, count))
  const lorenz = lorenzCurve(after)
  const { headcount, povertyGap, severity } = fgtOfOrder(after, line)
  const { rate, medianGap, threshold } = atRiskOfPoverty(after)
  return {
    poverty: { headcount, povertyGap, severity },
    inequality: { gini: gini(lorenz), s80s20: s80s20(lorenz), atRiskOfPoverty: rate, medianGap },
    lorenz: curvePoints(lorenz, POINTS),
    behind: {
      known: knownOf(measured),
      poor: keyedBelow(after, line, measured),
      atRisk: keyedBelow(after, threshold ?? -Infinity, measured),
      twentieths: householdsByTwentieth(after),
    },
  }
}

const knownOf = keptWith((measured: Measured) => keyedBelow(measured.order, Infinity, measured))

/** Households of less than a bound. */
function keyedBelow({ rows, groupEnd, welfare }: WelfareOrder, bound: number, { keys, persons }: Measured): KeyedPersons {
  let [place, people, key] = [0, 0, 0]
  for (let group = 0; group < welfare.length && (welfare[group] as number) < bound; group++)
    for (; place < (groupEnd[group] as number); place++) {
      const row = rows[place] as number
      people += persons[row] as number
      key = (key + (keys[row] as number)) >>> 0
    }
  return { units: place, key, persons: people }
}

/** A household that stands across two is counted in the later. */
function householdsByTwentieth({ groupEnd, cumulativeWeight, rows }: WelfareOrder): number[] {
  const total = cumulativeWeight.at(-1) ?? 0
  let group = 0
  const before = POINTS.map((share) => {
    while (share < 1 && group < groupEnd.length && (cumulativeWeight[group] as number) <= share * total) group++
    return share === 1 ? rows.length : (groupEnd[group - 1] ?? 0)
  })
  return before.slice(1).map((end, at) => end - (before[at] as number))
}
