/** What a decision does to poverty, inequality and targeting among the households of a sample, weighted, per household and per person. */
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { atRiskOfPoverty } from '../measures/at-risk-of-poverty.ts'
import { curvePoints } from '../measures/curve.ts'
import { fgtOfOrder } from '../measures/fgt.ts'
import { gini, lorenzCurve, s80s20 } from '../measures/lorenz.ts'
import { poorBelow } from '../measures/poverty-line.ts'
import { welfareOrder, type WelfareOrder } from '../measures/welfare-order.ts'
import type { SampleDecision } from './decide-sample.ts'
import { errorsAtCutOffs, type FormulaCutOffs } from './errors-at-cut-offs.ts'
import { measureSampleProgramme, type SampleProgramme } from './measure-sample-programme.ts'
import { partsOf } from './sample-parts.ts'
import type { SampleWeights } from './sample-weights.ts'
import { type SampleDesign, samplingError, type SamplingError, samplingErrorOfShare } from './sampling-errors.ts'

/** What a sample is measured by, whoever decides; by row. */
export interface MeasuredSample extends SampleWeights {
  /** Thousandths of the currency per person and month; NaN unknown. */
  readonly welfare: Float64Array
  /** Persons that the row stands for; 0 where the size is unknown: nobody can be counted then. */
  readonly persons: Float64Array
  /** Thousandths per person and month: poor is strictly below. */
  readonly line: number
  /** 1, 0, NaN where welfare is unknown; before any transfer. */
  readonly poor: Float64Array
  /** Households of known size that the row stands for: what others are paid says nothing of their persons, so poverty is measured without them, before as after. */
  readonly sized: Float64Array
  /** Persons by welfare before any transfer. */
  readonly order: WelfareOrder
  /** By which the rows were drawn. */
  readonly design: SampleDesign
}

/** Of persons or of households, by the welfare of the persons of each. Null where nobody's is known. */
export interface SampleWelfare {
  /** Rows that the figures rest on: of known welfare, and at least in part below the line and below the threshold of relative poverty. */
  readonly rows: { readonly known: number; readonly poor: number; readonly atRisk: number }
  readonly poverty: { readonly headcount: number | null; readonly povertyGap: number | null; readonly severity: number | null }
  /** Of poverty; absent of results that were stored without it. */
  readonly sampling?: PovertySampling
  readonly inequality: {
    readonly gini: number | null
    readonly s80s20: number | null
    readonly atRiskOfPoverty: number | null
    readonly medianGap: number | null
  }
  readonly lorenz: readonly { readonly population: number; readonly amount: number | null }[]
}

export type PovertySampling = { readonly [K in keyof SampleWelfare['poverty']]: SamplingError | null }

export interface SampleMeasures {
  /** After the transfers of all programmes that the sample can be measured by. */
  readonly persons: SampleWelfare
  readonly households: SampleWelfare
  readonly programmes: readonly SampleProgramme[]
  /** Of each formula that a programme orders by. */
  readonly formulas: readonly FormulaCutOffs[]
  /** Facts that formulas, rules or targeting read and that are unknown in every row. */
  readonly unknownFacts: readonly string[]
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)

export function measuredSample(weights: SampleWeights, welfare: Float64Array, line: number, design: SampleDesign): MeasuredSample {
  const persons = weights.households.map((households, row) => {
    const size = weights.size[row] as number
    return Number.isNaN(size) ? 0 : households * size
  })
  // Nor is anybody known of a household of no members.
  const sized = weights.households.map((households, row) => ((weights.size[row] as number) > 0 ? households : 0))
  return { ...weights, welfare, persons, sized, line, poor: poorBelow(welfare, line), order: welfareOrder(welfare, persons), design }
}

/** Before any transfer. */
export const welfareBefore = ({ welfare, order, sized, line, design }: MeasuredSample): Pick<SampleMeasures, 'persons' | 'households'> => ({
  persons: ofOrder(order, line, (row) => row, design),
  households: ofOrder(welfareOrder(welfare, sized), line, (row) => row, design),
})

