/** Passes over sets of rows: all aggregates of one registry, or of one kind of relative, collected together. */
import type { Aggregate, Catalogue, CatalogueFact } from '../catalogue.ts'
import type { RegistryShape } from '../registry-shape.ts'
import { aggregateSql, type AggregateSql } from './aggregate-sql.ts'
import { type Dialect, identifier } from './dialect.ts'
import { placedSql } from './expression-sql.ts'
import { registryColumn } from './fact-columns-sql.ts'
import type { Prelude } from './prelude.ts'
import { exact, type SqlValue } from './sql-value.ts'

export interface Writing {
  readonly catalogue: Catalogue
  readonly dialect: Dialect
  readonly prelude: Prelude
}

/** One pass over a set of rows: a lateral query and, for each fact, its value from the collected columns. */
export interface Source {
  readonly join: string
  readonly values: readonly { readonly fact: CatalogueFact; readonly value: SqlValue }[]
}

export interface RowSet {
  /** FROM and WHERE of the rows, such as `ssc_salaries r WHERE r.person_ref = p.person_ref`. */
  readonly from: string
  /** Further aggregates over the rows, by name. */
  readonly extra?: Readonly<Record<string, string>>
  readonly name: (fact: CatalogueFact, aggregate: Aggregate) => (id: string) => SqlValue
  readonly usable: string
  /** SQL boolean, given the alias of the collected columns: rows may exist that are not listed. */
  readonly open: (alias: string) => string
}

export type AggregateFact = CatalogueFact & { readonly definition: Aggregate }
export const isAggregate = (fact: CatalogueFact): fact is AggregateFact => fact.definition.kind === 'aggregate'

/** Collects all aggregates over one row set in one pass; those that need the rows in another form get a pass of their own. */
export function sourcesOver(alias: string, facts: readonly AggregateFact[], rows: RowSet, writing: Writing): Source[] {
  const written = facts.map((fact, index) => {
    const scope = { dialect: writing.dialect, asOf: writing.prelude.asOf, asOfDay: writing.prelude.asOfDay, name: rows.name(fact, fact.definition) }
    return { fact, sql: aggregateSql(`a${index}`, fact.definition, fact.scale, scope) }
  })
  const together = written.filter(({ sql }) => !sql.rowsFrom)
  const apart = written.filter(({ sql }) => sql.rowsFrom)
  const groups = [...(together.length > 0 ? [together] : []), ...apart.map((one) => [one])]
  return groups.map((group, index) => lateral(`${alias}${index}`, group, rows))
}

function lateral(alias: string, group: readonly { fact: AggregateFact; sql: AggregateSql }[], rows: RowSet): Source {
  const select = (columns: Readonly<Record<string, string>>) => Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`)
  const each = `SELECT ${group.flatMap(({ sql }) => select(sql.row)).join(', ')} FROM ${rows.from}`
  const reshape = group.length === 1 ? group[0]?.sql.rowsFrom : null
  const collected = group.flatMap(({ sql }) => select(sql.collected))
  // Counted apart, because a reshaped pass no longer has one line a row.
  const extra = Object.entries(rows.extra ?? {}).map(([name, sql]) => `(SELECT ${sql} FROM ${rows.from}) AS ${name}`)
  const body = `SELECT ${[...collected, ...extra].join(', ')} FROM (${reshape ? reshape(each) : each}) q`
  const at = { usable: rows.usable, open: rows.open(alias), column: (name: string) => `${alias}.${name}` }
  return { join: `LEFT JOIN LATERAL (${body}) ${alias} ON TRUE`, values: group.map(({ fact, sql }) => ({ fact, value: sql.value(at) })) }
}

/** Names of a registry's row for expressions and conditions: columns, `let` names (put in place), `asOf`. */
export function rowNames(registry: RegistryShape, aggregate: Aggregate, writing: Writing): (id: string) => SqlValue {
  const name = (id: string): SqlValue => {
    if (id === 'asOf') return exact(writing.prelude.asOf)
    const bound = aggregate.lets.find(({ type }) => type.id === id)
    if (!bound) return registryColumn(registry, id, 'r')
    return placedSql(bound.value, bound.type.scale, { dialect: writing.dialect, asOfDay: writing.prelude.asOfDay, name })
  }
  return name
}

/** SQL boolean, never NULL: the registry is known to cover the person. */
export function covers(registry: RegistryShape, isJordanian: string): string {
  if (registry.population === 'everyone') return 'TRUE'
  return `(${isJordanian} IS ${registry.population === 'jordanians' ? 'TRUE' : 'FALSE'})`
}

export const tableOf = (registry: RegistryShape): string => identifier(registry.id)
