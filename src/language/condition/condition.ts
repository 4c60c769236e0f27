/** The checked form of a condition: every name resolved to a slot, every literal an exact integer, every node numbered. */
import type { FactSpace, Words } from '../fact-space.ts'
import type { OperatorName } from '../operators.ts'

export interface Annotations {
  readonly name?: string
  readonly because?: Words
  readonly citation?: string
}

interface Place {
  /** Position in pre-order, after definitions are put in; also the node's place in a trace. */
  readonly id: number
  /** Pointer into the text that holds the node. */
  readonly pointer: string
  /** The shared definition whose text holds the node; null for the rule's own text. */
  readonly definition: string | null
  readonly annotations: Annotations
}

export interface GroupNode extends Place {
  readonly kind: 'all' | 'any'
  readonly children: readonly ConditionNode[]
}

export interface NotNode extends Place {
  readonly kind: 'not'
  readonly child: ConditionNode
}

/** A reference to a shared definition, with the definition put in below it. */
export interface DefinitionNode extends Place {
  readonly kind: 'definition'
  readonly refersTo: string
  readonly child: ConditionNode
}

/**
 * What a fact is compared with. Literals are in the fact's own scale (a flag is 0 or 1). Of two facts with different
 * scales the coarser is multiplied by a power of ten before comparing; the product of an integer below 2^53 rounds
 * monotonically, so that a comparison with an integer below 2^53 stays exact even where the product does not.
 */
export type Operand =
  | { readonly kind: 'literals'; readonly values: readonly number[] }
  | { readonly kind: 'fact'; readonly slot: number; readonly leftMultiplier: number; readonly rightMultiplier: number }

export interface LeafNode extends Place {
  readonly kind: 'leaf'
  readonly slot: number
  readonly operator: OperatorName
  readonly operand: Operand
}

export type ConditionNode = GroupNode | NotNode | DefinitionNode | LeafNode

export interface Condition {
  readonly space: FactSpace
  readonly root: ConditionNode
  /** All nodes by id. */
  readonly nodes: readonly ConditionNode[]
  readonly leaves: readonly LeafNode[]
}

/** The nodes directly below a node. */
export function childrenOf(node: ConditionNode): readonly ConditionNode[] {
  if (node.kind === 'leaf') return []
  return 'children' in node ? node.children : [node.child]
}

/** Slots that the condition reads, each once, in order of first use. */
export function slotsOf(condition: Condition): readonly number[] {
  const slots = new Set<number>()
  for (const leaf of condition.leaves) {
    slots.add(leaf.slot)
    if (leaf.operand.kind === 'fact') slots.add(leaf.operand.slot)
  }
  return [...slots]
}
