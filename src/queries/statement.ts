/** A statement and what its placeholders stand for; the text is made of definitions' names, checked literals and fixed words. */
import type { CheckedCommon, QueryParameter } from './checked-query.ts'
import type { QueryColumn } from './granted-columns.ts'
import { conditionSql } from '../language/condition/sql.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { quote, tableName } from '../warehouse/registry-table.ts'

/** What is put in when the statement is sent: a parameter of the query, programmes whose applicants may be read, the secret of the noise, persons whose addresses are kept from others. */
export type Binding =
  | { readonly kind: 'parameter'; readonly parameter: QueryParameter }
  | { readonly kind: 'programmes'; readonly programmes: readonly string[] }
  | { readonly kind: 'noise' }
  | { readonly kind: 'sheltered' }

export interface Statement {
  readonly text: string
  /** Of `$1`, `$2`, ... */
  readonly bindings: readonly Binding[]
}

/** Collects what placeholders stand for; the same thing twice is one placeholder. */
export interface Placeholders {
  readonly of: (binding: Binding, sqlType: string) => string
  readonly bindings: readonly Binding[]
}

export function placeholders(): Placeholders {
  const bindings: Binding[] = []
  const isSame = (a: Binding, b: Binding): boolean =>
    a.kind === 'parameter' && b.kind === 'parameter' ? a.parameter.id === b.parameter.id : a.kind === b.kind && a.kind !== 'programmes'
  return {
    bindings,
    of(binding, sqlType) {
      const found = bindings.findIndex((known) => isSame(known, binding))
      return `CAST($${found >= 0 ? found + 1 : bindings.push(binding)} AS ${sqlType})`
    },
  }
}

const alias = (query: CheckedCommon, registry: RegistryDefinition): string =>
  `r${query.registries.findIndex(({ id }) => id === registry.id)}`

/** INVARIANT: names come from registry definitions, by constant objects; what somebody wrote only ever chose among them. */
function plainColumn(query: CheckedCommon, { registry, column }: QueryColumn): string {
  return `${alias(query, registry)}.${quote(column.name)}`
}

/**
 * A column as it is shown, compared, grouped and ordered by: of a sheltered person an address is NULL everywhere, as if it were not known,
 * so that neither a condition nor an order can be made to tell it.
 */
export function columnSql(query: CheckedCommon, column: QueryColumn, given: Placeholders): string {
  const plain = plainColumn(query, column)
  if (column.column.address !== true) return plain
  return `(CASE WHEN ${PERSON} = ANY (${given.of({ kind: 'sheltered' }, 'bigint[]')}) THEN NULL ELSE ${plain} END)`
}

export const PERSON = 'r0.person_ref'

/** FROM and WHERE: each registry joined to the first by person, the condition, and whose rows may be read. */
export function sourceSql(query: CheckedCommon, given: Placeholders, scopes: readonly string[]): string {
  const [base, ...joined] = query.registries as [RegistryDefinition, ...RegistryDefinition[]]
  const person = query.parameters.find(({ kind }) => kind === 'person')
  const restrictions = [
    ...(person ? [`${PERSON} = ${given.of({ kind: 'parameter', parameter: person }, 'bigint')}`] : []),
    ...scopes,
    ...(query.where ? [conditionSql(query.where, 'postgresql', (slot) => ({ value: factSql(query, slot, given) }))] : []),
  ]
  return [
    `FROM ${tableName(base)} AS r0`,
    ...joined.map((registry, index) => `LEFT JOIN ${tableName(registry)} AS r${index + 1} ON r${index + 1}.person_ref = ${PERSON}`),
    ...(restrictions.length > 0 ? [`WHERE ${restrictions.join('\n  AND ')}`] : []),
  ].join('\n')
}

function factSql(query: CheckedCommon, slot: number, given: Placeholders): string {
  const fact = query.facts[slot] as QueryColumn | QueryParameter
  if (!('kind' in fact)) return columnSql(query, fact, given)
  return given.of({ kind: 'parameter', parameter: fact }, fact.kind === 'person' ? 'bigint' : sqlTypeOf(fact))
}

function sqlTypeOf({ type }: QueryParameter & { readonly kind: 'value' }): string {
  if (type.type === 'integer') return 'bigint'
  if (type.type === 'decimal') return `numeric(18,${type.scale})`
  return type.type === 'category' ? 'text' : type.type
}
