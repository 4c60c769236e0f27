/** Names of the nodes that decided an outcome: of leaves, groups and shared definitions alike. */
import type { Condition, ConditionNode } from '../condition/condition.ts'
import { childrenOf } from '../condition/condition.ts'

/** Names along the ways from the root to the leaves that decided; a shared definition counts by its own name too. */
export function decidingNames(condition: Condition, trace: Uint8Array): readonly string[] {
  const names = new Set<string>()
  const visit = (node: ConditionNode): void => {
    if (node.annotations.name !== undefined) names.add(node.annotations.name)
    if (node.kind === 'definition') names.add(node.refersTo)
    const isGroup = node.kind === 'all' || node.kind === 'any'
    childrenOf(node)
      .filter((child) => !isGroup || trace[child.id] === trace[node.id])
      .forEach(visit)
  }
  visit(condition.root)
  return [...names]
}
