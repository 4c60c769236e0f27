/**
 * Most rows of a full delivery are exactly as the registry holds them. One parallel pass over vault, delivery and registry sets these aside;
 * what is left is settled row by row. INVARIANT: rows that mean one row of the registry are all left, so that the rule for conflicts sees them all.
 */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { personColumns, quote, tableName } from '../registry-table.ts'
import { kindOf } from './resolve-numbers.ts'
import { freeOf, joinNamed, keyOf, resolvedColumn, resolvedRows } from './resolved-rows.ts'
import { settleAgain } from './settle-rows.ts'
import { type Staging, undivided } from './staging.ts'

/** `staged`: how many rows are in `raw`. Makes `left`, and `unnamed`: the keys that the registry holds and no row names. */
export async function setAside(client: Queryable, definition: RegistryDefinition, staging: Staging, staged: number): Promise<void> {
  await client.query(`ANALYZE ${staging.raw}`)
  const { isNew, unnamed, held } = await compare(client, definition, staging)
  await client.query(
    `CREATE UNLOGGED TABLE ${staging.left} AS SELECT ${rawColumns(definition).join(', ')} FROM ${staging.compared} WHERE _line IS NOT NULL;
     CREATE UNLOGGED TABLE ${staging.unnamed} AS SELECT ${keyOf(definition)
       .map((name, index) => `${heldKey(index)} AS ${name}`)
       .join(', ')} FROM ${staging.compared} WHERE _line IS NULL`,
  )
  // Each row of the registry is met once, or not at all, unless rows of the delivery repeat each other.
  if (staged - isNew !== held - unnamed) await leaveRepeated(client, definition, staging)
}

interface Compared {
  /** Rows of the delivery that the registry has no row for. */
  readonly isNew: number
  /** Rows of the registry that the delivery does not name, and all of them. */
  readonly unnamed: number
  readonly held: number
}

/** In one view of the database, so that the counts are of the same moment. */
async function compare(client: Queryable, definition: RegistryDefinition, { raw, compared }: Staging): Promise<Compared> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  try {
    await client.query(`CREATE UNLOGGED TABLE ${compared} AS ${otherwise(definition, raw)}`)
    const { rows } = await client.query<Compared>(
      `SELECT count(*) FILTER (WHERE ${heldKey(0)} IS NULL) AS "isNew", count(*) FILTER (WHERE _line IS NULL) AS unnamed,
         (SELECT count(*) FROM ${tableName(definition)}) AS held FROM ${compared}`,
    )
    await client.query('COMMIT')
    return rows[0] as Compared
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** Rows of the delivery that are not exactly as the registry holds them, and keys of the registry that no row names. */
function otherwise(definition: RegistryDefinition, raw: string): string {
  const kind = kindOf(definition)
  const same = ['person_ref', ...definition.key].map((name) =>
    name === 'person_ref' ? 'held.person_ref = own.person_ref' : `held.${quote(name)} = ${resolvedColumn(definition, name)}`,
  )
  const columns = definition.columns.filter(({ name }) => freeOf(definition).includes(quote(name)))
  const asHeld = [
    'raw._line IS NOT NULL',
    'held.person_ref IS NOT NULL',
    // A kind that is still to be told, or is another one, is not the registry's word yet.
    ...(kind === null ? [] : [`own.kind IS NOT DISTINCT FROM '${kind}'`]),
    ...columns.map(({ name }) => `held.${quote(name)} IS NOT DISTINCT FROM ${resolvedColumn(definition, name)}`),
    // A number that the vault does not know is not the same as none.
    ...personColumns(definition).map((name) => `(raw.${quote(name)} IS NULL OR ${resolvedColumn(definition, name)} IS NOT NULL)`),
  ]
  const keys = keyOf(definition).map((name, index) => `held.${name} AS ${heldKey(index)}`)
  return `SELECT ${rawColumns(definition)
    .map((name) => `raw.${name}`)
    .join(', ')}, ${keys.join(', ')}
    FROM ${raw} AS raw LEFT JOIN identity.identifier own ON own.number = raw._number ${joinNamed(definition)}
    FULL JOIN ${tableName(definition)} held ON ${same.join(' AND ')} WHERE NOT (${asHeld.join(' AND ')})`
}

/** A file in which one row stands twice would otherwise be taken for one in which it stands once. */
async function leaveRepeated(client: Queryable, definition: RegistryDefinition, { raw, left, repeated }: Staging): Promise<void> {
  const key = keyOf(definition).join(', ')
  const columns = rawColumns(definition)
  await client.query(
    `CREATE UNLOGGED TABLE ${repeated} AS SELECT _line FROM (
       SELECT _line, count(*) OVER (PARTITION BY ${key}) AS alike FROM (${resolvedRows(definition, raw, true)}) AS resolved) AS counted WHERE alike > 1`,
  )
  await client.query(
    `INSERT INTO ${left} SELECT ${columns.map((name) => `raw.${name}`).join(', ')} FROM ${raw} AS raw JOIN ${repeated} USING (_line)
     WHERE NOT EXISTS (SELECT FROM ${left} l WHERE l._line = raw._line)`,
  )
}

/** Whose rows something was written to since a place in the sequence: of these nothing is known to be as it was. */
const writtenSince = (definition: RegistryDefinition, seq: number): string =>
  `SELECT person_ref FROM ${tableName(definition)} WHERE seq > ${seq} UNION SELECT person_ref FROM warehouse.removed_row WHERE registry = '${definition.id}' AND seq > ${seq}`

/**
 * Puts what was set aside of such persons among the settled rows, so that it is held against the registry again. Under the lock of warehouse writes.
 * Two persons of the delivery may have become one meanwhile: the rule for conflicts is asked again. Returns how many rows it refused.
 */
export async function takeBack(
  client: Queryable,
  definition: RegistryDefinition,
  staging: Staging,
  { seq, loadId }: { readonly seq: number; readonly loadId: number },
): Promise<number> {
  const { raw, left, rows } = staging
  const persons = writtenSince(definition, seq)
  const columns = ['_line', 'person_ref', ...definition.columns.map(({ name }) => quote(name))].join(', ')
  await client.query(
    `INSERT INTO ${rows} (${columns}, _place) SELECT ${columns}, 1 FROM (${resolvedRows(definition, raw)}) AS resolved
     WHERE person_ref IN (${persons}) AND NOT EXISTS (SELECT FROM ${left} l WHERE l._line = resolved._line)`,
  )
  await client.query(
    `UPDATE ${rows} s SET person_ref = own.person_ref FROM ${left} l JOIN identity.identifier own ON own.number = l._number
     WHERE l._line = s._line AND s.person_ref <> own.person_ref AND s.person_ref IN (${persons})`,
  )
  return settleAgain(client, definition, undivided(staging), { persons, loadId })
}

/** A relation of the keys that may be named by no row when the registry was written since: those of before, and those that came. */
export const unnamedSince = (definition: RegistryDefinition, { unnamed }: Staging, seq: number): string => {
  const key = keyOf(definition).join(', ')
  return `(SELECT ${key} FROM ${unnamed} UNION SELECT ${key} FROM ${tableName(definition)} WHERE seq > ${seq})`
}

const rawColumns = ({ columns }: RegistryDefinition): string[] => ['_line', '_number', ...columns.map(({ name }) => quote(name))]
/** Names of columns that begin with _ are ours. */
const heldKey = (index: number): string => `_held_${index}`
