/** Families that are the same in every row of every registry but for who they are: their scores are equal to the bit. */
import type { Database } from '../../../src/db/database.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { quote, tableColumns, tableName } from '../../../src/warehouse/registry-table.ts'

/** Far enough apart that the copies stand in several parts of a snapshot. */
const HOMES_APART = 9_001

/** Copies of `families` households of several living members, each `copies` times; returns the references of the copied and their copies. */
export async function addTwinFamilies(
  database: Database,
  { families, copies }: { readonly families: number; readonly copies: number },
): Promise<readonly (readonly number[])[]> {
  return database.transaction(async ({ client }) => {
    await client.query(
      `CREATE TEMP TABLE home_copy ON COMMIT DROP AS
       SELECT old, copy, last + (row_number() OVER (ORDER BY copy, old)) * ${HOMES_APART} AS new
       FROM (SELECT household_ref AS old FROM household_member m GROUP BY 1
             HAVING count(*) >= 3 AND bool_and(valid_to IS NULL)
               AND NOT bool_or(EXISTS (SELECT FROM warehouse.cspd_death_info d WHERE d.person_ref = m.person_ref))
             ORDER BY 1 LIMIT $1) AS families,
         generate_series(1, $2) AS copy, (SELECT max(household_ref) AS last FROM household) AS greatest`,
      [families, copies],
    )
    await client.query(
      `CREATE TEMP TABLE person_copy ON COMMIT DROP AS
       SELECT c.copy, m.person_ref AS old, last + row_number() OVER (ORDER BY c.copy, m.person_ref) AS new
       FROM home_copy c JOIN household_member m ON m.household_ref = c.old, (SELECT max(person_ref) AS last FROM warehouse.person) AS greatest`,
    )
    await client.query(
      `INSERT INTO warehouse.person (person_ref, is_jordanian) SELECT c.new, p.is_jordanian FROM person_copy c JOIN warehouse.person p ON p.person_ref = c.old`,
    )
    await client.query(
      `INSERT INTO household SELECT c.new, h.basis, h.record_no || ' copy ' || c.copy FROM home_copy c JOIN household h ON h.household_ref = c.old`,
    )
    await client.query(
      `INSERT INTO household_member SELECT c.new, p.new, is_head, relationship, basis, valid_from, valid_to
       FROM home_copy c JOIN household_member m ON m.household_ref = c.old JOIN person_copy p ON p.copy = c.copy AND p.old = m.person_ref`,
    )
    for (const definition of loadRegistryDefinitions()) {
      const persons = new Set(definition.columns.filter(({ type }) => type === 'person').map(({ name }) => name))
      const names = tableColumns(definition).map(({ name }) => name)
      // A relative of the family is copied with it; one from outside stays who he is.
      const copied = names.map((name) => {
        if (name === 'person_ref') return 'c.new'
        const value = `r.${quote(name)}`
        return persons.has(name)
          ? `coalesce((SELECT k.new FROM person_copy k WHERE k.copy = c.copy AND k.old = ${value}), ${value})`
          : value
      })
      const { rowCount } = await client.query(
        `INSERT INTO ${tableName(definition)} (${names.map(quote).join(', ')})
         SELECT ${copied.join(', ')} FROM person_copy c JOIN ${tableName(definition)} r ON r.person_ref = c.old`,
      )
      await client.query('UPDATE warehouse.registry_state SET row_count = row_count + $2 WHERE registry = $1', [definition.id, rowCount])
    }
    const { rows } = await client.query<{ refs: number[] }>(
      'SELECT old || array_agg(new ORDER BY copy) AS refs FROM home_copy GROUP BY old ORDER BY old',
    )
    return rows.map(({ refs }) => refs)
  })
}
