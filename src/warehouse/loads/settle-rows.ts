/** Staged rows with references for numbers, each key once by the registry's rule for conflicts, and what differs from the rows held: all outside the lock. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote, tableName } from '../registry-table.ts'
import { rejectStaged } from './reject-staged.ts'
import { kindOf } from './resolve-numbers.ts'
import type { Staging } from './staging.ts'

/** Names of the columns that tell rows apart, quoted. */
export const keyOf = ({ key }: Pick<RegistryDefinition, 'key'>): string[] => ['person_ref', ...key].map(quote)
export const freeOf = ({ columns, key }: RegistryDefinition): string[] =>
  columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quote(name))

/** Returns how many rows were refused because others of the delivery mean the same row. */
export async function settleRows(client: Queryable, definition: RegistryDefinition, staging: Staging, loadId: number): Promise<number> {
  const kind = kindOf(definition)
  const persons = definition.columns.filter(({ type }) => type === 'person').map(({ name }) => name)
  const columns = definition.columns.map(({ name, type }) =>
    type === 'person' ? `${quote(`of ${name}`)}.person_ref AS ${quote(name)}` : `raw.${quote(name)}`,
  )
  const joins = persons.map(
    (name) => `LEFT JOIN identity.identifier ${quote(`of ${name}`)} ON ${quote(`of ${name}`)}.number = raw.${quote(name)}`,
  )
  const rule = placeBy(definition)
  await client.query(
    `CREATE UNLOGGED TABLE ${staging.rows} AS
       SELECT *, ${rule} AS _place FROM (
         SELECT raw._line, own.person_ref, ${columns.join(', ')} FROM ${staging.raw} AS raw
         JOIN identity.identifier own ON own.number = raw._number ${kind === null ? '' : `AND own.kind = '${kind}'`} ${joins.join(' ')}) AS resolved
       WINDOW same AS (PARTITION BY ${keyOf(definition).join(', ')}), ordered AS (PARTITION BY ${keyOf(definition).join(', ')} ORDER BY ${orderBy(definition)})`,
  )
  const refused = await rejectStaged(client, {
    staging,
    loadId,
    reason: 'row-repeats',
    which: `JOIN ${staging.rows} s ON s._line = raw._line AND s._place > 1`,
  })
  if (refused > 0) await client.query(`DELETE FROM ${staging.rows} WHERE _place > 1`)
  await client.query(`ANALYZE ${staging.rows}`)
  return refused
}

/** Which of several rows of one key is the first, hence stands. */
function orderBy({ conflicts = 'first' }: RegistryDefinition): string {
  if (typeof conflicts === 'object') return `${quote(conflicts.latest)} DESC NULLS LAST, _line`
  return conflicts === 'last' ? '_line DESC' : '_line'
}

const placeBy = ({ conflicts = 'first' }: RegistryDefinition): string =>
  conflicts === 'refuse' ? 'CASE count(*) OVER same WHEN 1 THEN 1 ELSE 2 END' : 'row_number() OVER ordered'

/** The registry's place in the change sequence that the difference was taken at; null for a registry that was never loaded. */
export async function takeDifference(
  client: Queryable,
  definition: RegistryDefinition,
  staging: Staging,
  isFull: boolean,
): Promise<number | null> {
  const { rows } = await client.query<{ seq: number }>('SELECT seq FROM warehouse.registry_state WHERE registry = $1', [definition.id])
  const seq = rows[0]?.seq ?? null
  if (seq === null) return null
  await client.query(`CREATE UNLOGGED TABLE ${staging.differing} AS ${differing(definition, staging)}`)
  if (isFull) await client.query(`CREATE UNLOGGED TABLE ${staging.gone} AS ${gone(definition, staging)}`)
  return seq
}

function differing(definition: RegistryDefinition, { rows }: Staging): string {
  const free = freeOf(definition)
  const same = keyOf(definition)
    .map((name) => `held.${name} = s.${name}`)
    .join(' AND ')
  const changed =
    free.length === 0
      ? 'false'
      : `(${free.map((name) => `held.${name}`).join(', ')}) IS DISTINCT FROM (${free.map((name) => `s.${name}`).join(', ')})`
  return `SELECT s.*, held.person_ref IS NULL AS is_new FROM ${rows} s LEFT JOIN ${tableName(definition)} held ON ${same} WHERE held.person_ref IS NULL OR ${changed}`
}

/** Keys that the registry holds and a full delivery does not name. Nothing is taken out of persons whom a refused row speaks of: what it was to say is not known. */
export function gone(definition: RegistryDefinition, { rows, spared }: Staging): string {
  const key = keyOf(definition)
  return `SELECT ${key.map((name) => `held.${name}`).join(', ')} FROM ${tableName(definition)} held
    WHERE NOT EXISTS (SELECT FROM ${rows} s WHERE ${key.map((name) => `s.${name} = held.${name}`).join(' AND ')})
      AND NOT EXISTS (SELECT FROM ${spared} p JOIN identity.identifier i USING (number) WHERE i.person_ref = held.person_ref)`
}
