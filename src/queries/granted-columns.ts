/** The columns that an entity may use in queries: objects of registry definitions, never what somebody wrote. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import { problem } from '../kernel/problem.ts'
import type { RegistryColumn, RegistryDefinition } from '../warehouse/registry-definition.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { namedColumns } from './named-columns.ts'
import { hidden } from './text-faults.ts'

export interface QueryColumn {
  /** `registry.column` */
  readonly id: string
  readonly registry: RegistryDefinition
  readonly column: RegistryColumn
}

export interface Granted {
  readonly registries: ReadonlyMap<string, RegistryDefinition>
  readonly columns: ReadonlyMap<string, QueryColumn>
}

/** What is both defined and granted. */
export function grantedColumns(definitions: readonly RegistryDefinition[], rights: ReadRights): Granted {
  const registries = new Map<string, RegistryDefinition>()
  const columns = new Map<string, QueryColumn>()
  for (const registry of definitions) {
    const allowed = rights.columns(registry.id)
    for (const column of registry.columns) {
      if (!allowed.has(column.name)) continue
      const id = `${registry.id}.${column.name}`
      registries.set(registry.id, registry)
      columns.set(id, { id, registry, column })
    }
  }
  return { registries, columns }
}

/**
 * INVARIANT: one answer for what is not granted and what is not there, given before any other word about either:
 * it depends on the names that were sent and on the grants, and on nothing else.
 */
export function assertGranted(definition: QueryDefinition, { registries, columns }: Granted): void {
  const refused = [
    ...definition.registries.flatMap((id, index) => (registries.has(id) ? [] : [`/registries/${index}`])),
    ...namedColumns(definition).flatMap(({ id, pointer }) => (columns.has(id) ? [] : [pointer])),
  ]
  const [pointer] = refused
  if (pointer !== undefined) throw problem('query-not-granted', { pointer: hidden(pointer) })
}
