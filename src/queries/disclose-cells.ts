/**
 * What is told of the cells of aggregates: nothing of few persons, counts moved by a noise that the persons themselves decide (the same
 * whoever asks and however), amounts rounded, and none that one person makes up. Two queries that one person sets apart differ by noise.
 */
import { DIGITS, DOMINANCE_PERCENT, noiseOf } from '../access/disclosure/cell-noise.ts'
import type { AggregatesQuery, QueryAggregate } from './checked-query.ts'
import type { CellValue } from './row-answer.ts'

/** A row of aggregates-sql.ts: numbers, or decimals as text. */
export type RawCell = Readonly<Record<string, string | number | boolean | null>>

/** By the id of the group's column or of the aggregate; null where it is withheld or nothing is known. */
export type ToldCell = Readonly<Record<string, CellValue>>

/** `least` null: one person's own, told as it is. */
export function toldCells(query: AggregatesQuery, rows: readonly RawCell[], least: number | null): ToldCell[] {
  return rows.map((row) => {
    const groups = query.groupBy.map(({ id }, index) => [id, row[`g${index}`] ?? null] as const)
    const persons = least === null ? Number(row['persons']) : moved(Number(row['persons']), Number(row['key']), least)
    const values = query.aggregates.map((aggregate, index) => {
      const value = least === null ? exactValue(aggregate, index, row) : protectedValue(aggregate, index, row, least)
      return [aggregate.id, value] as const
    })
    return Object.fromEntries<CellValue>([...groups, ['persons', persons], ...values])
  })
}

const moved = (count: number, key: number, least: number): number => Math.max(least, count + noiseOf(key))

/** Decimal places of what is told; counts have none, a mean two more than its column. */
const placesOf = ({ function: name, of }: QueryAggregate): number =>
  name.startsWith('count') ? 0 : (of?.column.scale ?? 0) + (name === 'mean' ? 2 : 0)

function exactValue(aggregate: QueryAggregate, index: number, row: RawCell): CellValue {
  const value = row[`v${index}`] ?? null
  if (value === null) return null
  if (aggregate.of?.column.type === 'date' && !aggregate.function.startsWith('count')) return value
  return written(aggregate, aggregate.function === 'mean' ? Number(value) / Number(row[`n${index}`]) : value)
}

function protectedValue(aggregate: QueryAggregate, index: number, row: RawCell, least: number): CellValue {
  const persons = Number(row[`p${index}`])
  const key = Number(row[`k${index}`])
  if (persons < least) return null
  const value = row[`v${index}`] ?? null
  if (value === null) return null
  switch (aggregate.function) {
    case 'countDistinct':
      return Math.max(1, Number(value) + noiseOf(key))
    case 'min':
    case 'max':
      // A date is told by its month.
      return aggregate.of?.column.type === 'date' ? `${String(value).slice(0, 7)}-01` : written(aggregate, rounded(Number(value)))
    default: {
      if (Number(row[`top${index}`]) * 100 > Number(row[`whole${index}`]) * DOMINANCE_PERCENT) return null
      const amount =
        aggregate.function === 'mean' ? Number(value) / Number(row[`n${index}`]) : (Number(value) / persons) * moved(persons, key, least)
      return written(aggregate, rounded(amount))
    }
  }
}

const rounded = (amount: number): number => Number(amount.toPrecision(DIGITS))

/** Decimals as text, whole numbers as numbers; what the database gave as text stays exact. */
function written(aggregate: QueryAggregate, value: string | number | boolean): CellValue {
  const places = placesOf(aggregate)
  if (places === 0) return Math.round(Number(value))
  return typeof value === 'number' ? value.toFixed(places) : String(value)
}

/** In the order asked for, by what is told (never by what is withheld): unknown last, ties by group. */
export function orderedCells({ order, groupBy }: AggregatesQuery, cells: readonly ToldCell[]): ToldCell[] {
  const keys = [...order, ...groupBy.map(({ id }) => ({ by: id, descending: false }))]
  return cells.toSorted((a, b) => {
    for (const { by, descending } of keys) {
      const compared = compareCells(a[by] ?? null, b[by] ?? null, descending)
      if (compared !== 0) return compared
    }
    return 0
  })
}

function compareCells(a: CellValue, b: CellValue, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const [x, y] = isNumeric(a) && isNumeric(b) ? [Number(a), Number(b)] : [String(a), String(b)]
  return x === y ? 0 : x < y === descending ? 1 : -1
}

const isNumeric = (value: CellValue): boolean => typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
