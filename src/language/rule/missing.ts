/** Which facts would settle an undetermined condition. */
import { UNKNOWN } from '../../kernel/truth.ts'
import { childrenOf } from '../condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../condition/condition.ts'
import { isKnownAt } from '../fact-space.ts'
import type { FactType, FactValues } from '../fact-space.ts'

/**
 * Ids of the unknown facts in unknown leaves that no decided node stands above, each once, in the rule's order.
 * `unknownInputs` expands a derived fact to the unknown facts it is made of; without any, the fact stands for itself.
 */
export function missingFacts(
  condition: Condition,
  trace: Uint8Array,
  values: FactValues,
  unknownInputs: (factId: string) => readonly string[] = () => [],
): readonly string[] {
  const missing = new Set<string>()
  for (const leaf of undecidedLeaves(condition.root, trace)) {
    const slots = leaf.operand.kind === 'fact' ? [leaf.slot, leaf.operand.slot] : [leaf.slot]
    for (const slot of slots.filter((s) => !isKnownAt(values, s))) {
      const { id } = condition.space.types[slot] as FactType
      const inputs = unknownInputs(id)
      for (const input of inputs.length > 0 ? inputs : [id]) missing.add(input)
    }
  }
  return [...missing]
}

/** Unknown leaves whose every ancestor is unknown too: settling one of the others changes nothing. */
export function undecidedLeaves(node: ConditionNode, trace: Uint8Array): readonly LeafNode[] {
  if (trace[node.id] !== UNKNOWN) return []
  return node.kind === 'leaf' ? [node] : childrenOf(node).flatMap((child) => undecidedLeaves(child, trace))
}
