/** SQL of aggregates that keeps unknown unknown: the databases' own aggregates skip NULL, so each side of the bounds is written out. */
import { conditionSql } from '../../condition/sql.ts'
import type { Aggregate } from '../catalogue.ts'
import { type Dialect, dividedRounded, identifier, narrow } from './dialect.ts'
import { type ExpressionSql, expressionSql, placedSql, wholeMonths } from './expression-sql.ts'
import type { Packable } from './packing.ts'
import { exact, known, type SqlValue } from './sql-value.ts'

/** One aggregate of a fact: what to compute of each row, what of the rows together, and the fact's value from that. */
export interface AggregateSql {
  /** Columns of a row: `w` whether it is in (three-valued), `lo` and `hi` of what is taken of it, `d` its date. */
  readonly row: Readonly<Record<string, string>>
  /** Aggregates over those columns. */
  readonly collected: Readonly<Record<string, Packable>>
  /** Where the rows cannot be read from the registry as they are: a query over the row columns. */
  readonly rowsFrom: ((rows: string) => string) | null
  readonly value: (at: { readonly usable: string; readonly open: string; readonly column: (name: string) => string }) => SqlValue
}

export interface AggregateScope extends ExpressionSql {
  readonly asOf: string
}

/** Writes one aggregate. `key` prefixes its columns, so that many aggregates share one pass over the rows. */
export function aggregateSql(key: string, aggregate: Aggregate, scale: number, scope: AggregateScope): AggregateSql {
  const { dialect } = scope
  const conditions = [whereSql(aggregate, scope), windowSql(aggregate, scope)].filter((sql) => sql !== null)
  const w = conditions.length === 0 ? 'TRUE' : conditions.map((sql) => `(${sql})`).join(' AND ')
  const names = { w: identifier(`${key}_w`), lo: identifier(`${key}_l`), hi: identifier(`${key}_h`), d: identifier(`${key}_d`) }
  const write = WRITERS[aggregate.function]
  return write({ key, aggregate, scale, scope, dialect, w, names })
}

interface Writing {
  readonly key: string
  readonly aggregate: Aggregate
  readonly scale: number
  readonly scope: AggregateScope
  readonly dialect: Dialect
  readonly w: string
  readonly names: { readonly w: string; readonly lo: string; readonly hi: string; readonly d: string }
}
type Writer = (writing: Writing) => AggregateSql

