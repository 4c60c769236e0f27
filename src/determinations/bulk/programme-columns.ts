/** What judging yields of one programme: columns that threads share. */
import { UNKNOWN } from '../../kernel/truth.ts'
import type { CompiledProgramme } from '../../programmes/bundle.ts'

export const NO_TIER = 255
export const NO_AREA = 255

/**
 * What targeting needs of one programme, by household row or, for a programme that is judged per person, by person row. Where persons
 * are judged behind a gate (see bulk-bundle.ts), of whom the rule is false only that and the area are said: all else is as if it were not known.
 */
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

export interface NationRows {
  readonly households: number
  readonly persons: number
}

/** Nothing is said in them yet. */
export function roomFor(
  { id, unit, targeting }: CompiledProgramme['programme']['source'],
  { households, persons }: NationRows,
): ProgrammeColumns {
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
}

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
