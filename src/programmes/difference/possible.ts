/** Whether the facts of a witness could bind each other: computed from one another, from the same facts, or from the same registry's rows. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'

/** A fact that a witness states, and what it is computed from by definitions that were taken into account; itself where none was. */
export interface Stated {
  readonly id: string
  readonly opaque: readonly string[]
}

/**
 * Pairs of facts that no proof says can have these values together: what stands behind one and behind the other comes from the same
 * facts or the same registry's rows, in a way that was not taken into account. Parameters are given and bind nothing.
 */
export function boundPairs(catalogue: Catalogue, stated: readonly Stated[]): readonly (readonly [string, string])[] {
  const reach = new Map(stated.flatMap(({ opaque }) => opaque).map((id) => [id, reachOf(catalogue, id)]))
  const isBound = (a: string, b: string): boolean => {
    const [one, other] = [reach.get(a), reach.get(b)] as [ReadonlySet<string>, ReadonlySet<string>]
    return a !== b && [...one].some((name) => other.has(name))
  }
  return stated.flatMap((one, index) =>
    stated.slice(index + 1).flatMap((other) => {
      // A fact that changed its definition is two facts of one name.
      const isSame = one.id === other.id && (one.opaque.includes(one.id) || other.opaque.includes(one.id))
      const bound = isSame || one.opaque.some((a) => other.opaque.some((b) => isBound(a, b)))
      return bound ? [[one.id, other.id] as const] : []
    }),
  )
}

/** The fact, all that it is computed from but parameters, and the registries of which it reads rows. */
function reachOf(catalogue: Catalogue, id: string): ReadonlySet<string> {
  const facts = [...closureOf(catalogue, [id])].filter((one) => catalogue.facts.get(one)?.definition.kind !== 'parameter')
  return new Set([...facts, ...catalogue.sourcesOf(id).map((registry) => `registry ${registry}`)])
}