const WRITERS: Readonly<Record<Aggregate['function'], Writer>> = {
  count({ key, w, names }) {
    return {
      row: { [names.w]: w },
      collected: { [`${key}_ct`]: countIf(names.w), [`${key}_cu`]: countIf(`${names.w} IS NULL`) },
      rowsFrom: null,
      value: ({ usable, open, column }) => ({
        lo: `CASE WHEN ${usable} THEN ${column(`${key}_ct`)} END`,
        hi: `CASE WHEN NOT ${open} THEN ${column(`${key}_ct`)} + ${column(`${key}_cu`)} END`,
      }),
    }
  },
  countDistinct({ key, aggregate, scope, w, names }) {
    const of = aggregate.of ? known(expressionSql(aggregate.of, scope)) : 'NULL'
    return {
      row: { [names.w]: w, [names.lo]: of },
      collected: {
        [`${key}_ct`]: number(`count(DISTINCT ${names.lo}) FILTER (WHERE ${names.w})`),
        [`${key}_cu`]: countIf(`${names.w} IS NULL OR (${names.w} AND ${names.lo} IS NULL)`),
      },
      rowsFrom: null,
      value: ({ usable, open, column }) => ({
        lo: `CASE WHEN ${usable} THEN ${column(`${key}_ct`)} END`,
        hi: `CASE WHEN NOT ${open} THEN ${column(`${key}_ct`)} + ${column(`${key}_cu`)} END`,
      }),
    }
  },
  sum(writing) {
    const { key, aggregate, w, names } = writing
    const e = expressionOf(aggregate)
    // A row that may be in adds between nothing and itself; an unknown amount that cannot be negative adds at least nothing.
    const lowest = e.nonNegative ? `coalesce(${names.lo}, 0)` : names.lo
    return {
      row: valueRow(writing, w),
      collected: {
        [`${key}_sl`]: number(
          narrow(`coalesce(sum(CASE WHEN ${names.w} THEN ${lowest} WHEN ${names.w} IS NULL THEN least(${lowest}, 0) END), 0)`),
        ),
        [`${key}_sh`]: number(
          narrow(`coalesce(sum(CASE WHEN ${names.w} THEN ${names.hi} WHEN ${names.w} IS NULL THEN greatest(${names.hi}, 0) END), 0)`),
        ),
        [`${key}_ul`]: countIf(`${names.w} IS NOT FALSE AND ${lowest} IS NULL`),
        [`${key}_uh`]: countIf(`${names.w} IS NOT FALSE AND ${names.hi} IS NULL`),
      },
      rowsFrom: null,
      value: ({ usable, open, column }) => ({
        lo: `CASE WHEN ${usable} AND ${column(`${key}_ul`)} = 0${e.nonNegative ? '' : ` AND NOT ${open}`} THEN ${column(`${key}_sl`)} END`,
        hi: `CASE WHEN ${column(`${key}_uh`)} = 0 AND NOT ${open} THEN ${column(`${key}_sh`)} END`,
      }),
    }
  },
  mean(writing) {
    const { key, aggregate, dialect, w, names } = writing
    return {
      row: valueRow(writing, w),
      collected: {
        [`${key}_s`]: number(narrow(`sum(${names.lo}) FILTER (WHERE ${names.w})`)),
        [`${key}_n`]: countIf(names.w),
        [`${key}_u`]: countIf(
          `${names.w} IS NULL OR (${names.w} AND (${names.lo} IS NULL OR ${names.hi} IS NULL OR ${names.lo} <> ${names.hi}))`,
        ),
      },
      rowsFrom: null,
      value({ open, column }) {
        const mean = dividedRounded(dialect, column(`${key}_s`), column(`${key}_n`))
        const empty = aggregate.empty === null ? '' : ` WHEN ${column(`${key}_n`)} = 0 THEN ${aggregate.empty}`
        return exact(`CASE WHEN ${open} OR ${column(`${key}_u`)} > 0 THEN NULL${empty} ELSE ${narrow(mean)} END`)
      },
    }
  },
  max: (writing) => extreme(writing, 'max'),
  min: (writing) => extreme(writing, 'min'),
  any({ key, aggregate, scope, w, names }) {
    const of = aggregate.of ? ` AND ${known(expressionSql(aggregate.of, scope))}` : ''
    return {
      row: { [names.w]: `(${w})${of}` },
      collected: { [`${key}_t`]: countIf(names.w), [`${key}_u`]: countIf(`${names.w} IS NULL`) },
      rowsFrom: null,
      value: ({ usable, open, column }) =>
        exact(
          `CASE WHEN NOT ${usable} THEN NULL WHEN ${column(`${key}_t`)} > 0 THEN TRUE WHEN ${open} OR ${column(`${key}_u`)} > 0 THEN NULL ELSE FALSE END`,
        ),
    }
  },
  every({ key, aggregate, scope, w, names }) {
    const holds = aggregate.of ? `(NOT (${w})) OR ${known(expressionSql(aggregate.of, scope))}` : w
    return {
      row: { [names.w]: holds },
      collected: { [`${key}_f`]: countIf(`NOT ${names.w}`), [`${key}_u`]: countIf(`${names.w} IS NULL`) },
      rowsFrom: null,
      value: ({ usable, open, column }) =>
        exact(
          `CASE WHEN NOT ${usable} THEN NULL WHEN ${column(`${key}_f`)} > 0 THEN FALSE WHEN ${open} OR ${column(`${key}_u`)} > 0 THEN NULL ELSE TRUE END`,
        ),
    }
  },
  latest(writing) {
    const { key, aggregate, w, names } = writing
    const e = expressionOf(aggregate)
    const newest = `${names.d} = ${key}_m`
    const boolean = e.type === 'boolean'
    const least = boolean ? 'bool_and' : 'min'
    const greatest = boolean ? 'bool_or' : 'max'
    return {
      row: { [names.w]: w, [names.lo]: known(placedSql(e, writing.scale, writing.scope)), [names.d]: dateColumn(aggregate, writing.scope) },
      // Two newest rows that differ leave the value unknown, and so does a row that may be in and newer.
      rowsFrom: (rows) => `SELECT *, max(${names.d}) FILTER (WHERE ${names.w}) OVER () AS ${key}_m FROM (${rows}) z`,
      collected: {
        [`${key}_a`]: { sql: `${least}(${names.lo}) FILTER (WHERE ${names.w} AND ${newest})`, kind: kindOf(e) },
        [`${key}_b`]: { sql: `${greatest}(${names.lo}) FILTER (WHERE ${names.w} AND ${newest})`, kind: kindOf(e) },
        [`${key}_n`]: countIf(names.w),
        [`${key}_u`]: countIf(
          `(${names.w} IS NULL AND (${names.d} IS NULL OR ${key}_m IS NULL OR ${names.d} >= ${key}_m)) OR (${names.w} AND (${names.d} IS NULL OR (${newest} AND ${names.lo} IS NULL)))`,
        ),
      },
      value({ open, column }) {
        const empty = aggregate.empty === null ? '' : ` WHEN ${column(`${key}_n`)} = 0 THEN ${emptySql(aggregate)}`
        return exact(
          `CASE WHEN ${open} OR ${column(`${key}_u`)} > 0 THEN NULL${empty} WHEN ${column(`${key}_a`)} = ${column(`${key}_b`)} THEN ${column(`${key}_a`)} END`,
        )
      },
    }
  },
  longestRun(writing) {
    const { key, aggregate, w, names } = writing
    const date = dateColumn(aggregate, writing.scope)
    // A month counts when each of its rows does; a month without a row breaks the run.
    const months = (rows: string) =>
      `SELECT m, CASE WHEN count(*) FILTER (WHERE NOT ${names.w}) > 0 THEN FALSE WHEN count(*) FILTER (WHERE ${names.w} IS NULL) > 0 THEN NULL ELSE TRUE END AS t FROM (SELECT ${names.w}, extract(year FROM ${names.d})::bigint * 12 + extract(month FROM ${names.d})::bigint AS m FROM (${rows}) z WHERE ${names.d} IS NOT NULL) y GROUP BY m`
    const dateless = (rows: string, unless: 'TRUE' | 'FALSE') =>
      `(SELECT count(*) FROM (${rows}) u WHERE ${names.d} IS NULL AND ${names.w} IS NOT ${unless})`
    const run = (rows: string, keep: string) =>
      `SELECT max(n) FROM (SELECT count(*) AS n FROM (SELECT m - row_number() OVER (ORDER BY m) AS island FROM (${months(rows)}) x WHERE ${keep}) i GROUP BY island) r`
    return {
      row: { [names.w]: w, [names.d]: date },
      rowsFrom: (rows) =>
        `SELECT coalesce((${run(rows, 't')}), 0) AS ${key}_rl, coalesce((${run(rows, 't IS NOT FALSE')}), 0) AS ${key}_rh, ${dateless(rows, 'TRUE')} AS ${key}_rb, ${dateless(rows, 'FALSE')} AS ${key}_re`,
      collected: Object.fromEntries(['rl', 'rh', 'rb', 're'].map((name) => [`${key}_${name}`, number(`max(${key}_${name})`)])),
      // A row that is not listed, or has no date, may break a month's run (a month counts by all its rows) or lengthen it.
      value: ({ open, column }) => ({
        lo: `CASE WHEN NOT ${open} AND ${column(`${key}_rb`)} = 0 THEN ${column(`${key}_rl`)} END`,
        hi: `CASE WHEN NOT ${open} AND ${column(`${key}_re`)} = 0 THEN ${column(`${key}_rh`)} END`,
      }),
    }
  },
}

