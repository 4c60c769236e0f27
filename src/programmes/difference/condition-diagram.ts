/** Conditions as decision diagrams over everything that can be known of their facts. */
import type { Condition, ConditionNode, LeafNode } from '../../language/condition/condition.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { FactValues } from '../../language/fact-space.ts'
import { diagrams, TooLarge } from './diagrams.ts'
import type { Diagram, Diagrams } from './diagrams.ts'
import type { DomainOf } from './domain.ts'
import { regionsOf } from './regions.ts'
import type { Variable } from './regions.ts'

/** How much may be tried before the answer is "too large"; both count steps, not time, so that the answer is the same everywhere. */
export interface Effort {
  readonly nodes: number
  readonly states: number
}

/** On the serving loop: some tens of milliseconds at most. */
export const SMALL_EFFORT: Effort = { nodes: 20_000, states: 60_000 }
export const LARGE_EFFORT: Effort = { nodes: 400_000, states: 400_000 }

export interface ConditionDiagrams {
  readonly of: Diagrams
  /** One of each condition that was given. */
  readonly roots: readonly Diagram[]
  readonly nodeOf: ReadonlyMap<ConditionNode, Diagram>
  /** A smallest household on which `diagram` ends so, and how many facts it states. */
  readonly smallest: (diagram: Diagram, end: number) => { readonly values: FactValues; readonly stated: number }
}

/** All conditions are over one fact space. Null where there is more to try than the effort allows. */
export function diagramsOf(conditions: readonly Condition[], domainOf: DomainOf, effort: Effort): ConditionDiagrams | null {
  const variables = regionsOf(conditions, domainOf, effort.states)
  if (variables === null) return null
  try {
    const of = diagrams(
      variables.map(({ choices }) => choices.map(({ cost }) => cost)),
      effort.nodes,
    )
    const nodeOf = new Map<ConditionNode, Diagram>()
    const leafOf = leafDiagrams(of, variables)
    const roots = conditions.map(({ root }) => build(root, of, leafOf, nodeOf))
    return { of, roots, nodeOf, smallest: smallestBy(conditions, of, variables, domainOf) }
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

/** For work on diagrams that may outgrow the effort: null then. */
export function orTooLarge<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

function leafDiagrams(of: Diagrams, variables: readonly Variable[]): ReadonlyMap<LeafNode, Diagram> {
  return new Map(
    variables.flatMap(({ leaves, choices }, variable) =>
      leaves.map((leaf, place) => [
        leaf,
        of.ofVariable(
          variable,
          choices.map(({ truths }) => truths[place] as number),
        ),
      ]),
    ),
  )
}

function build(node: ConditionNode, of: Diagrams, leafOf: ReadonlyMap<LeafNode, Diagram>, nodeOf: Map<ConditionNode, Diagram>): Diagram {
  const each = (child: ConditionNode): Diagram => build(child, of, leafOf, nodeOf)
  const made = (): Diagram => {
    switch (node.kind) {
      case 'leaf':
        return leafOf.get(node) as Diagram
      case 'definition':
        return each(node.child)
      case 'not':
        return of.not(each(node.child))
      case 'all':
      case 'any':
        // From the last on: what is added then stands above what is there, and little is built twice.
        return node.children.map(each).reduceRight(node.kind === 'all' ? of.smaller : of.greater)
    }
  }
  const diagram = made()
  nodeOf.set(node, diagram)
  return diagram
}

function smallestBy(
  [first]: readonly Condition[],
  of: Diagrams,
  variables: readonly Variable[],
  domainOf: DomainOf,
): ConditionDiagrams['smallest'] {
  const { space } = first as Condition
  return (diagram, end) => {
    const values = unknownValues(space)
    space.types.forEach((type, slot) => {
      const { fixed } = domainOf(type)
      if (fixed === undefined) return
      values.lo[slot] = fixed
      values.hi[slot] = fixed
    })
    let stated = 0
    for (const [variable, chosen] of of.cheapest(diagram, end)) {
      const { slots, choices } = variables[variable] as Variable
      const { cost, ends } = choices[chosen] as Variable['choices'][number]
      stated += cost
      ends.forEach(([lo, hi], index) => {
        values.lo[slots[index] as number] = lo
        values.hi[slots[index] as number] = hi
      })
    }
    return { values, stated }
  }
}
