/** What the rows of a sample stand for: households of the population that a simulation is about, persons in them, and their welfare. */
import type { ReferenceSample } from '../fit/reference-sample.ts'
import { ExactSum } from '../measures/exact-sum.ts'
import type { WelfareUnit } from './sample-asked.ts'

/** By row. */
export interface SampleWeights {
  /** Households of the simulation's population that the row stands for. */
  readonly households: Float64Array
  /** Members of its household; NaN unknown. */
  readonly size: Float64Array
}

/** The fact that says how many persons a household is. */
export const SIZE_FACT = 'householdSize'

/** Each row stands for its weight's share of `population` households, so that budgets and places mean what they say, whatever the weights add up to. */
export function sampleWeights({ weights, rows, facts }: ReferenceSample, population: number): SampleWeights {
  const own = weights ?? new Float64Array(rows).fill(1)
  const sum = new ExactSum()
  for (const weight of own) sum.add(weight)
  const all = sum.value()
  return {
    households: own.map((weight) => (all === 0 ? 0 : (weight / all) * population)),
    size: facts.get(SIZE_FACT) ?? new Float64Array(rows).fill(NaN),
  }
}

/** Thousandths of the currency per person and month, to the thousandth of one of them, so that what is written as the line equals it; NaN unknown. */
export function welfarePerPerson({ welfare }: ReferenceSample, size: Float64Array, unit: WelfareUnit): Float64Array {
  const [, per, period] = unit.split('/')
  const months = period === 'year' ? 12 : 1
  return welfare.map((value, row) => {
    const persons = per === 'household' ? (size[row] as number) : 1
    // A household of no members has nobody whose welfare it could be.
    if (persons === 0) return NaN
    return Math.round((value * 1_000_000) / (months * persons)) / 1000
  })
}
