/** Puts conditions of two sets of versions over one space of facts: a parameter, or a fact whose definition changed, is two facts, each with its own. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { Condition, ConditionNode, LeafNode } from '../../language/condition/condition.ts'
import { factSpace } from '../../language/fact-space.ts'
import type { FactSpace, FactType } from '../../language/fact-space.ts'
import { catalogueDomains } from './domain.ts'
import type { DomainOf, FactDomain } from './domain.ts'
import { meaningsOf } from './fact-meaning.ts'
import { linksOf } from './links.ts'
import type { Links, PlacedFact } from './links.ts'

/** A condition with the catalogue that its facts are of. */
export interface Side {
  readonly condition: Condition
  readonly catalogue: Catalogue
}

export interface SameSpace {
  readonly before: Condition
  readonly after: Condition
  readonly domainOf: DomainOf
  readonly links: Links
}

/** `asOf`: day numbers on which the sides' parameters have their values, mostly the same. */
export function inSameSpace(before: Side, after: Side, asOf: readonly [number, number]): SameSpace {
  const types: FactType[] = []
  const domains = new Map<FactType, FactDomain>()
  const slots = new Map<string, number>()
  const meaning = meaningsOf(before.catalogue, after.catalogue, asOf)
  const read = new Map<number, PlacedFact>()
  const placing = ({ condition, catalogue }: Side, day: number): ((slot: number) => number) => {
    const domainOf = catalogueDomains(catalogue, day)
    const place = (type: FactType): number => {
      const domain = domainOf(type)
      const key = JSON.stringify([type.id, type.type, type.scale, type.unit, type.codes, domain, meaning(catalogue, type.id)])
      const known = slots.get(key)
      if (known !== undefined) return known
      const own = { ...type }
      domains.set(own, domain)
      slots.set(key, types.length)
      return types.push(own) - 1
    }
    const side = { catalogue, asOf: day, slotOf: (id: string) => place(catalogue.facts.get(id) as FactType) }
    return (from) => {
      const type = condition.space.types[from] as FactType
      const slot = place(type)
      if (!read.has(slot)) read.set(slot, { slot, id: type.id, side })
      return slot
    }
  }
  const root = (side: Side, day: number): { nodes: ConditionNode[]; leaves: LeafNode[] } => moved(side.condition, placing(side, day))
  const [old, young] = [root(before, asOf[0]), root(after, asOf[1])]
  const domainOf: DomainOf = (type) => domains.get(type) as FactDomain
  const links = linksOf([...read.values()], types, domainOf)
  const space: FactSpace = factSpace(before.condition.space.name, types)
  const of = ({ nodes, leaves }: { nodes: ConditionNode[]; leaves: LeafNode[] }): Condition => ({
    space,
    root: nodes[0] as ConditionNode,
    nodes,
    leaves,
  })
  return { before: of(old), after: of(young), domainOf, links }
}

/** The same nodes under the same numbers, reading other slots. */
function moved({ root }: Condition, slotOf: (slot: number) => number): { nodes: ConditionNode[]; leaves: LeafNode[] } {
  const nodes: ConditionNode[] = []
  const leaves: LeafNode[] = []
  const move = (node: ConditionNode): ConditionNode => {
    const made = madeOf(node)
    nodes[node.id] = made
    if (made.kind === 'leaf') leaves.push(made)
    return made
  }
  const madeOf = (node: ConditionNode): ConditionNode => {
    if (node.kind === 'leaf') {
      const { operand } = node
      return { ...node, slot: slotOf(node.slot), operand: operand.kind === 'fact' ? { ...operand, slot: slotOf(operand.slot) } : operand }
    }
    if ('children' in node) return { ...node, children: node.children.map(move) }
    return { ...node, child: move(node.child) }
  }
  move(root)
  return { nodes, leaves }
}
