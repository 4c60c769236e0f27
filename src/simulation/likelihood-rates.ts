/** The poverty rate of each group as a formula's table of likelihoods has it: a measure that needs no reference welfare. */
import type { Formula, LookUpTable } from '../language/formula/formula.ts'
import type { Words } from '../language/fact-space.ts'
import { LEAST_OF_GROUP } from './group-fairness.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { MeasuringBasis } from './measure-tasks.ts'

/** Millionths of a per cent, from a score of so many millionths on. */
export interface LikelihoodTable {
  readonly scores: readonly number[]
  readonly values: readonly number[]
}

/** Of those with a likelihood. */
export interface LikelihoodSum {
  readonly households: number
  readonly persons: number
  /** Of persons times likelihood, in millionths of a per cent: exact. */
  readonly sum: number
}

export interface LikelihoodSums {
  readonly all: LikelihoodSum
  /** By breakdown, then by group, the unknown last. */
  readonly by: Readonly<Record<string, readonly LikelihoodSum[]>>
}

export interface FormulaLikelihoods extends LikelihoodSums {
  readonly formula: string
  readonly table: string
}

export interface GroupLikelihoods {
  readonly breakdown: string
  readonly groups: readonly { readonly group: Words; readonly tooSmall: boolean; readonly rate: number | null }[]
}

/** In millionths of a per cent. */
const CERTAIN = 100_000_000

/** Look-up tables of a formula in per cent, whose values are all likelihoods. */
export const likelihoodTables = ({ tables }: Pick<Formula, 'tables'>): LookUpTable[] =>
  tables.filter(
    (table): table is LookUpTable =>
      table.kind === 'lookUp' && table.unit === 'percent' && table.values.every((value) => value >= 0 && value <= CERTAIN),
  )

/** `points` by row of the population, NaN where there is no score. A score below the table's first has no likelihood. */
export function sumLikelihoods({ breakdowns, persons }: MeasuringBasis, points: Float64Array, table: LikelihoodTable): LikelihoodSums {
  const values = new Int32Array(points.length)
  for (let row = 0; row < points.length; row++) values[row] = likelihoodOf(table, points[row] as number)
  const sumsOf = (codes: Uint8Array | null, groups: number): LikelihoodSum[] => {
    const sums = Array.from({ length: groups + 1 }, () => ({ households: 0, persons: 0, sum: 0 }))
    for (let row = 0; row < values.length; row++) {
      const value = values[row] as number
      if (value === UNKNOWN) continue
      const own = sums[codes ? Math.min(codes[row] as number, groups) : 0] as (typeof sums)[number]
      const size = persons[row] as number
      own.households++
      own.persons += size
      own.sum += size * value
    }
    // INVARIANT: beyond that, sums are not exact.
    for (const { sum } of sums) if (!Number.isSafeInteger(sum)) throw new RangeError(`likelihoods add up to ${sum}`)
    return sums
  }
  return {
    all: sumsOf(null, 0)[0] as LikelihoodSum,
    by: Object.fromEntries(breakdowns.map(({ id, codes, groups }) => [id, sumsOf(codes, groups)])),
  }
}

const UNKNOWN = -1

function likelihoodOf({ scores, values }: LikelihoodTable, point: number): number {
  let found = UNKNOWN
  for (let row = 0; row < scores.length && (scores[row] as number) <= point; row++) found = values[row] as number
  return found
}

/** The mean of likelihoods by person, 0 to 1; null of fewer than fifty households, as of other rates by group. */
export const likelihoodRate = ({ households, persons, sum }: LikelihoodSum): number | null =>
  households < LEAST_OF_GROUP || persons === 0 ? null : sum / (persons * CERTAIN)

export const likelihoodsByGroup = ({ by }: LikelihoodSums, breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[]): GroupLikelihoods[] =>
  breakdowns.map(({ id, groups, labels }) => ({
    breakdown: id,
    groups: (by[id] ?? []).slice(0, groups).map((sum, code) => {
      const rate = likelihoodRate(sum)
      return { group: labels[code] as Words, tooSmall: rate === null, rate }
    }),
  }))
