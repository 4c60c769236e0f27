/** The registry columns that a fact comes from, all the way down, those by which relatives are found among them. */
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { RegistryColumn, RegistryShape } from '../../language/catalogue/registry-shape.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'

export interface RegistryColumnsRead {
  readonly registry: RegistryShape
  /** Of a registry whose rows are only counted there are none. */
  readonly columns: readonly RegistryColumn[]
}

const known = new WeakMap<Catalogue, Map<string, readonly RegistryColumnsRead[]>>()

/** In order of the registries' ids. */
export function columnsRead(catalogue: Catalogue, fact: string): readonly RegistryColumnsRead[] {
  const facts = known.get(catalogue) ?? new Map<string, readonly RegistryColumnsRead[]>()
  known.set(catalogue, facts)
  const found = facts.get(fact) ?? columnsOfFacts(catalogue, closureOf(catalogue, [fact]))
  facts.set(fact, found)
  return found
}

/** Of facts that are given with all they are computed from. */
export function columnsOfFacts(catalogue: Catalogue, closure: ReadonlySet<string>): RegistryColumnsRead[] {
  const { registries, foundBy } = readsOf(catalogue, closure)
  const read = new Map(registries.map(({ registry, columns }) => [registry.id, new Set(columns)]))
  for (const id of foundBy) {
    const columns = read.get(id) ?? new Set()
    read.set(id, columns)
    for (const column of catalogue.registries.get(id)?.columns ?? []) if (column.type === 'person') columns.add(column)
  }
  return [...read]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, columns]) => {
      const registry = catalogue.registries.get(id)
      return registry ? [{ registry, columns: registry.columns.filter((column) => columns.has(column)) }] : []
    })
}
