/** Deliveries that change a row of some persons, as a registry's own would: what a run has to take over between two lists. */
import type { Database } from '../../../src/db/database.ts'
import { loadDelivery } from '../../../src/warehouse/load.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'

/** Registries that rules and scores read: a column to raise, and what tells the latest row. */
const REGISTRIES: readonly (readonly [registry: string, column: string, latest: string])[] = [
  ['ssc_salaries', 'gross_wage', 'salary_month'],
  ['dvld_car_info', 'model_year', 'licence_expiry'],
]

/** Changes one row each of about `persons` persons, spread over all; returns how many rows moved. */
export async function changePersons(
  database: Database,
  persons: number,
  { asOf, name }: { readonly asOf: string; readonly name: string },
): Promise<number> {
  let changed = 0
  for (const [registry, column, latest] of REGISTRIES) {
    const definition = loadRegistryDefinitions().find(({ id }) => id === registry)
    if (!definition) throw new Error(`no registry ${registry}`)
    const columns = definition.columns.map((one) => (one.type === 'person' ? `NULL AS "${one.name}"` : `r."${one.name}"`))
    const wanted = Math.ceil(persons / REGISTRIES.length)
    const { rows } = await database.pool.query<Record<string, unknown>>(
      `SELECT i.number AS national_number, ${columns.join(', ')} FROM (
         SELECT DISTINCT ON (person_ref) * FROM warehouse.${registry} WHERE hashint8(person_ref) % greatest(1, (SELECT count(DISTINCT person_ref) / ${wanted} FROM warehouse.${registry})) = 0
         ORDER BY person_ref, "${latest}" DESC) r
       JOIN identity.identifier i USING (person_ref) WHERE i.superseded_by IS NULL AND r."${column}" IS NOT NULL LIMIT ${wanted}`,
    )
    const moved = rows.map((row) => ({
      ...row,
      [column]: typeof row[column] === 'number' ? Number(row[column]) - 1 : raised(String(row[column])),
    }))
    const { inserted, updated } = await loadDelivery(database, definition, { id: `${name} ${registry}`, asOf, rows: moved })
    changed += inserted + updated
  }
  return changed
}

const raised = (amount: string): string => `${Number.parseInt(amount, 10) + 1}${amount.replace(/^-?\d+/, '')}`
