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
  readonly isFormer: (slot: number) => boolean
  /** Made when they are first asked for: where the conditions alone prove enough, nobody needs them. */
  readonly links: () => Links
}

/** One space of facts of two catalogues, which grows with what is put into it. */
export interface CommonSpace {
  /** The condition of the side's catalogue (0 is before, 1 after), reading the common space. */
  readonly move: (condition: Condition, side: 0 | 1) => Condition
  /** The slot of a fact of the side's catalogue. */
  readonly slotOf: (type: FactType, side: 0 | 1) => number
  readonly space: FactSpace
  readonly domainOf: DomainOf
  /** Of a fact as the catalogue before defines it, where the one after defines it otherwise or not at all. */
  readonly isFormer: (slot: number) => boolean
  /** Of all that was put in so far. */
  readonly links: () => Links
}

/** `asOf`: day numbers on which the sides' parameters have their values, mostly the same. */
export function commonSpace(before: Catalogue, after: Catalogue, asOf: readonly [number, number], name: string): CommonSpace {
  const types: FactType[] = []
  const domains = new Map<FactType, FactDomain>()
  const slots = new Map<string, number>()
  const meanings = meaningsOf(before, after, asOf)
  const read = new Map<number, PlacedFact>()
  const former = new Set<number>()
  const sideOf = (catalogue: Catalogue, side: 0 | 1) => {
    const domainIn = catalogueDomains(catalogue, asOf[side])
    const meaning = meanings[side]
    const keyOf = (type: FactType): string =>
      JSON.stringify([type.id, type.type, type.scale, type.unit, type.codes, domainIn(type), meaning(type.id)])
    const place = (type: FactType): number => {
      const key = keyOf(type)
      const known = slots.get(key)
      if (known !== undefined) return known
      const own = { ...type }
      domains.set(own, domainIn(type))
      slots.set(key, types.length)
      if (side === 0 && !isOfAfter(key, type.id)) former.add(types.length)
      return types.push(own) - 1
    }
    return { place, keyOf, catalogue, asOf: asOf[side], slotOf: (id: string) => place(catalogue.facts.get(id) as FactType) }
  }
  const sides = [sideOf(before, 0), sideOf(after, 1)] as const
  const isOfAfter = (key: string, id: string): boolean => {
    const now = after.facts.get(id)
    return now !== undefined && sides[1].keyOf(now) === key
  }
  const slotOf = (type: FactType, side: 0 | 1): number => {
    const own = sides[side]
    const slot = own.place(type)
    if (!read.has(slot)) read.set(slot, { slot, id: type.id, side: own })
    return slot
  }
  const domainOf: DomainOf = (type) => domains.get(type) as FactDomain
  const space: FactSpace = { name, types, slot: (id) => factSpace(name, types).slot(id) }
  return {
    move: (condition, side) => {
      const { nodes, leaves } = moved(condition, (slot) => slotOf(condition.space.types[slot] as FactType, side))
      return { space, root: nodes[0] as ConditionNode, nodes, leaves }
    },
    slotOf,
    space,
    domainOf,
    isFormer: (slot) => former.has(slot),
    links: () => linksOf([...read.values()], types, domainOf),
  }
}

export function inSameSpace(before: Side, after: Side, asOf: readonly [number, number]): SameSpace {
  const { move, domainOf, isFormer, links } = commonSpace(before.catalogue, after.catalogue, asOf, before.condition.space.name)
  const [old, young] = [move(before.condition, 0), move(after.condition, 1)]
  let made: Links | null = null
  return { before: old, after: young, domainOf, isFormer, links: () => (made ??= links()) }
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
