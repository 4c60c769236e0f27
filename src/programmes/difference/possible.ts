/** Whether the facts of a witness could bind each other: computed from one another, from the same facts, or from the same registry's rows. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'

/**
 * Pairs of facts that no proof says can have these values together. Facts without such a pair are free of each other by how they are
 * computed, so a household with these values can be; parameters are given and bind nothing.
 */
export function boundPairs(catalogue: Catalogue, ids: readonly string[]): readonly (readonly [string, string])[] {
  const reach = new Map(ids.map((id) => [id, reachOf(catalogue, id)]))
  return ids.flatMap((one, index) =>
    ids.slice(index + 1).flatMap((other) => {
      const [a, b] = [reach.get(one), reach.get(other)] as [ReadonlySet<string>, ReadonlySet<string>]
      return [...a].some((name) => b.has(name)) ? [[one, other] as const] : []
    }),
  )
}

/** The fact, all that it is computed from but parameters, and the registries of which it reads rows. */
function reachOf(catalogue: Catalogue, id: string): ReadonlySet<string> {
  const facts = [...closureOf(catalogue, [id])].filter((one) => catalogue.facts.get(one)?.definition.kind !== 'parameter')
  return new Set([...facts, ...catalogue.sourcesOf(id).map((registry) => `registry ${registry}`)])
}
