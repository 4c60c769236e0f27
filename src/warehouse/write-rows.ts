/** Rows into a registry's table and out of it, set by set. Whom a row named before is noted as changed; its own person is found by the row. INVARIANT: under `lockWarehouse`. */
import type { Queryable } from '../db/queryable.ts'
import type { RegistryDefinition } from './registry-definition.ts'
import { personColumns, quote, tableName } from './registry-table.ts'

export interface RowsToWrite {
  /** A table with person_ref and the registry's columns, each key once. */
  readonly source: string
  /**
   * What is known of the table's rows: `new`, it holds none of these; `told`, `is_new` of the source says which it holds, and the others differ;
   * `unknown`, it has to be asked row by row, which costs twice as much.
   */
  readonly held: 'new' | 'told' | 'unknown'
  readonly loadId: number
  readonly seq: number
  /** False: rows that are there stay as they are. */
  readonly mayOverwrite: boolean
}

interface Written {
  readonly inserted: number
  readonly updated: number
}

/** A row that is as it was keeps its place in the sequence. */
export async function writeRows(client: Queryable, definition: RegistryDefinition, rows: RowsToWrite): Promise<Written> {
  if (rows.held === 'unknown') return writeAsked(client, definition, rows)
  const inserted = await insertNew(client, definition, rows)
  return { inserted, updated: rows.held === 'told' && rows.mayOverwrite ? await updateHeld(client, definition, rows) : 0 }
}

const columnsOf = (definition: RegistryDefinition): string[] => ['person_ref', ...definition.columns.map(({ name }) => name)].map(quote)
const freeOf = ({ columns, key }: RegistryDefinition): string[] =>
  columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quote(name))

async function insertNew(client: Queryable, definition: RegistryDefinition, { source, held, loadId, seq }: RowsToWrite): Promise<number> {
  const columns = columnsOf(definition).join(', ')
  const { rowCount } = await client.query(
    `INSERT INTO ${tableName(definition)} (${columns}, load_id, seq) SELECT ${columns}, $1, $2 FROM ${source}${held === 'told' ? ' WHERE is_new' : ''}`,
    [loadId, seq],
  )
  return rowCount ?? 0
}

async function updateHeld(client: Queryable, definition: RegistryDefinition, { source, loadId, seq }: RowsToWrite): Promise<number> {
  const free = freeOf(definition)
  if (free.length === 0) return 0
  const same = ['person_ref', ...definition.key].map((name) => `held.${quote(name)} = s.${quote(name)}`).join(' AND ')
  const { rows } = await client.query<{ count: number }>(
    `WITH written AS (
       UPDATE ${tableName(definition)} AS held SET ${free.map((name) => `${name} = s.${name}`).join(', ')}, load_id = $1, seq = $2
       FROM ${source} s WHERE NOT s.is_new AND ${same}
       RETURNING ${['person_ref', ...named(definition)].map((name) => `old.${name}`).join(', ')})${noteNamed(definition, 'written', '$2')}
     SELECT count(*) FROM written`,
    [loadId, seq],
  )
  return rows[0]?.count ?? 0
}

async function writeAsked(
  client: Queryable,
  definition: RegistryDefinition,
  { source, loadId, seq, mayOverwrite }: RowsToWrite,
): Promise<Written> {
  const columns = columnsOf(definition)
  const free = freeOf(definition)
  const changes = [...free.map((name) => `${name} = EXCLUDED.${name}`), 'load_id = EXCLUDED.load_id', 'seq = EXCLUDED.seq'].join(', ')
  const differs = `(${free.map((name) => `held.${name}`).join(', ')}) IS DISTINCT FROM (${free.map((name) => `EXCLUDED.${name}`).join(', ')})`
  const { rows } = await client.query<{ inserted: number; updated: number }>(
    `WITH written AS (
       INSERT INTO ${tableName(definition)} AS held (${columns.join(', ')}, load_id, seq)
       SELECT ${columns.join(', ')}, $1, $2 FROM ${source}
       ON CONFLICT (${['person_ref', ...definition.key].map(quote).join(', ')}) ${free.length === 0 || !mayOverwrite ? 'DO NOTHING' : `DO UPDATE SET ${changes} WHERE ${differs}`}
       RETURNING held.xmax = 0 AS new${named(definition)
         .map((name) => `, old.${name}`)
         .join('')})${noteNamed(definition, 'written', '$2')}
     SELECT count(*) FILTER (WHERE new) AS inserted, count(*) FILTER (WHERE NOT new) AS updated FROM written`,
    [loadId, seq],
  )
  return rows[0] as Written
}

export interface RowsToRemove {
  /** A query of person_ref and the key's columns. */
  readonly keys: string
  readonly seq: number
}

/** Takes rows out and notes whose they were, so that replica and re-evaluation learn of it; returns how many. */
export async function writeRemoved(client: Queryable, definition: RegistryDefinition, { keys, seq }: RowsToRemove): Promise<number> {
  const same = ['person_ref', ...definition.key].map((name) => `held.${quote(name)} = gone.${quote(name)}`).join(' AND ')
  const { rows } = await client.query<{ count: number }>(
    `WITH removed AS (DELETE FROM ${tableName(definition)} held USING (${keys}) AS gone WHERE ${same} RETURNING ${['person_ref', ...named(definition)].map((name) => `held.${name}`).join(', ')})${noteNamed(definition, 'removed', '$2')},
     noted AS (INSERT INTO warehouse.removed_row (registry, person_ref, seq) SELECT $1, person_ref, $2 FROM (SELECT DISTINCT person_ref FROM removed) AS those
       ON CONFLICT (registry, person_ref) DO UPDATE SET seq = EXCLUDED.seq)
     SELECT count(*) FROM removed`,
    [definition.id, seq],
  )
  return rows[0]?.count ?? 0
}

const named = (definition: RegistryDefinition): string[] => personColumns(definition).map(quote)

/** Part of a statement: persons whom the rows of a relation name. Those of the rows themselves are found by the load (`load_to_follow`). */
function noteNamed(definition: RegistryDefinition, relation: string, seq: string): string {
  const columns = named(definition)
  if (columns.length === 0) return ''
  return `, named AS (INSERT INTO warehouse.changed_person (person_ref, civil, seq)
       SELECT DISTINCT n.person_ref, false, ${seq}::bigint FROM ${relation} CROSS JOIN LATERAL (VALUES ${columns.map((name) => `(${relation}.${name})`).join(', ')}) AS n (person_ref)
       WHERE n.person_ref IS NOT NULL ORDER BY n.person_ref ON CONFLICT (person_ref) DO UPDATE SET seq = EXCLUDED.seq)`
}
