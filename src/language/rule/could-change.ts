/** What the family could do something about: correctable facts whose correction could make it eligible, and only those. */
import { FALSE, TRUE, UNKNOWN } from '../../kernel/truth.ts'
import { childrenOf } from '../condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../condition/condition.ts'
import { isKnownAt } from '../fact-space.ts'
import type { FactType, FactValues } from '../fact-space.ts'

export interface Change {
  readonly leaf: LeafNode
  /** The fact to correct or state: the one that is compared, or what it is compared with. */
  readonly slot: number
  /** Whether the leaf itself must become true, or false because it stands under a `not`. */
  readonly positive: boolean
  /** Unknown facts are to be stated; known ones corrected, if they are wrong. */
  readonly act: 'correct' | 'provide'
  /** The group of which this is one of several ways; null when it is needed in any case. */
  readonly oneOf: number | null
}

interface Family {
  readonly condition: Condition
  readonly trace: Uint8Array
  readonly values: FactValues
  readonly isCorrectable: (factId: string) => boolean
}

/**
 * The leaves that would have to come out otherwise for the rule to hold, if facts that the family can have corrected
 * suffice; empty when the rule holds already or when something uncorrectable or protected stands in the way.
 */
export const couldChange = (family: Family): readonly Change[] => changesFor(family.condition.root, true, family) ?? []

/** Changes that would bring a node to true (or false); null when nothing correctable can. */
function changesFor(node: ConditionNode, wanted: boolean, family: Family): readonly Change[] | null {
  if (family.trace[node.id] === (wanted ? TRUE : FALSE)) return []
  if (node.kind === 'leaf') return changesOfLeaf(node, wanted, family)
  const needsAll = node.kind === 'all' ? wanted : node.kind === 'any' ? !wanted : true
  const childWanted = node.kind === 'not' ? !wanted : wanted
  const options = childrenOf(node).map((child) => changesFor(child, childWanted, family))
  if (needsAll) return options.includes(null) ? null : options.flatMap((changes) => changes ?? [])
  const open = options.filter((changes) => changes !== null)
  if (open.length < 2) return open[0] ?? null
  // The innermost choice is the one to tell of.
  return open.flat().map((change) => ({ ...change, oneOf: change.oneOf ?? node.id }))
}

function changesOfLeaf(leaf: LeafNode, positive: boolean, { condition, trace, values, isCorrectable }: Family): readonly Change[] | null {
  const free = (slot: number): boolean => {
    const type = condition.space.types[slot] as FactType
    return !type.protected && isCorrectable(type.id)
  }
  const slots = leaf.operand.kind === 'fact' ? [leaf.slot, leaf.operand.slot] : [leaf.slot]
  if (leaf.operator === 'isKnown') {
    // Nobody is asked to make something unknown.
    return isKnownAt(values, leaf.slot) || !free(leaf.slot) ? null : [{ leaf, slot: leaf.slot, positive, act: 'provide', oneOf: null }]
  }
  if (trace[leaf.id] !== UNKNOWN) {
    const slot = slots.find(free)
    return slot === undefined ? null : [{ leaf, slot, positive, act: 'correct', oneOf: null }]
  }
  const unknown = slots.filter((slot) => !isKnownAt(values, slot))
  return unknown.every(free) ? unknown.map((slot) => ({ leaf, slot, positive, act: 'provide', oneOf: null })) : null
}
