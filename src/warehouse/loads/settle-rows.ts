/** Staged rows with references for numbers, each key once by the registry's rule for conflicts, and what differs from the rows held: all outside the lock. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote, tableName } from '../registry-table.ts'
import { rejectStaged } from './reject-staged.ts'
import { freeOf, keyOf, resolvedRows } from './resolved-rows.ts'
import { isDivided, type Staging } from './staging.ts'

/** Returns how many rows were refused because others of the delivery mean the same row. */
export async function settleRows(client: Queryable, definition: RegistryDefinition, staging: Staging, loadId: number): Promise<number> {
  await client.query(
    `CREATE UNLOGGED TABLE ${staging.rows} AS
       SELECT *, ${placeBy(definition)} AS _place FROM (${resolvedRows(definition, staging.left)}) AS resolved
       ${windows(definition)}`,
  )
  const refused = await refuseRepeated(client, staging, loadId)
  await client.query(`ANALYZE ${staging.rows}`)
  return refused
}

/**
 * The rule again for settled rows of the persons that a query `persons` tells, some of which came in since. Returns how many it refused more.
 * `staging` as the whole delivery, since any of its rows may be among them.
 */
export async function settleAgain(
  client: Queryable,
  definition: RegistryDefinition,
  staging: Staging,
  { persons, loadId }: { readonly persons: string; readonly loadId: number },
): Promise<number> {
  await client.query(
    `UPDATE ${staging.rows} s SET _place = again._place FROM (
       SELECT _line, ${placeBy(definition)} AS _place FROM ${staging.rows} WHERE person_ref IN (${persons}) ${windows(definition)}) again
     WHERE again._line = s._line AND again._place > 1`,
  )
  return refuseRepeated(client, staging, loadId)
}

async function refuseRepeated(client: Queryable, staging: Staging, loadId: number): Promise<number> {
  const refused = await rejectStaged(client, {
    staging,
    loadId,
    reason: 'row-repeats',
    which: `JOIN ${staging.rows} s ON s._line = raw._line AND s._place > 1`,
  })
  if (refused > 0) await client.query(`DELETE FROM ${staging.rows} WHERE _place > 1`)
  return refused
}

const windows = (definition: RegistryDefinition): string => {
  const same = `PARTITION BY ${keyOf(definition).join(', ')}`
  return `WINDOW same AS (${same}), ordered AS (${same} ORDER BY ${orderBy(definition)})`
}

/** Which of several rows of one key is the first, hence stands. */
function orderBy({ conflicts = 'first' }: RegistryDefinition): string {
  if (typeof conflicts === 'object') return `${quote(conflicts.latest)} DESC NULLS LAST, _line`
  return conflicts === 'last' ? '_line DESC' : '_line'
}

const placeBy = ({ conflicts = 'first' }: RegistryDefinition): string =>
  conflicts === 'refuse' ? 'CASE count(*) OVER same WHEN 1 THEN 1 ELSE 2 END' : 'row_number() OVER ordered'

/** What of the settled rows differs from the registry, and what a full delivery does not name. The registry was loaded before. */
export async function takeDifference(client: Queryable, definition: RegistryDefinition, staging: Staging, isFull: boolean): Promise<void> {
  await client.query(`CREATE UNLOGGED TABLE ${staging.differing} AS ${differing(definition, staging)}`)
  if (!isFull) return
  const from = isDivided(staging) ? staging.unnamed : tableName(definition)
  await client.query(`CREATE UNLOGGED TABLE ${staging.gone} AS ${gone(definition, staging, from)}`)
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

/**
 * Keys of a relation `from` that the settled rows do not name. Nothing is taken out of persons whom a refused row speaks of: what it was to say is not known.
 */
export function gone(definition: RegistryDefinition, { rows, spared }: Staging, from: string): string {
  const key = keyOf(definition)
  return `SELECT ${key.map((name) => `held.${name}`).join(', ')} FROM ${from} held
    WHERE NOT EXISTS (SELECT FROM ${rows} s WHERE ${key.map((name) => `s.${name} = held.${name}`).join(' AND ')})
      AND NOT EXISTS (SELECT FROM ${spared} p JOIN identity.identifier i USING (number) WHERE i.person_ref = held.person_ref)`
}
