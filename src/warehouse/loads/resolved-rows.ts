/** The query of delivered rows with references for numbers, and the names of a registry's columns as its statements need them. */
import type { RegistryDefinition } from '../registry-definition.ts'
import { personColumns, quote } from '../registry-table.ts'
import { kindOf } from './resolve-numbers.ts'

/** Names of the columns that tell rows apart, quoted. */
export const keyOf = ({ key }: Pick<RegistryDefinition, 'key'>): string[] => ['person_ref', ...key].map(quote)
export const freeOf = ({ columns, key }: RegistryDefinition): string[] =>
  columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quote(name))

/** How a delivered row `raw` is joined to the vault: `own` is whom it is about, `of <column>` whom a column names. */
export const namedOf = (name: string): string => quote(`of ${name}`)
export const joinNamed = (definition: RegistryDefinition): string =>
  personColumns(definition)
    .map((name) => `LEFT JOIN identity.identifier ${namedOf(name)} ON ${namedOf(name)}.number = raw.${quote(name)}`)
    .join(' ')

/** A column of a delivered row as the registry holds it. */
export const resolvedColumn = ({ columns }: RegistryDefinition, name: string): string =>
  columns.some((column) => column.name === name && column.type === 'person') ? `${namedOf(name)}.person_ref` : `raw.${quote(name)}`

/** Of the rows of a table whose number the vault knows: line, person and columns. `ofAnyKind`: also those whose number is known to be of another kind. */
export function resolvedRows(definition: RegistryDefinition, table: string, ofAnyKind = false): string {
  const kind = ofAnyKind ? null : kindOf(definition)
  const columns = definition.columns.map(({ name }) => `${resolvedColumn(definition, name)} AS ${quote(name)}`)
  return `SELECT raw._line, ${['own.person_ref', ...columns].join(', ')} FROM ${table} AS raw
    JOIN identity.identifier own ON own.number = raw._number ${kind === null ? '' : `AND own.kind = '${kind}'`} ${joinNamed(definition)}`
}
