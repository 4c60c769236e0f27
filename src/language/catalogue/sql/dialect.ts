/** Exact integer arithmetic in SQL, and the few words in which PostgreSQL and DuckDB differ. */
import { MAX_INTEGER } from '../../../kernel/decimal.ts'

export type DialectName = 'postgresql' | 'duckdb'

/** The few places where PostgreSQL and DuckDB are written differently; everything else in a statement is common SQL. */
export interface Dialect {
  readonly name: DialectName
  /** Integer type wide enough for the product of two values. */
  readonly wide: (sql: string) => string
  /** Quotient of two non-negative wide integers, rounded down. */
  readonly quotient: (a: string, b: string) => string
  readonly daysBetween: (from: string, to: string) => string
}

export const postgresql: Dialect = {
  name: 'postgresql',
  wide: (sql) => `(${sql})::numeric`,
  quotient: (a, b) => `div(${a}, ${b})`,
  daysBetween: (from, to) => `(${to} - ${from})`,
}

export const duckdb: Dialect = {
  name: 'duckdb',
  wide: (sql) => `(${sql})::HUGEINT`,
  quotient: (a, b) => `((${a}) // (${b}))`,
  daysBetween: (from, to) => `date_diff('day', ${from}, ${to})`,
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
export const powerOfTen = (n: number): string => `1${'0'.repeat(n)}`

/** Back to bigint; NULL (unknown) beyond ±2^53, as in every other place. */
export const narrow = (sql: string): string => `CASE WHEN abs(${sql}) <= ${MAX_INTEGER} THEN (${sql})::bigint END`

/** Wide integer division rounded half away from zero; NULL on division by zero. */
export function dividedRounded(dialect: Dialect, a: string, b: string): string {
  const [n, d] = [dialect.wide(a), dialect.wide(b)]
  const quotient = dialect.quotient(`2 * abs(${n}) + abs(${d})`, `nullif(2 * abs(${d}), 0)`)
  return `(CASE WHEN (${a} < 0) = (${b} < 0) THEN 1 ELSE -1 END * ${quotient})`
}

/** Wide integer from one scale to another, rounded half away from zero when places are lost. */
export function rescaled(dialect: Dialect, sql: string, from: number, to: number): string {
  if (from === to) return sql
  if (to > from) return `(${dialect.wide(sql)} * ${powerOfTen(to - from)})`
  return dividedRounded(dialect, sql, powerOfTen(from - to))
}
