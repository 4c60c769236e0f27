/** From a registry definition its table: person reference, the columns, load and sequence; only compatible changes are made to a table that exists. */
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { lockDefinitions } from './definitions/definition-store.ts'
import { indexName } from './definitions/registry-names.ts'
import type { RegistryDefinition } from './registry-definition.ts'
import { ensureAddressColumns, ensureShelterSources } from './sheltered.ts'

/** One column as PostgreSQL has it. */
export interface TableColumn {
  readonly name: string
  readonly sqlType: string
  readonly notNull: boolean
}

/** Makes the missing tables and adds new optional columns; any other difference is an error that names it. */
export async function ensureRegistryTables(database: Database, definitions: readonly RegistryDefinition[]): Promise<void> {
  await database.transaction(async ({ client }) => {
    await lockDefinitions(client)
    const existing = await existingColumns(client)
    const statements = definitions.flatMap((definition) => {
      const columns = existing.get(definition.id)
      return columns === undefined ? [createTable(definition), ...createKeys(definition)] : alterTable(definition, columns)
    })
    if (statements.length > 0) await client.query(statements.join(';\n'))
    await ensureShelterSources(client, definitions)
    await ensureAddressColumns(client, definitions)
  })
}

/** The table's columns in order. */
export function tableColumns(definition: RegistryDefinition): TableColumn[] {
  const own = definition.columns.map((column) => ({
    name: column.name,
    sqlType: sqlTypeOf(column),
    notNull: column.required === true || definition.key.includes(column.name),
  }))
  return [
    { name: 'person_ref', sqlType: 'bigint', notNull: true },
    ...own,
    { name: 'load_id', sqlType: 'bigint', notNull: true },
    { name: 'seq', sqlType: 'bigint', notNull: true },
  ]
}

/** Names of the columns that name other persons. */
export const personColumns = ({ columns }: Pick<RegistryDefinition, 'columns'>): string[] =>
  columns.filter(({ type }) => type === 'person').map(({ name }) => name)

/** Schema-qualified and quoted name of a registry's table. */
export const tableName = (definition: Pick<RegistryDefinition, 'id'>): string => `warehouse.${quote(definition.id)}`

/** Identifiers come from definitions, whose names are checked; quoted all the same. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Primary key and indexes, made apart from the table so that a bulk load can build them at its end. */
export function createKeys(definition: RegistryDefinition): string[] {
  const key = ['person_ref', ...definition.key].map(quote).join(', ')
  return [
    `ALTER TABLE ${tableName(definition)} ADD CONSTRAINT ${quote(`${definition.id}_pkey`)} PRIMARY KEY (${key})`,
    // What came after a place in the change sequence: such rows stand in few blocks.
    `CREATE INDEX ${quote(indexName(definition.id, ['seq']))} ON ${tableName(definition)} USING brin (seq)`,
    ...(definition.indexes ?? []).map((columns) => createIndex(definition, columns)),
  ]
}

export const createIndex = (definition: RegistryDefinition, columns: readonly string[]): string =>
  `CREATE INDEX ${quote(indexName(definition.id, columns))} ON ${tableName(definition)} (${columns.map(quote).join(', ')})`
export const dropIndex = ({ id }: RegistryDefinition, columns: readonly string[]): string =>
  `DROP INDEX IF EXISTS warehouse.${quote(indexName(id, columns))}`
export const addColumn = (definition: RegistryDefinition, column: RegistryDefinition['columns'][number]): string =>
  `ALTER TABLE ${tableName(definition)} ADD COLUMN ${quote(column.name)} ${sqlTypeOf(column)}`

/** Removes what `createKeys` made, if it is there. */
export const dropKeys = (definition: RegistryDefinition): string[] => [
  `ALTER TABLE ${tableName(definition)} DROP CONSTRAINT IF EXISTS ${quote(`${definition.id}_pkey`)}`,
  `DROP INDEX IF EXISTS warehouse.${quote(indexName(definition.id, ['seq']))}`,
  ...(definition.indexes ?? []).map((columns) => dropIndex(definition, columns)),
]

export function createTable(definition: RegistryDefinition): string {
  const columns = tableColumns(definition).map((column) => `${quote(column.name)} ${column.sqlType}${column.notNull ? ' NOT NULL' : ''}`)
  return `CREATE TABLE ${tableName(definition)} (${columns.join(', ')})`
}

function alterTable(definition: RegistryDefinition, existing: ReadonlyMap<string, string>): string[] {
  const wanted = tableColumns(definition)
  const gone = [...existing.keys()].filter((name) => !wanted.some((column) => column.name === name))
  if (gone.length > 0)
    throw new Error(
      `Registry ${definition.id}: its table has ${gone.join(', ')}, which the definition no longer has; that needs a migration`,
    )
  return wanted.flatMap((column) => {
    const type = existing.get(column.name)
    const bare = column.sqlType.replace(' COLLATE "C"', '')
    if (type === undefined && !column.notNull)
      return [`ALTER TABLE ${tableName(definition)} ADD COLUMN ${quote(column.name)} ${column.sqlType}`]
    if (type === bare) return []
    throw new Error(
      `Registry ${definition.id}, column ${column.name}: ${type ?? 'absent'} cannot become ${bare}${column.notNull ? ' not null' : ''} without a migration`,
    )
  })
}

/** Text compares by code, never by locale. */
function sqlTypeOf(column: RegistryDefinition['columns'][number]): string {
  if (column.type === 'integer' || column.type === 'person') return 'bigint'
  if (column.type === 'decimal') return `numeric(18,${column.scale ?? 0})`
  if (column.type === 'boolean' || column.type === 'date') return column.type
  return 'text COLLATE "C"'
}

async function existingColumns(client: Queryable): Promise<Map<string, Map<string, string>>> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'warehouse'::regnamespace AND c.relkind IN ('r', 'p')`,
  )
  const tables = new Map<string, Map<string, string>>()
  for (const { table, column, type } of rows) {
    const columns = tables.get(table) ?? new Map<string, string>()
    tables.set(table, columns.set(column, type))
  }
  return tables
}
