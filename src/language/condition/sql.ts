/** Turns a checked condition into one SQL boolean that is NULL where the condition is unknown. */
import { isoOfDay } from '../../kernel/date.ts'
import { formatDecimal } from '../../kernel/decimal.ts'
import type { FactType } from '../fact-space.ts'
import { operators } from '../operators.ts'
import type { Ends } from '../operators.ts'
import type { Condition, ConditionNode, LeafNode } from './condition.ts'

export type Dialect = 'postgresql' | 'duckdb'

/**
 * SQL of a fact's value: one expression that is NULL when unknown, or the two ends of an interval, NULL where open.
 * Numbers, booleans and DATEs are native, categories are their text codes; with `scaled` a decimal is its integer.
 */
export type SqlColumn = ({ readonly value: string } | { readonly lo: string; readonly hi: string }) & { readonly scaled?: boolean }

/** The condition as SQL text. Names reach it through `column` only; literals are typed and quoted here. */
export function conditionSql(condition: Condition, dialect: Dialect, column: (slot: number) => SqlColumn): string {
  return nodeSql(condition.root, { types: condition.space.types, dialect, column })
}

interface Target {
  readonly types: readonly FactType[]
  readonly dialect: Dialect
  readonly column: (slot: number) => SqlColumn
}

function nodeSql(node: ConditionNode, target: Target): string {
  switch (node.kind) {
    case 'all':
      return `(${node.children.map((child) => nodeSql(child, target)).join(' AND ')})`
    case 'any':
      return `(${node.children.map((child) => nodeSql(child, target)).join(' OR ')})`
    case 'not':
      return `(NOT ${nodeSql(node.child, target)})`
    case 'definition':
      return nodeSql(node.child, target)
    case 'leaf':
      return leafSql(node, target)
  }
}

function leafSql(leaf: LeafNode, target: Target): string {
  const { sql, value } = operators[leaf.operator]
  const { operand } = leaf
  const type = target.types[leaf.slot] as FactType
  const left = target.column(leaf.slot)
  if (operand.kind === 'fact') {
    const right = target.column(operand.slot)
    if (Boolean(left.scaled) !== Boolean(right.scaled)) throw new TypeError('a scaled column cannot be compared with one that is not')
    const m = left.scaled ? operand.leftMultiplier : 1
    const n = right.scaled ? operand.rightMultiplier : 1
    return sql(endsOf(left, m, target.dialect), [endsOf(right, n, target.dialect)])
  }
  const literals = operand.values.map((number) =>
    value === 'flag' ? (number === 1 ? 'TRUE' : 'FALSE') : literalSql(type, number, Boolean(left.scaled), target.dialect),
  )
  return sql(
    endsOf(left, 1, target.dialect),
    literals.map((text) => ({ lo: text, hi: text })),
  )
}

function endsOf(column: SqlColumn, multiplier: number, dialect: Dialect): Ends {
  const times = (sql: string): string =>
    multiplier === 1 ? sql : `(CAST(${sql} AS ${dialect === 'duckdb' ? 'HUGEINT' : 'numeric'}) * ${multiplier})`
  if ('value' in column) {
    const value = times(column.value)
    return { lo: value, hi: value }
  }
  return { lo: times(column.lo), hi: times(column.hi) }
}

/** An exact value of a fact as a typed SQL literal, so that neither database casts anything by itself. */
export function literalSql(type: FactType, value: number, scaled: boolean, dialect: Dialect): string {
  switch (type.type) {
    case 'boolean':
      return value === 1 ? 'TRUE' : 'FALSE'
    case 'date':
      return `DATE '${isoOfDay(value)}'`
    case 'category':
      return `CAST('${(type.codes?.[value] ?? '').replaceAll("'", "''")}' AS ${dialect === 'duckdb' ? 'VARCHAR' : 'text'})`
    case 'integer':
      return `CAST(${value} AS bigint)`
    case 'decimal':
      return scaled
        ? `CAST(${value} AS bigint)`
        : `CAST('${formatDecimal(value, type.scale)}' AS ${dialect === 'duckdb' ? 'DECIMAL' : 'numeric'}(18,${type.scale}))`
  }
}
