/**
 * What is told of the cells of aggregates: nothing of few persons, counts moved by a noise that the persons themselves decide (the same
 * whoever asks and however), amounts moved by up to the greatest share of one person and rounded, none that one person makes up.
 * Two queries that one person sets apart differ by noise.
 */
import { DIGITS, DOMINANCE_PERCENT, noiseOf } from '../access/disclosure/cell-noise.ts'
import type { AggregatesQuery, QueryAggregate } from './checked-query.ts'
import type { CellValue } from './row-answer.ts'

/** A row of aggregates-sql.ts: numbers, or decimals as text. */
export type RawCell = Readonly<Record<string, string | number | boolean | null>>

/** By the id of the group's column or of the aggregate; null where it is withheld or nothing is known. */
export type ToldCell = Readonly<Record<string, CellValue>>

/** `least` null: one person's own, told as it is. Otherwise a cell is there when both its count and its moved count reach `least`. */
export function toldCells(query: AggregatesQuery, rows: readonly RawCell[], least: number | null): ToldCell[] {
  return rows.flatMap((row) => {
    const groups = query.groupBy.map(({ id }, index) => [id, row[`g${index}`] ?? null] as const)
    const exact = Number(row['persons'])
    const persons = least === null ? exact : exact + noiseOf(Number(row['key']))
    if (least !== null && (exact < least || persons < least)) return []
    const values = query.aggregates.map((aggregate, index) => {
      const value = least === null ? exactValue(aggregate, index, row) : protectedValue(aggregate, index, row, least)
      return [aggregate.id, value] as const
    })
    return [Object.fromEntries<CellValue>([...groups, ['persons', persons], ...values])]
  })
}

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
  const of = (part: string): number => Number(row[`${part}${index}`])
  const value = row[`v${index}`] ?? null
  const persons = of('p')
  const noise = noiseOf(of('k'))
  if (value === null || persons < least || persons + noise < least) return null
  switch (aggregate.function) {
    case 'countDistinct':
      return Math.max(1, Number(value) + noise)
    case 'min':
    case 'max':
      // Of fewer than twice as many the tenth from one end would be among the ten of the other, and of ten persons its very extreme.
      if (persons < 2 * least) return null
      // A date is told by its month.
      return aggregate.of?.column.type === 'date' ? `${String(value).slice(0, 7)}-01` : written(aggregate, rounded(Number(value)))
    default: {
      if (of('top') * 100 > of('whole') * DOMINANCE_PERCENT) return null
      const moved = of('top') * swingOf(of('k'))
      const amount = aggregate.function === 'mean' ? (of('v') + moved) / of('n') : (of('v') / persons) * (persons + noise) + moved
      return written(aggregate, rounded(amount))
    }
  }
}

/** From -1 to 1, decided by a cell's key apart from its noise (MurmurHash3's finaliser mixes the bits). */
export function swingOf(key: number): number {
  let mixed = key ^ 0x9e3779b9
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1
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
