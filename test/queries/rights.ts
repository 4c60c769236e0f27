/** Rights for tests: columns by registry, and one row scope for all. */
import type { ReadRights, RowScope } from '../../src/access/grants/read-rights.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'

export const definitions = loadRegistryDefinitions()

/** Every column of the registries named, or only those named after a registry. */
export function rightsTo(entity: string, columns: Readonly<Record<string, readonly string[] | 'all'>>, scope: RowScope): ReadRights {
  const granted = new Map(
    Object.entries(columns).map(([registry, names]) => [
      registry,
      new Set(names === 'all' ? definitions.find(({ id }) => id === registry)?.columns.map(({ name }) => name) : names),
    ]),
  )
  return {
    entity,
    columns: (registry) => granted.get(registry) ?? new Set(),
    facts: new Set(),
    decideOnly: new Set(),
    rowScope: (registry) => (granted.has(registry) ? scope : { kind: 'none' }),
  }
}
