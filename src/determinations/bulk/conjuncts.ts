/** The conditions that must all hold where a whole condition does, each by itself. */
import type { Condition, ConditionNode } from '../../language/condition/condition.ts'

export const conjuncts = (node: ConditionNode): readonly ConditionNode[] =>
  node.kind === 'all' ? node.children.flatMap(conjuncts) : [node]

/** A condition of its own, which reads what it needs only. */
export function below(condition: Condition, root: ConditionNode): Condition {
  const within = (node: ConditionNode): ConditionNode[] => [
    node,
    ...(node.kind === 'leaf' ? [] : 'children' in node ? node.children.flatMap(within) : within(node.child)),
  ]
  const nodes = within(root)
  return { ...condition, root, leaves: nodes.flatMap((node) => (node.kind === 'leaf' ? [node] : [])) }
}
