/** The same rows in another physical order: what nobody may read out of a table. */
import type { Database } from '../../../src/db/database.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { tableName } from '../../../src/warehouse/registry-table.ts'

/** Everything that a run reads row by row. */
const OTHERS = ['warehouse.person', 'household', 'household_member', 'declared_answers', 'application']

/** Writes each table anew, its rows in an order that the seed draws. */
export async function rewriteTables(database: Database, seed: number): Promise<void> {
  await database.transaction(async ({ client }) => {
    // The rows come back before the transaction ends: nothing that refers to them has to be told.
    await client.query('SET LOCAL session_replication_role = replica')
    for (const table of [...OTHERS, ...loadRegistryDefinitions().map(tableName)])
      await client.query(`CREATE TEMP TABLE rewritten ON COMMIT DROP AS TABLE ${table};
        DELETE FROM ${table};
        INSERT INTO ${table} SELECT r.* FROM rewritten r ORDER BY md5(r::text || '${seed}');
        DROP TABLE rewritten`)
  })
}
