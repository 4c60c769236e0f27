/** Expressions as SQL over intervals: sums, products and quotients of exact integers that keep unknown unknown. */
import type { Expression } from '../expression.ts'
import { epochAt, type TableKey } from '../parameter.ts'
import { type Dialect, dividedRounded, narrow, powerOfTen, rescaled, text } from './dialect.ts'
import { exact, isExact, known, mapValue, type SqlValue } from './sql-value.ts'

export interface ExpressionSql {
  readonly dialect: Dialect
  /** SQL of a name at the name's own scale (`asOf` among them). */
  readonly name: (id: string) => SqlValue
  /** As-of date that decides which epoch of a parameter is in force. */
  readonly asOfDay: number
}

/** An intermediate product of three or more factors beyond this is unknown: the widest integers of both databases still hold the next product. */
const WIDEST_INTERMEDIATE = powerOfTen(20)

/** The bounds of an expression at the expression's own scale, in three-valued SQL: NULL is unknown. */
export function expressionSql(e: Expression, to: ExpressionSql): SqlValue {
  switch (e.op) {
    case 'literal':
      return exact(e.type === 'boolean' ? (e.value === 1 ? 'TRUE' : 'FALSE') : String(e.value))
    case 'name':
      return to.name(e.name)
    case 'add':
    case 'subtract':
    case 'min':
    case 'max':
      return aligned(e, e.of, to)
    case 'multiply':
      return product(
        e.of.map((part) => expressionSql(part, to)),
        to.dialect,
      )
    case 'divide':
      return quotient(e, e.of as [Expression, Expression], to)
    case 'yearsBetween':
      return exact(wholeYears(known(expressionSql(e.from, to)), known(expressionSql(e.to, to))))
    case 'monthsBetween':
      return exact(wholeMonths(known(expressionSql(e.from, to)), known(expressionSql(e.to, to))))
    case 'daysBetween':
      return exact(to.dialect.daysBetween(known(expressionSql(e.from, to)), known(expressionSql(e.to, to))))
    case 'year':
      return exact(`extract(year FROM ${known(expressionSql(e.of, to))})::bigint`)
    case 'band': {
      const of = known(expressionSql(e.of, to))
      const shown = (value: number | string) => (typeof value === 'string' ? text(value) : String(value))
      const arms = e.bands.map((band) => `WHEN ${of} < ${band.below} THEN ${shown(band.value)}`)
      return exact(`CASE WHEN ${of} IS NULL THEN NULL ${arms.join(' ')} ELSE ${shown(e.otherwise)} END`)
    }
    case 'lookUp': {
      const keys = e.keys.map((key) => known(expressionSql(key, to)))
      return exact(tableSql(keys, epochAt(e.table, to.asOfDay)?.rows ?? []))
    }
  }
}

/** One simple CASE a key, so that each key is written and computed once and not once a row. */
function tableSql(keys: readonly string[], rows: readonly { readonly keys: readonly TableKey[]; readonly value: number }[]): string {
  const [key, ...deeper] = keys
  if (rows.length === 0) return 'NULL::bigint'
  if (key === undefined) return String(rows[0]?.value)
  const groups = new Map<TableKey, typeof rows>()
  for (const row of rows) {
    const first = row.keys[0] ?? ''
    groups.set(first, [...(groups.get(first) ?? []), { keys: row.keys.slice(1), value: row.value }])
  }
  const arms = [...groups].map(([code, below]) => `WHEN ${typeof code === 'string' ? text(code) : code} THEN ${tableSql(deeper, below)}`)
  return `CASE ${key} ${arms.join(' ')} END`
}

/** The bounds at a place's scale, as bigint: numbers beyond ±2^53 are unknown. Booleans, dates and codes pass as they are. */
export function placedSql(e: Expression, scale: number, to: ExpressionSql): SqlValue {
  const value = expressionSql(e, to)
  if (e.type !== 'integer' && e.type !== 'decimal') return value
  return mapValue(value, (sql) => narrow(rescaled(to.dialect, sql, e.scale, scale)))
}

