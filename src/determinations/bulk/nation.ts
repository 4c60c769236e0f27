/** What a bulk determination reads and writes: columns by household or person row, shared between threads that each take a range of rows. */
import type { FactColumns } from '../../language/fact-columns.ts'
import type { ScoreColumns } from '../../language/formula/compile-bulk.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { bulkOf } from './bulk-bundle.ts'
import { blanked, type NationRows, type ProgrammeColumns, roomFor } from './programme-columns.ts'

export { blanked, NO_AREA, NO_TIER, type NationRows, type ProgrammeColumns } from './programme-columns.ts'

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

/** As newColumns, for who judges every row, or blanks those that are not judged. */
export const columnsRoom = (bundle: Bundle, rows: NationRows, kept: readonly (ProgrammeColumns | null)[] = []): NationColumns =>
  bundle.programmes.map(({ programme }, place) => kept[place] ?? roomFor(programme.source, rows))

const doubles = (rows: number): Float64Array => new Float64Array(new SharedArrayBuffer(rows * Float64Array.BYTES_PER_ELEMENT))
