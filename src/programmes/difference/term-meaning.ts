/** A condition by what it says: the same for two that differ in names, reasons and shared definitions only. */
import type { ConditionNode } from '../../language/condition/condition.ts'

export function meaningOfNode(node: ConditionNode): unknown {
  switch (node.kind) {
    case 'leaf':
      return [node.slot, node.operator, node.operand]
    case 'definition':
      return meaningOfNode(node.child)
    case 'not':
      return { not: meaningOfNode(node.child) }
    default:
      return { [node.kind]: node.children.map(meaningOfNode) }
  }
}