function extreme(writing: Writing, side: 'max' | 'min'): AggregateSql {
  const { key, aggregate, w, names } = writing
  const e = expressionOf(aggregate)
  const sure = side === 'max' ? names.lo : names.hi
  const loose = side === 'max' ? names.hi : names.lo
  return {
    row: valueRow(writing, w),
    collected: {
      [`${key}_s`]: { sql: `${side}(${sure}) FILTER (WHERE ${names.w})`, kind: kindOf(e) },
      [`${key}_p`]: { sql: `${side}(${loose}) FILTER (WHERE ${names.w} IS NOT FALSE)`, kind: kindOf(e) },
      [`${key}_n`]: countIf(names.w),
      [`${key}_m`]: countIf(`${names.w} IS NULL`),
      [`${key}_u`]: countIf(`${names.w} IS NOT FALSE AND ${loose} IS NULL`),
    },
    rowsFrom: null,
    value({ usable, open, column }) {
      const n = column(`${key}_n`)
      const empty =
        aggregate.empty === null ? '' : ` WHEN NOT ${open} AND ${n} = 0 AND ${column(`${key}_m`)} = 0 THEN ${emptySql(aggregate)}`
      // With no row that is surely in, the set may be empty: then nothing bounds the value.
      const bound = `CASE WHEN NOT ${usable} THEN NULL${empty} WHEN ${n} > 0 THEN ${column(`${key}_s`)} END`
      const other = `CASE WHEN NOT ${usable} THEN NULL${empty} WHEN ${n} > 0 AND NOT ${open} AND ${column(`${key}_u`)} = 0 THEN ${column(`${key}_p`)} END`
      const value = side === 'max' ? { lo: bound, hi: other } : { lo: other, hi: bound }
      return e.type === 'date' ? exact(`CASE WHEN ${value.lo} = ${value.hi} THEN ${value.lo} END`) : value
    },
  }
}