/** `before`: what entrants and leavers are counted against; null of a baseline. */
export function measureSample(decision: SampleDecision, before: SampleDecision | null, measured: MeasuredSample): SampleMeasures {
  return {
    ...welfareAfter(decision, measured),
    programmes: decision.lists.flatMap((list) => {
      if (!list) return []
      const old = before?.lists.find((one) => one?.programme === list.programme) ?? null
      return [measureSampleProgramme(decision.bundle, list, before && { list: old }, measured)]
    }),
    formulas: scoredFormulas(decision.bundle).map(({ ref, formula }, place) =>
      errorsAtCutOffs(
        ref.id,
        decision.scores[place]?.point ?? new Float64Array(measured.poor.length).fill(NaN),
        formula.direction,
        measured,
      ),
    ),
    unknownFacts: decision.unknownFacts,
  }
}

function welfareAfter(decision: SampleDecision, measured: MeasuredSample): Pick<SampleMeasures, 'persons' | 'households'> {
  const { row: rows, share, paid } = partsOf(decision)
  const { welfare, size, persons, sized, line, design } = measured
  const raised = Float64Array.from(rows, (row, part) => {
    const sum = paid[part] as number
    return sum === 0 ? (welfare[row] as number) : (welfare[row] as number) + sum / (size[row] as number)
  })
  const known = raised.map((value) => (Number.isFinite(value) ? value : NaN))
  const weighted = (weights: Float64Array): Float64Array =>
    Float64Array.from(rows, (row, part) => (weights[row] as number) * (share[part] as number))
  const rowOf = (part: number): number => rows[part] as number
  return {
    persons: ofOrder(welfareOrder(known, weighted(persons)), line, rowOf, design),
    households: ofOrder(welfareOrder(known, weighted(sized)), line, rowOf, design),
  }
}

/** `rowOf`: the row of the sample that a place of the order's columns is of. */
function ofOrder(order: WelfareOrder, line: number, rowOf: (place: number) => number, design: SampleDesign): SampleWelfare {
  const { headcount, povertyGap, severity } = fgtOfOrder(order, line)
  const lorenz = lorenzCurve(order)
  const { threshold, rate, medianGap } = atRiskOfPoverty(order)
  const below = (bound: number): number => rowsBelow(order, bound, rowOf)
  return {
    rows: { known: below(Infinity), poor: below(line), atRisk: threshold === null ? 0 : below(threshold) },
    poverty: { headcount, povertyGap, severity },
    sampling: povertySampling(order, line, rowOf, design),
    inequality: { gini: gini(lorenz), s80s20: s80s20(lorenz), atRiskOfPoverty: rate, medianGap },
    lorenz: curvePoints(lorenz, POINTS),
  }
}

/** Transfers are taken as given: a row's parts are added up before rows are held against each other. */
function povertySampling(order: WelfareOrder, line: number, rowOf: (place: number) => number, design: SampleDesign): PovertySampling {
  const column = (): Float64Array => new Float64Array(design.rows.length)
  const [all, headcount, povertyGap, severity] = [column(), column(), column(), column()]
  const add = (into: Float64Array, row: number, amount: number): void => void (into[row] = (into[row] as number) + amount)
  let at = 0
  order.groupEnd.forEach((end, group) => {
    const gap = (line - (order.welfare[group] as number)) / line
    for (; at < end; at++) {
      const place = order.rows[at] as number
      const [row, weight] = [rowOf(place), order.weights?.[place] as number]
      add(all, row, weight)
      if (gap <= 0) continue
      add(headcount, row, weight)
      add(povertyGap, row, weight * gap)
      add(severity, row, weight * gap * gap)
    }
  })
  return {
    headcount: samplingErrorOfShare(headcount, all, design),
    povertyGap: samplingError(povertyGap, all, design),
    severity: samplingError(severity, all, design),
  }
}

/** Rows that stand for somebody, at least a part of whom has less. */
function rowsBelow({ rows, groupEnd, welfare }: WelfareOrder, bound: number, rowOf: (place: number) => number): number {
  const groups = welfare.findIndex((value) => value >= bound)
  const end = groups === -1 ? rows.length : (groupEnd[groups - 1] ?? 0)
  return new Set(Array.from(rows.subarray(0, end), rowOf)).size
}
