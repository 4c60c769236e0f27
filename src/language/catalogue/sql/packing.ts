/**
 * Values packed into arrays. PostgreSQL prepares each column of each join anew for every execution, so a statement of
 * hundreds of facts spends more time there than on its rows; packed, a pass over a registry is one column.
 */
import type { CatalogueFact } from '../catalogue.ts'
import { columnsOf } from './fact-columns-sql.ts'
import type { Dialect } from './dialect.ts'

export type PackedKind = 'number' | 'boolean' | 'date' | 'text'

export interface Packable {
  readonly sql: string
  readonly kind: PackedKind
}

const EPOCH = "DATE '1970-01-01'"

/** One value as it stands in an array: numbers, booleans (0/1) and dates (day numbers) are bigint, codes are text. */
function packed({ sql, kind }: Packable, dialect: Dialect): string {
  if (kind === 'boolean') return `(${sql})::int`
  if (kind === 'date') return dialect.daysBetween(EPOCH, sql)
  return sql
}

export const arrayOf = (values: readonly Packable[], dialect: Dialect): string =>
  `ARRAY[${values.map((value) => packed(value, dialect)).join(', ')}]::${values[0]?.kind === 'text' ? 'text' : 'bigint'}[]`

/** The value at a place of a packed column, in its own type again. */
export function unpacked(column: string, place: number, kind: PackedKind): string {
  const cell = `${column}[${place}]`
  if (kind === 'boolean') return `(${cell} = 1)`
  if (kind === 'date') return `(${EPOCH} + ${cell}::int)`
  return cell
}

/** Facts of one step as they leave the statement: one array of numbers and one of codes. */
export interface Pack {
  readonly numbers: readonly CatalogueFact[]
  readonly codes: readonly CatalogueFact[]
}

export const packOf = (facts: readonly CatalogueFact[]): Pack => ({
  numbers: facts.filter((fact) => fact.codes === null),
  codes: facts.filter((fact) => fact.codes !== null),
})

/** The two arrays of a pack, read from the facts' columns of `table`. */
export function packSql(pack: Pack, table: string, dialect: Dialect): string[] {
  const kind = (fact: CatalogueFact): PackedKind => (fact.type === 'boolean' || fact.type === 'date' ? fact.type : 'number')
  const numbers = pack.numbers.flatMap((fact) =>
    columnsOf(fact).map((column): Packable => ({ sql: `${table}.${column}`, kind: kind(fact) })),
  )
  const codes = pack.codes.flatMap((fact) => columnsOf(fact).map((column): Packable => ({ sql: `${table}.${column}`, kind: 'text' })))
  return [
    numbers.length === 0 ? 'NULL::bigint[]' : arrayOf(numbers, dialect),
    codes.length === 0 ? 'NULL::text[]' : arrayOf(codes, dialect),
  ]
}
