/** How a delivery yields to changes: rows that a change of the delivery's day or later wrote or took out are not touched by it. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote } from '../registry-table.ts'

/** Takes such rows out of `staged` (person_ref and the columns); they count as unchanged. Call it under the lock of warehouse writes. */
export async function yieldToChanges(client: Queryable, definition: RegistryDefinition, asOf: string, staged = 'staged'): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM ${staged} s USING warehouse.change_position p
     WHERE p.registry = $1 AND p.source_day >= $2::date AND p.person_ref = s.person_ref AND p.row_key = ${rowKeyOf(definition, 's')}`,
    [definition.id, asOf],
  )
  return rowCount ?? 0
}

/** A condition on a row `row` of the registry's table: a full delivery of that day (an SQL expression) may take it out. */
export const mayBeTakenOut = (definition: RegistryDefinition, row: string, asOf: string): string =>
  `NOT EXISTS (SELECT FROM warehouse.change_position p WHERE p.registry = '${definition.id}' AND p.source_day >= ${asOf}
     AND p.person_ref = ${row}.person_ref AND p.row_key = ${rowKeyOf(definition, row)})`

/** The same text that a change's row has: a JSON array of texts. */
const rowKeyOf = ({ key }: RegistryDefinition, row: string): string =>
  key.length === 0 ? `'[]'` : `'[' || concat_ws(',', ${key.map((name) => `to_json(${row}.${quote(name)}::text)::text`).join(', ')}) || ']'`
