/** Writes a batch's changes into one registry, under the lock of warehouse writes: what is newer than what is held, deletes as tombstones. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote, tableColumns, tableName } from '../registry-table.ts'
import type { Arriving } from './settle-batch.ts'

export interface Written {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
  readonly duplicate: number
  readonly old: number
  /** Whose rows changed, and whom those rows name or named. */
  readonly persons: readonly number[]
}

export interface WritePlace {
  readonly loadId: number
  readonly seq: number
}

export async function writeRegistry(
  client: Queryable,
  definition: RegistryDefinition,
  arriving: readonly Arriving[],
  place: WritePlace,
): Promise<Written> {
  const verdicts = await judge(client, definition, arriving)
  const newer = arriving.filter((_, index) => verdicts[index] === 'newer')
  const going = newer.filter(({ deleted }) => deleted)
  const coming = newer.filter(({ deleted }) => !deleted)
  const gone = await takeOut(client, definition, going, place)
  const { inserted, updated, persons } = await upsert(client, definition, coming, place)
  await writePositions(client, definition, newer)
  return {
    inserted,
    updated,
    deleted: gone.rows,
    unchanged: newer.length - inserted - updated - gone.rows,
    duplicate: verdicts.filter((verdict) => verdict === 'duplicate').length,
    old: verdicts.filter((verdict) => verdict === 'old').length,
    persons: [...new Set([...gone.persons, ...persons])],
  }
}

type Verdict = 'newer' | 'duplicate' | 'old'

/**
 * By the position that the row's last change had; and a change is old, too, where a delivery of a later day wrote the row, or a full one
 * spoke of the whole registry: what that one took out, or found as it was, no earlier change brings back.
 * Deliveries speak of a day, changes of a moment: of the same day, the change stands.
 */
async function judge(client: Queryable, definition: RegistryDefinition, arriving: readonly Arriving[]): Promise<Verdict[]> {
  if (arriving.length === 0) return []
  const { rows } = await client.query<{ verdict: Verdict }>(
    `SELECT CASE WHEN p.position = a.position THEN 'duplicate' WHEN p.position > a.position THEN 'old'
         WHEN l.kind <> 'changes' AND l.as_of > a.source_day THEN 'old' WHEN s.full_as_of > a.source_day THEN 'old' ELSE 'newer' END AS verdict
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::date[]${keyArrays(definition, 5)})
       WITH ORDINALITY AS a (person_ref, row_key, position, source_day${keyNames(definition)}, place)
     LEFT JOIN warehouse.change_position p ON p.registry = '${definition.id}' AND p.person_ref = a.person_ref AND p.row_key = a.row_key
     LEFT JOIN ${tableName(definition)} t ON ${sameRow(definition, 't', 'a')}
     LEFT JOIN warehouse.load l ON l.id = t.load_id
     LEFT JOIN warehouse.registry_state s ON s.registry = '${definition.id}'
     ORDER BY a.place`,
    [
      arriving.map(({ personRef }) => personRef),
      arriving.map(({ rowKey }) => rowKey),
      arriving.map(({ position }) => position),
      arriving.map(({ sourceDay }) => sourceDay),
      ...keyValues(definition, arriving),
    ],
  )
  return rows.map(({ verdict }) => verdict)
}

async function takeOut(client: Queryable, definition: RegistryDefinition, going: readonly Arriving[], { seq }: WritePlace) {
  if (going.length === 0) return { rows: 0, persons: [] }
  const { rows } = await client.query<{ persons: number[] }>(
    `DELETE FROM ${tableName(definition)} t USING unnest($1::bigint[]${keyArrays(definition, 2)}) AS a (person_ref${keyNames(definition)})
     WHERE ${sameRow(definition, 't', 'a')} RETURNING ${namedPersons(definition, ['t'])} AS persons`,
    [going.map(({ personRef }) => personRef), ...keyValues(definition, going)],
  )
  const owners = [...new Set(rows.map(({ persons }) => persons[0] as number))]
  await client.query(
    `INSERT INTO warehouse.removed_row (registry, person_ref, seq) SELECT $1, unnest($2::bigint[]), $3
     ON CONFLICT (registry, person_ref) DO UPDATE SET seq = EXCLUDED.seq`,
    [definition.id, owners, seq],
  )
  return { rows: rows.length, persons: rows.flatMap(({ persons }) => persons.filter((ref) => ref !== null)) }
}

