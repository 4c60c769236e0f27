/** Rows into a registry's table and out of it, set by set. Whom a row named before is noted as changed; its own person is found by the row. INVARIANT: under `lockWarehouse`. */
import type { Queryable } from '../db/queryable.ts'
import type { RegistryDefinition } from './registry-definition.ts'
import { personColumns, quote, tableName } from './registry-table.ts'

export interface RowsToWrite {
  /** A table, or a query in brackets with an alias, with person_ref and the registry's columns, each key once. */
  readonly source: string
  readonly loadId: number
  readonly seq: number
  /** False: rows that are there stay as they are. */
  readonly mayOverwrite: boolean
}

/** A row that is as it was keeps its place in the sequence. */
export async function writeRows(
  client: Queryable,
  definition: RegistryDefinition,
  { source, loadId, seq, mayOverwrite }: RowsToWrite,
): Promise<{ readonly inserted: number; readonly updated: number }> {
  const columns = ['person_ref', ...definition.columns.map(({ name }) => name)].map(quote)
  const free = definition.columns.filter(({ name }) => !definition.key.includes(name)).map(({ name }) => quote(name))
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
  return rows[0] as { inserted: number; updated: number }
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
