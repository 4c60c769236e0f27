/** Passes over sets of rows: all aggregates of one registry, or of one kind of relative, collected into one packed column. */
import type { Aggregate, Catalogue, CatalogueFact } from '../catalogue.ts'
import type { RegistryShape } from '../registry-shape.ts'
import { aggregateSql, type AggregateSql } from './aggregate-sql.ts'
import { type Dialect, identifier } from './dialect.ts'
import { placedSql } from './expression-sql.ts'
import { factRef, registryColumn } from './fact-columns-sql.ts'
import { arrayOf, type Packable, unpacked } from './packing.ts'
import type { Prelude } from './prelude.ts'
import { exact, type SqlValue } from './sql-value.ts'

export interface Writing {
  readonly catalogue: Catalogue
  readonly dialect: Dialect
  readonly prelude: Prelude
}

export interface FactValueSql {
  readonly fact: CatalogueFact
  readonly value: SqlValue
}

/** What one pass adds to a step: packed columns (`sql AS name`), and the facts' values from them. */
export interface Source {
  readonly columns: readonly string[]
  readonly values: readonly FactValueSql[]
}

export interface RowSet {
  /** FROM and WHERE of the rows, such as `ssc_salaries r WHERE r.person_ref = p.person_ref`. */
  readonly from: string
  readonly name: (id: string) => SqlValue
  readonly usable: string
  /** SQL boolean: rows may exist that are not listed; `listed` counts the persons who have rows. */
  readonly open: (listed: string) => string
  /** Column that tells persons apart, where `open` needs the count. */
  readonly listedBy: string | null
}

export type AggregateFact = CatalogueFact & { readonly definition: Aggregate }
export const isAggregate = (fact: CatalogueFact): fact is AggregateFact => fact.definition.kind === 'aggregate'

/**
 * Collects all aggregates over one row set in one pass; those that need the rows in another form get a pass of their
 * own. `row` is the alias under which the packed columns are read in the step that follows.
 */
export function sourcesOver(
  name: string,
  facts: readonly AggregateFact[],
  rowsOf: (aggregate: Aggregate) => RowSet,
  row: string,
  writing: Writing,
): Source[] {
  const written = facts.map((fact, index) => {
    const rows = rowsOf(fact.definition)
    const scope = { dialect: writing.dialect, asOf: writing.prelude.asOf, asOfDay: writing.prelude.asOfDay, name: rows.name }
    return { fact, rows, sql: aggregateSql(`a${index}`, fact.definition, fact.scale, scope) }
  })
  const together = written.filter(({ sql }) => !sql.rowsFrom)
  const apart = written.filter(({ sql }) => sql.rowsFrom)
  const groups = [...(together.length > 0 ? [together] : []), ...apart.map((one) => [one])]
  return groups.map((group, index) => pass(`${name}${index}`, group, row, writing.dialect))
}

function pass(
  name: string,
  group: readonly { fact: AggregateFact; rows: RowSet; sql: AggregateSql }[],
  row: string,
  dialect: Dialect,
): Source {
  const rows = group[0]?.rows
  // INVARIANT: a pass has at least one fact.
  if (!rows) throw new Error('a pass without facts')
  const each = `SELECT ${[...group.flatMap(({ sql }) => Object.entries(sql.row).map(([column, value]) => `${value} AS ${column}`)), ...(rows.listedBy ? [`${rows.listedBy} AS listed`] : [])].join(', ')} FROM ${rows.from}`
  const reshape = group.length === 1 ? group[0]?.sql.rowsFrom : null
  const listed: Packable = { sql: reshape ? `(SELECT count(DISTINCT listed) FROM (${each}) l)` : 'count(DISTINCT listed)', kind: 'number' }
  const collected = [...group.flatMap(({ sql }) => Object.entries(sql.collected)), ...(rows.listedBy ? [['listed', listed] as const] : [])]
  const columns: string[] = []
  const places = new Map<string, string>()
  for (const text of [false, true]) {
    const part = collected.filter(([, { kind }]) => (kind === 'text') === text)
    if (part.length === 0) continue
    const column = `${name}_${text ? 't' : 'n'}`
    columns.push(
      `(SELECT ${arrayOf(
        part.map(([, value]) => value),
        dialect,
      )} FROM (${reshape ? reshape(each) : each}) q) AS ${column}`,
    )
    part.forEach(([id, { kind }], index) => places.set(id, unpacked(`${row}.${column}`, index + 1, kind)))
  }
  const column = (id: string): string => places.get(id) ?? 'NULL'
  const at = { usable: rows.usable, open: rows.open(column('listed')), column }
  return { columns, values: group.map(({ fact, sql }) => ({ fact, value: sql.value(at) })) }
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

/** Names of another person's facts, whose row is `f`. */
export const factNames =
  ({ catalogue, prelude }: Writing) =>
  (id: string): SqlValue => {
    if (id === 'asOf') return exact(prelude.asOf)
    const fact = catalogue.facts.get(id)
    return fact ? factRef(fact, 'f') : exact('NULL')
  }

/** Groups facts by what they range over. */
export function grouped<K>(facts: readonly AggregateFact[], keyOf: (fact: AggregateFact) => K | null): Map<K, AggregateFact[]> {
  const groups = new Map<K, AggregateFact[]>()
  for (const fact of facts) {
    const key = keyOf(fact)
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), fact])
  }
  return groups
}

export const registryOf = ({ definition }: AggregateFact): RegistryShape | null =>
  definition.over.kind === 'registry' ? definition.over.registry : null

/** SQL boolean, never NULL: the registry is known to cover the person of the row `row`, who answered if it asks. */
export function covers({ population, answeredBy }: RegistryShape, row: string): string {
  const answered = answeredBy === undefined ? '' : ` AND ${hasAnswered(answeredBy, `${row}.person_ref`)}`
  if (population === 'everyone') return `(TRUE${answered})`
  return `(${row}.is_jordanian IS ${population === 'jordanians' ? 'TRUE' : 'FALSE'}${answered})`
}

export const hasAnswered = (answeredBy: string, personRef: string): string =>
  `EXISTS (SELECT 1 FROM ${identifier(answeredBy)} answer WHERE answer.person_ref = ${personRef})`

export const tableOf = (registry: RegistryShape): string => identifier(registry.id)
