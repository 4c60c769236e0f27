/** What a bulk determination reads and writes: columns by household or person row, shared between threads that each take a range of rows. */
import { UNKNOWN } from '../../kernel/truth.ts'
import type { FactColumns } from '../../language/fact-columns.ts'
import type { ScoreColumns } from '../../language/formula/compile-bulk.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { bulkOf } from './bulk-bundle.ts'

/** The members of a household stand together; persons of no household are not judged. */
export interface Nation {
  /** By slot of catalogue.household, by household row. */
  readonly households: FactColumns
  /** By slot of catalogue.person, by person row. */
  readonly persons: FactColumns
  /** Household row of each person row. */
  readonly householdOf: Int32Array | Uint32Array
  /** First person row of each household row, and behind them the number of persons. */
  readonly firstMember: Uint32Array
}

/** Household rows `from` to `to` (exclusive). */
export interface RowRange {
  readonly from: number
  readonly to: number
}

/** By the formulas of `scoredFormulas(bundle)`. */
export type NationScores = readonly ScoreColumns[]

/** Where each household stands by one formula, by household row; 0 is unknown. */
export interface FormulaRanks {
  readonly rank: Uint32Array
  readonly percentile: Uint8Array
}

/** By the formulas of `scoredFormulas(bundle)`; null for a formula that was not ranked. */
export type NationRanks = readonly (FormulaRanks | null)[]

export const NO_TIER = 255
export const NO_AREA = 255

/** What targeting needs of one programme, by household row or, for a programme that is judged per person, by person row. */
export interface ProgrammeColumns {
  readonly programme: string
  readonly unit: 'household' | 'person'
  /** Truth of the rule: 0 false, 1 unknown, 2 true. */
  readonly truth: Uint8Array
  /** Amount in the scaled integers of the benefit's fact; NaN where unknown. */
  readonly benefit: Float64Array
  /** The first priority tier whose condition is true, from 0; NO_TIER where none is. */
  readonly tier: Uint8Array
  /** Index of the code of the quota's area; NO_AREA where unknown. Null for a programme without quotas. */
  readonly area: Uint8Array | null
  /** Values of the order's keys by fact, in the order of those keys; NaN where unknown. */
  readonly orderFacts: readonly Float64Array[]
}

/** By programme, in the bundle's order. */
export type NationColumns = readonly ProgrammeColumns[]

/** Shared arrays for the scores of `households` rows; what is `kept`, by place, stands as it is. */
export const newScores = (bundle: Bundle, households: number, kept: readonly (ScoreColumns | null)[] = []): NationScores =>
  bulkOf(bundle).formulas.map((_, place) => kept[place] ?? { point: doubles(households), lo: doubles(households), hi: doubles(households) })

/** Shared arrays for what judging yields; a row that nobody judges stays unknown, what is `kept`, by place, as it is. */
export function newColumns(bundle: Bundle, rows: NationRows, kept: readonly (ProgrammeColumns | null)[] = []): NationColumns {
  const columns = columnsRoom(bundle, rows, kept)
  return columns.map((own, place) => (kept[place] ? own : blanked(own, 0, own.truth.length)))
}

export interface NationRows {
  readonly households: number
  readonly persons: number
}

/** As newColumns, for who judges every row, or blanks those that are not judged. */
export const columnsRoom = (
  bundle: Bundle,
  { households, persons }: NationRows,
  kept: readonly (ProgrammeColumns | null)[] = [],
): NationColumns =>
  bundle.programmes.map(({ id, programme }, place) => {
    const before = kept[place]
    if (before) return before
    const { unit, targeting } = programme.source
    const rows = unit === 'person' ? persons : households
    return {
      programme: id,
      unit,
      truth: bytes(rows),
      benefit: doubles(rows),
      tier: bytes(rows),
      area: targeting.quotas ? bytes(rows) : null,
      orderFacts: targeting.order.flatMap((key) => (key.by === 'fact' ? [doubles(rows)] : [])),
    }
  })

/** The same columns, of which nothing is known in the rows `from` up to `to`. */
export function blanked(columns: ProgrammeColumns, from: number, to: number): ProgrammeColumns {
  columns.truth.fill(UNKNOWN, from, to)
  columns.benefit.fill(NaN, from, to)
  columns.tier.fill(NO_TIER, from, to)
  columns.area?.fill(NO_AREA, from, to)
  for (const values of columns.orderFacts) values.fill(NaN, from, to)
  return columns
}

const bytes = (rows: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(rows))
const doubles = (rows: number): Float64Array => new Float64Array(new SharedArrayBuffer(rows * Float64Array.BYTES_PER_ELEMENT))
