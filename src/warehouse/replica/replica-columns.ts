/**
 * How a registry's columns stand in the replica: as assembly computes with them, so that a run reads numbers and nothing else.
 * Scaled integers, 0/1, day numbers, the position of a code in its column's list (past the end for one that it does not have),
 * person references, and for free text a number that stands for it: 52 bits of its MD5, since assembly only asks whether there is
 * a text and how many different ones a household has (two would have to share those bits by chance, one pair in 4e15).
 */
import type { RegistryColumn } from '../../language/catalogue/registry-shape.ts'
import { quote } from '../registry-table.ts'
import type { CopiedColumn } from './copy-query.ts'

/** SQL of PostgreSQL for one column of the row `r`. */
export function sentBy({ name, type }: RegistryColumn): string {
  const column = `r.${quote(name)}`
  if (type === 'date') return `${column} - DATE '1970-01-01'`
  if (type === 'boolean') return `${column}::int`
  // numeric(18, scale) prints all its places: without the point it is the scaled integer.
  return type === 'decimal' ? `replace(${column}::text, '.', '')` : column
}

/** As DuckDB reads what was sent. */
export function receivedAs({ name, type }: RegistryColumn): CopiedColumn {
  const types = { date: 'INTEGER', boolean: 'TINYINT', decimal: 'BIGINT', integer: 'BIGINT', person: 'BIGINT' } as const
  return { name, type: type === 'category' || type === 'text' ? 'VARCHAR' : types[type] }
}

/** Hexadecimal places of MD5 that stand for a text; a double holds them exactly. */
export const TEXT_PLACES = 13

/** SQL of DuckDB for the column as the replica keeps it. */
export function keptAs({ name, type, codes }: RegistryColumn): string {
  const column = quote(name)
  if (type === 'text') return `('0x' || left(md5(${column}), ${TEXT_PLACES}))::BIGINT AS ${column}`
  if (type !== 'category') return column
  const list = (codes ?? []).map((code) => `'${code.replaceAll("'", "''")}'`).join(', ')
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE coalesce(list_position([${list}]::VARCHAR[], ${column}) - 1, ${(codes ?? []).length})::SMALLINT END AS ${column}`
}
