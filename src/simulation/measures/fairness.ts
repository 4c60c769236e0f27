/** Whether a programme treats groups alike: a rate by group, its difference and ratio to a reference, and how sure they are. */
import { type DrawnRate, type Interval, katzLog, newcombe, wilson } from './confidence-interval.ts'
import { ExactSum } from './exact-sum.ts'
import { weightOf, type Weights } from './counted.ts'

/** A rate to compare, by row: Σ w numerator / Σ w denominator. Both are 0 to 1, the numerator at most the denominator, NaN unknown. */
export interface RateColumns {
  /** Such as the likelihood of being poor where not selected, 0 elsewhere: the error of exclusion. */
  readonly numerator: Float64Array
  /** Such as the likelihood of being poor. Rows of 0 are not in the rate. */
  readonly denominator: Float64Array
  readonly weights?: Weights | undefined
}

export interface FairnessTerms {
  /** The code of the group that others are held against, or `rest`: each against all others that are not too small. */
  readonly reference: number | 'rest'
  /** Groups of fewer units in the denominator are too small to speak of. */
  readonly unitsMin: number
}

export interface GroupRate {
  readonly group: number
  /** Fewer units than `unitsMin`: nothing is said of the group, all else is null. */
  readonly tooSmall: boolean
  /** Units in the denominator. */
  readonly units: number | null
  /** Left out: numerator or denominator unknown. */
  readonly unknownUnits: number | null
  readonly rate: number | null
  readonly interval: Interval | null
  /** Against the reference; null where either is too small, and for the reference itself. */
  readonly difference: Comparison | null
  /** Null also where the reference's rate is 0; without an interval where a rate is 0. */
  readonly ratio: Comparison | null
}

export interface Comparison {
  readonly value: number
  readonly interval: Interval | null
}

/**
 * Rates of `groups` groups with 95% intervals: Wilson 1927 of a rate, Newcombe 1998 (method 10) of a difference, Katz et al. 1978 of a ratio. Draws are
 * (Σ w d)² / Σ (w d)², d the denominator (Kish 1965): the units, where all count 1. Of a whole population an interval says how far chance in single cases
 * carries, not sampling. What is not told of a small group still follows from a total over all groups: do not publish that beside this.
 */
export function ratesByGroup(columns: RateColumns, group: Uint8Array, groups: number, terms: FairnessTerms): readonly GroupRate[] {
  return ratesOf(tally(columns, group, groups), terms)
}

/** Units of one group that are certain to be in a rate's denominator, those among them in its numerator, and those of which it is not known. */
export interface GroupCount {
  readonly units: number
  readonly numerator: number
  readonly unknownUnits: number
}

/** The same of groups that were counted already: every unit weighs 1 and is certain. */
export const ratesOfCounts = (counts: readonly GroupCount[], terms: FairnessTerms): readonly GroupRate[] =>
  ratesOf(
    counts.map(({ units, numerator, unknownUnits }) => ({ units, unknownUnits, numerator, denominator: units, squares: units })),
    terms,
  )

function ratesOf(tallies: readonly Tally[], terms: FairnessTerms): readonly GroupRate[] {
  // A group that is not told must not follow from the others and the rest.
  const told = tallies.map((one) => one.units > 0 && one.units >= terms.unitsMin)
  return tallies.map((own, code) => {
    const others =
      terms.reference === 'rest'
        ? sumOf(tallies.filter((_, other) => other !== code && told[other]))
        : (tallies[terms.reference] as Tally | undefined)
    if (others === undefined) throw new RangeError(`the reference ${terms.reference} is none of ${tallies.length} groups`)
    const rate = spoken(own, terms.unitsMin)
    const reference = code === terms.reference ? null : spoken(others, terms.unitsMin)
    return {
      group: code,
      tooSmall: rate === null,
      units: rate && own.units,
      unknownUnits: rate && own.unknownUnits,
      rate: rate?.rate ?? null,
      interval: rate && wilson(rate),
      difference: rate && reference && { value: rate.rate - reference.rate, interval: newcombe(rate, reference) },
      ratio: rate && reference && reference.rate > 0 ? { value: rate.rate / reference.rate, interval: katzLog(rate, reference) } : null,
    }
  })
}

interface Tally {
  readonly units: number
  readonly unknownUnits: number
  readonly numerator: number
  readonly denominator: number
  readonly squares: number
}

function tally({ numerator, denominator, weights }: RateColumns, group: Uint8Array, groups: number): readonly Tally[] {
  const sums = Array.from({ length: groups }, () => ({
    n: new ExactSum(),
    d: new ExactSum(),
    squares: new ExactSum(),
    units: 0,
    unknownUnits: 0,
  }))
  for (let row = 0; row < group.length; row++) {
    const own = sums[group[row] as number]
    if (own === undefined) throw new RangeError(`row ${row} is in group ${group[row]} of ${groups}`)
    const weight = weightOf(weights, row)
    const n = numerator[row] as number
    const d = denominator[row] as number
    if (weight === 0 || d === 0) continue
    if (Number.isNaN(n) || Number.isNaN(d)) own.unknownUnits++
    else {
      if (!(n >= 0 && n <= d && d <= 1)) throw new RangeError(`row ${row} has the rate ${n} of ${d}`)
      own.units++
      own.n.add(weight * n)
      own.d.add(weight * d)
      own.squares.add(weight * d * weight * d)
    }
  }
  return sums.map(({ n, d, squares, ...counts }) => ({
    ...counts,
    numerator: n.value(),
    denominator: d.value(),
    squares: squares.value(),
  }))
}

/** In the order of the codes, so that the order of rows does not matter. */
const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (sum, one) => ({
      units: sum.units + one.units,
      unknownUnits: sum.unknownUnits + one.unknownUnits,
      numerator: sum.numerator + one.numerator,
      denominator: sum.denominator + one.denominator,
      squares: sum.squares + one.squares,
    }),
    { units: 0, unknownUnits: 0, numerator: 0, denominator: 0, squares: 0 },
  )

function spoken({ units, numerator, denominator, squares }: Tally, unitsMin: number): DrawnRate | null {
  if (units === 0 || units < unitsMin) return null
  return { rate: numerator / denominator, draws: (denominator * denominator) / squares }
}