async function upsert(client: Queryable, definition: RegistryDefinition, coming: readonly Arriving[], { loadId, seq }: WritePlace) {
  if (coming.length === 0) return { inserted: 0, updated: 0, persons: [] }
  const columns = tableColumns(definition).slice(0, -2)
  const names = columns.map(({ name }) => quote(name)).join(', ')
  const free = definition.columns.filter(({ name }) => !definition.key.includes(name)).map(({ name }) => quote(name))
  const set = [...free.map((name) => `${name} = EXCLUDED.${name}`), 'load_id = EXCLUDED.load_id', 'seq = EXCLUDED.seq'].join(', ')
  const differs = `(${free.map((name) => `held.${name}`).join(', ')}) IS DISTINCT FROM (${free.map((name) => `EXCLUDED.${name}`).join(', ')})`
  const { rows } = await client.query<{ fresh: boolean; persons: (number | null)[] }>(
    `INSERT INTO ${tableName(definition)} AS held (${names}, load_id, seq)
     SELECT ${names}, $1, $2 FROM unnest(${columns.map(({ sqlType }, index) => `$${index + 3}::${bare(sqlType)}[]`).join(', ')}) AS a (${names})
     ON CONFLICT (${['person_ref', ...definition.key].map(quote).join(', ')}) ${free.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${set} WHERE ${differs}`}
     RETURNING old.person_ref IS NULL AS fresh, ${namedPersons(definition, ['old', 'new'])} AS persons`,
    [
      loadId,
      seq,
      coming.map(({ personRef }) => personRef),
      ...definition.columns.map((_, column) => coming.map(({ values }) => values[column])),
    ],
  )
  const inserted = rows.filter(({ fresh }) => fresh).length
  return { inserted, updated: rows.length - inserted, persons: rows.flatMap(({ persons }) => persons.filter((ref) => ref !== null)) }
}

async function writePositions(client: Queryable, { id }: RegistryDefinition, newer: readonly Arriving[]): Promise<void> {
  if (newer.length === 0) return
  await client.query(
    `INSERT INTO warehouse.change_position (registry, person_ref, row_key, position, source_day, deleted)
     SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::date[], $6::boolean[])
     ON CONFLICT (registry, person_ref, row_key) DO UPDATE SET position = EXCLUDED.position, source_day = EXCLUDED.source_day, deleted = EXCLUDED.deleted`,
    [
      id,
      newer.map(({ personRef }) => personRef),
      newer.map(({ rowKey }) => rowKey),
      newer.map(({ position }) => position),
      newer.map(({ sourceDay }) => sourceDay),
      newer.map(({ deleted }) => deleted),
    ],
  )
}

const bare = (sqlType: string): string => sqlType.replace(' COLLATE "C"', '')

/** The row's own person and those that its columns name, in each of the versions of the row. */
const namedPersons = (definition: RegistryDefinition, versions: readonly string[]): string =>
  `ARRAY[${versions
    .toReversed()
    .flatMap((row) =>
      ['person_ref', ...definition.columns.filter(({ type }) => type === 'person').map(({ name }) => quote(name))].map(
        (name) => `${row}.${name}`,
      ),
    )
    .join(', ')}]`

const keyColumns = (definition: RegistryDefinition) => tableColumns(definition).filter(({ name }) => definition.key.includes(name))
const keyArrays = (definition: RegistryDefinition, from: number): string =>
  keyColumns(definition)
    .map(({ sqlType }, index) => `, $${from + index}::${bare(sqlType)}[]`)
    .join('')
const keyNames = (definition: RegistryDefinition): string =>
  keyColumns(definition)
    .map(({ name }) => `, ${quote(name)}`)
    .join('')
const keyValues = ({ columns, key }: RegistryDefinition, rows: readonly Arriving[]) =>
  columns.flatMap(({ name }, column) => (key.includes(name) ? [rows.map(({ values }) => values[column])] : []))
const sameRow = (definition: RegistryDefinition, one: string, other: string): string =>
  ['person_ref', ...definition.key].map((name) => `${one}.${quote(name)} = ${other}.${quote(name)}`).join(' AND ')
