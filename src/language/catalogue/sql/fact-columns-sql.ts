import { MAX_INTEGER } from '../../../kernel/decimal.ts'
import type { CatalogueFact } from '../catalogue.ts'
import type { RegistryShape } from '../registry-shape.ts'
import { identifier, powerOfTen } from './dialect.ts'
import { exact, type SqlValue } from './sql-value.ts'

/** The columns that hold a fact in a step of the assembly: two with bounds, else one. */
export function columnsOf(fact: CatalogueFact): readonly string[] {
  return fact.bounded ? [identifier(`${fact.id}__lo`), identifier(`${fact.id}__hi`)] : [identifier(fact.id)]
}

export function factRef(fact: CatalogueFact, table: string): SqlValue {
  const columns = columnsOf(fact).map((column) => `${table}.${column}`)
  return { lo: columns[0] ?? '', hi: columns.at(-1) ?? '' }
}

/** `value AS "fact"` for a select list. */
export function selectFact(fact: CatalogueFact, value: SqlValue): string {
  const columns = columnsOf(fact)
  if (columns.length === 1)
    return `${value.lo === value.hi ? value.lo : `CASE WHEN ${value.lo} = ${value.hi} THEN ${value.lo} END`} AS ${columns[0]}`
  return `${value.lo} AS ${columns[0]}, ${value.hi} AS ${columns[1]}`
}

/** A registry's column at the language's scale: decimals as scaled integers. */
export function registryColumn(registry: RegistryShape, name: string, table: string): SqlValue {
  const column = registry.columns.find((c) => c.name === name)
  const sql = `${table}.${identifier(name)}`
  return exact(column?.type === 'decimal' ? `(${sql} * ${powerOfTen(column.scale)})::bigint` : sql)
}

/** A column at the fact's scale, which is never coarser than the column's; NULL (unknown) beyond ±2^53. */
export function columnAtScale(fact: CatalogueFact, registry: RegistryShape, column: string, table: string): string {
  const own = registry.columns.find((c) => c.name === column)?.scale ?? 0
  const sql = registryColumn(registry, column, table).lo
  if (fact.scale <= own) return sql
  const most = Math.floor(MAX_INTEGER / 10 ** (fact.scale - own))
  return `CASE WHEN abs(${sql}) <= ${most} THEN ${sql} * ${powerOfTen(fact.scale - own)} END`
}

/** SQL literal of an empty value by the fact's type. */
export function emptyLiteral(fact: CatalogueFact, empty: number | string): string {
  if (typeof empty === 'string') return `'${empty.replaceAll("'", "''")}'`
  if (fact.type === 'boolean') return empty === 1 ? 'TRUE' : 'FALSE'
  if (fact.type === 'date') return `(DATE '1970-01-01' + ${empty})`
  return String(empty)
}
