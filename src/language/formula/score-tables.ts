/** What a score means: its welfare band, its poverty likelihood, or whatever else the formula's tables say. */
import { formatDecimal } from '../../kernel/decimal.ts'
import type { Words } from '../fact-space.ts'
import type { Score } from './compile.ts'
import type { Formula, ScoreTable } from './formula.ts'
import { POINT_SCALE } from './formula.ts'

export interface TableEntry {
  /** The band's name, or the looked-up decimal without trailing zeros. */
  readonly value: string
  readonly label: Words | null
}

export interface TableReading {
  readonly name: string
  readonly label: Words | null
  readonly unit: string | null
  /** Null without a point score, or for a score below the first row. */
  readonly point: TableEntry | null
  readonly lo: TableEntry | null
  readonly hi: TableEntry | null
}

export const readTables = (formula: Formula, score: Score): readonly TableReading[] =>
  formula.tables.map((table) => ({
    name: table.name,
    label: table.label,
    unit: table.kind === 'lookUp' ? table.unit : null,
    point: Number.isNaN(score.point) ? null : entryAt(table, score.point),
    lo: entryAt(table, score.lo),
    hi: entryAt(table, score.hi),
  }))

/** The entry for one score in millionths. */
export function entryAt(table: ScoreTable, score: number): TableEntry | null {
  if (table.kind === 'bands') {
    const above = table.limits.findIndex((limit) => score < limit)
    return table.bands[above < 0 ? table.limits.length : above] ?? null
  }
  const row = table.scores.findLastIndex((from) => from <= score)
  const value = table.values[row]
  return value === undefined ? null : { value: plainPoints(value), label: null }
}

/** Millionths as a decimal with all 6 places, as answers write them. */
export const formatPoints = (points: number): string => formatDecimal(points, POINT_SCALE)

/** Millionths as a decimal without trailing zeros, for sentences. */
export const plainPoints = (points: number): string => formatPoints(points).replace(/\.?0+$/, '')