function aligned(e: Expression & { readonly op: string }, of: readonly Expression[], to: ExpressionSql): SqlValue {
  const parts = of.map((part) => {
    const value = expressionSql(part, to)
    return e.type === 'date' ? value : mapValue(value, (sql) => rescaled(to.dialect, to.dialect.wide(sql), part.scale, e.scale))
  })
  const los = parts.map((part) => part.lo)
  const his = parts.map((part) => part.hi)
  const both = (f: (list: readonly string[]) => string): SqlValue => (parts.every(isExact) ? exact(f(los)) : { lo: f(los), hi: f(his) })
  if (e.op === 'add') return both((list) => `(${list.join(' + ')})`)
  if (e.op === 'subtract') return exact(`(${parts.map(known).join(' - ')})`)
  // The databases' least and greatest skip NULL: right for the open side (a minimum is at most any known part), wrong for the other.
  const skipping = e.op === 'min' ? 'least' : 'greatest'
  const loose = (list: readonly string[]) => `${skipping}(${list.join(', ')})`
  const strict = (list: readonly string[]) =>
    `CASE WHEN ${list.map((sql) => `${sql} IS NULL`).join(' OR ')} THEN NULL ELSE ${loose(list)} END`
  if (e.type === 'date') return exact(strict(parts.map(known)))
  return e.op === 'min' ? { lo: strict(los), hi: loose(his) } : { lo: loose(los), hi: strict(his) }
}

function product(parts: readonly SqlValue[], dialect: Dialect): SqlValue {
  const times = (factors: readonly string[]) =>
    factors.slice(1).reduce((all, factor, index) => {
      const left = index === 0 ? dialect.wide(all) : `CASE WHEN abs(${all}) <= ${WIDEST_INTERMEDIATE} THEN ${all} END`
      return `((${left}) * ${dialect.wide(factor)})`
    }, factors[0] ?? '1')
  if (parts.every(isExact)) return exact(times(parts.map((part) => part.lo)))
  const allKnown = times(parts.map(known))
  const bound = (side: 'lo' | 'hi') => {
    const arms = parts.flatMap((part, index) => {
      if (isExact(part)) return []
      const others = parts.filter((_, other) => other !== index).map(known)
      return [`WHEN ${others.map((other) => `${other} > 0`).join(' AND ')} THEN ${times([...others, part[side]])}`]
    })
    return `(CASE WHEN ${parts.map((part) => `${known(part)} IS NOT NULL`).join(' AND ')} THEN ${allKnown} ${arms.join(' ')} END)`
  }
  return { lo: bound('lo'), hi: bound('hi') }
}

function quotient(e: Expression, [above, below]: [Expression, Expression], to: ExpressionSql): SqlValue {
  const a = expressionSql(above, to)
  const b = known(expressionSql(below, to))
  // a·10^-sa / b·10^-sb at scale s is a·10^(s + sb - sa) / b; a negative power goes to the divisor.
  const shift = e.scale + below.scale - above.scale
  const divisor = shift < 0 ? `(${to.dialect.wide(b)} * ${powerOfTen(-shift)})` : b
  const divide = (sql: string) => dividedRounded(to.dialect, shift > 0 ? `(${to.dialect.wide(sql)} * ${powerOfTen(shift)})` : sql, divisor)
  if (isExact(a)) return exact(divide(a.lo))
  const bound = (sql: string) => `CASE WHEN ${b} > 0 OR ${a.lo} = ${a.hi} THEN ${divide(sql)} END`
  return { lo: bound(a.lo), hi: bound(a.hi) }
}

const part = (name: string, sql: string) => `extract(${name} FROM ${sql})::bigint`

/** Whole months by day of month, as kernel/date.ts counts them. */
export const wholeMonths = (from: string, to: string): string =>
  `((${part('year', to)} - ${part('year', from)}) * 12 + ${part('month', to)} - ${part('month', from)} - CASE WHEN ${part('day', to)} < ${part('day', from)} THEN 1 ELSE 0 END)`

/** Whole years by (month, day): nobody ages on 28 February who was born on the 29th. */
export const wholeYears = (from: string, to: string): string =>
  `(${part('year', to)} - ${part('year', from)} - CASE WHEN ${part('month', to)} * 100 + ${part('day', to)} < ${part('month', from)} * 100 + ${part('day', from)} THEN 1 ELSE 0 END)`
