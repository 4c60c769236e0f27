/** What of the warehouse the replica holds: every column that some fact of the catalogue reads, and what tells kin. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { ReplicatedRegistry } from '../../warehouse/replica/refresh-registry.ts'

/** Registries that stand in the replica whatever a catalogue reads: they tell who lives, and who is whose child. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  cspd_lineage: ['father_ref', 'mother_ref'],
  cspd_marriage_info: ['spouse_ref', 'end_date'],
  cspd_death_info: ['death_date'],
}

export function replicatedRegistries(catalogue: Catalogue): ReplicatedRegistry[] {
  const read = new Map(
    readsOf(catalogue, null).registries.map(({ registry, columns }) => [registry.id, new Set(columns.map(({ name }) => name))]),
  )
  for (const [id, columns] of Object.entries(ALWAYS)) read.set(id, new Set([...(read.get(id) ?? []), ...columns]))
  return [...catalogue.registries.values()].flatMap(({ id, columns }) => {
    const names = read.get(id)
    return names ? [{ id, columns: columns.filter(({ name }) => names.has(name)) }] : []
  })
}