function whereSql(aggregate: Aggregate, scope: AggregateScope): string | null {
  if (!aggregate.where) return null
  return conditionSql(aggregate.where, scope.dialect.name, (slot) => ({
    ...scope.name(aggregate.space.types[slot]?.id ?? ''),
    scaled: true,
  }))
}

function windowSql({ window }: Aggregate, scope: AggregateScope): string | null {
  if (!window) return null
  const date = known(scope.name(window.date))
  return `${date} <= ${scope.asOf} AND ${wholeMonths(date, scope.asOf)} < ${window.months}`
}

function valueRow({ aggregate, scale, scope, names }: Writing, w: string): Record<string, string> {
  const e = expressionOf(aggregate)
  // Each row's value is rounded to the fact's own scale; what is collected of the rows is then exact.
  const value = placedSql(e, scale, scope)
  return { [names.w]: w, [names.lo]: value.lo, [names.hi]: value.hi }
}

const dateColumn = (aggregate: Aggregate, scope: AggregateScope): string => known(scope.name(aggregate.date ?? ''))
const number = (sql: string): Packable => ({ sql, kind: 'number' })
const countIf = (condition: string): Packable => number(`count(*) FILTER (WHERE ${condition})`)

const kindOf = ({ type }: { readonly type: string }): Packable['kind'] =>
  type === 'boolean' || type === 'date' ? type : type === 'category' ? 'text' : 'number'

function expressionOf(aggregate: Aggregate) {
  // INVARIANT: the check gives every function that takes a value its expression.
  if (!aggregate.of) throw new Error(`${aggregate.function} without "of"`)
  return aggregate.of
}

function emptySql({ empty, of }: Aggregate): string {
  if (typeof empty === 'string') return `'${empty.replaceAll("'", "''")}'`
  if (of?.type === 'boolean') return empty ? 'TRUE' : 'FALSE'
  if (of?.type === 'date') return `(DATE '1970-01-01' + ${empty})`
  return String(empty)
}
