/** What follows a registry's table that was made or changed at run time: who is sheltered by its rows, and what entities' views show of it. */
import { consumersOfGrants } from '../access/grants/grant-store.ts'
import type { Grants } from '../access/grants/open-grants.ts'
import type { Queryable } from '../db/queryable.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { ensureAddressColumns, ensureShelterSources } from '../warehouse/sheltered.ts'

/** In the transaction that changes the table: no view of it shows for a moment what is an address from now on. */
export async function followTable(client: Queryable, definition: RegistryDefinition, grants: Pick<Grants, 'reconcile'>): Promise<void> {
  await ensureShelterSources(client, [definition])
  if (!(await ensureAddressColumns(client, [definition]))) return
  for (const entity of await consumersOfGrants(client)) await grants.reconcile(client, entity)
}
