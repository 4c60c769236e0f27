/** The plain reference: walks a condition and asks the operator table; tests hold everything faster against it. */
import { FALSE, TRUE, not } from '../../kernel/truth.ts'
import type { Truth } from '../../kernel/truth.ts'
import type { FactValues } from '../fact-space.ts'
import { operators } from '../operators.ts'
import type { Condition, ConditionNode, LeafNode } from './condition.ts'

/** The truth of a condition over one set of facts. */
export const interpret = (condition: Condition, values: FactValues): Truth => truthOfNode(condition.root, values)

/** The truth of one node over one set of facts. */
export function truthOfNode(node: ConditionNode, values: FactValues): Truth {
  switch (node.kind) {
    case 'all':
      return node.children.reduce<Truth>((least, child) => smaller(least, truthOfNode(child, values)), TRUE)
    case 'any':
      return node.children.reduce<Truth>((greatest, child) => greater(greatest, truthOfNode(child, values)), FALSE)
    case 'not':
      return not(truthOfNode(node.child, values))
    case 'definition':
      return truthOfNode(node.child, values)
    case 'leaf':
      return truthOfLeaf(node, values)
  }
}

function truthOfLeaf(leaf: LeafNode, values: FactValues): Truth {
  const { test, fold } = operators[leaf.operator]
  const { operand } = leaf
  const lo = values.lo[leaf.slot] as number
  const hi = values.hi[leaf.slot] as number
  if (operand.kind === 'fact') {
    const { slot, leftMultiplier: m, rightMultiplier: n } = operand
    return test(lo * m, hi * m, (values.lo[slot] as number) * n, (values.hi[slot] as number) * n)
  }
  const each = operand.values.map((value) => test(lo, hi, value, value))
  return fold === 'any' ? each.reduce(greater) : each.reduce(smaller)
}

const smaller = (a: Truth, b: Truth): Truth => (a < b ? a : b)
const greater = (a: Truth, b: Truth): Truth => (a > b ? a : b)
