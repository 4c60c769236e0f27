import type { Catalogue, CatalogueFact, Entity } from '../catalogue.ts'

/**
 * Facts of one entity by level: level 0 reads tables only, level n reads facts of lower levels. Computed facts (scores,
 * ranks, programme statuses) come after the facts and have no level.
 */
export function levelsOf(catalogue: Catalogue, entity: Entity, wanted: (fact: CatalogueFact) => boolean = () => true): CatalogueFact[][] {
  const level = new Map<string, number>()
  const levels: CatalogueFact[][] = []
  for (const fact of catalogue.order[entity]) {
    if (!inSql(fact)) continue
    const own = fact.inputs.filter((id) => catalogue.facts.get(id)?.entity === entity)
    const { definition } = fact
    const overPersons = definition.kind === 'aggregate' && definition.over.kind === 'relatives'
    const readsFacts = entity === 'person' ? fact.inputs.length > 0 || overPersons : own.length > 0
    const at = readsFacts ? 1 + Math.max(0, ...own.map((id) => level.get(id) ?? 0)) : 0
    level.set(fact.id, at)
    if (!wanted(fact)) continue
    ;(levels[at] ??= []).push(fact)
  }
  return Array.from(levels, (facts) => facts ?? [])
}

export const inSql = ({ definition }: CatalogueFact): boolean => definition.kind !== 'computed' && definition.kind !== 'programmeStatus'

export const readsRelativesAnywhere = ({ definition }: CatalogueFact): boolean =>
  definition.kind === 'aggregate' && definition.over.kind === 'relatives' && definition.over.within === 'anywhere'

/** A fact and all it is computed from. */
export function closureOf(catalogue: Catalogue, ids: Iterable<string>): ReadonlySet<string> {
  const closure = new Set<string>()
  const visit = (id: string): void => {
    if (closure.has(id)) return
    closure.add(id)
    for (const input of catalogue.facts.get(id)?.inputs ?? []) visit(input)
  }
  for (const id of ids) visit(id)
  return closure
}
