/** The plain reference: walks a condition and asks the operator table; tests hold everything faster against it. */
import { FALSE, TRUE, not } from '../../kernel/truth.ts'
import type { Truth } from '../../kernel/truth.ts'
import type { FactValues } from '../fact-space.ts'
import { operators } from '../operators.ts'
import type { Condition, ConditionNode, LeafNode } from './condition.ts'

/** The truth of a condition over one set of facts. */
export const interpret = (condition: Condition, values: FactValues): Truth => truthOfNode(condition.root, values)

type TruthOfLeaf = (leaf: LeafNode, values: FactValues) => Truth

/** The truth of one node over one set of facts. */
export function truthOfNode(node: ConditionNode, values: FactValues, truthOf: TruthOfLeaf = truthOfLeaf): Truth {
  switch (node.kind) {
    case 'all':
      return node.children.reduce<Truth>((least, child) => smaller(least, truthOfNode(child, values, truthOf)), TRUE)
    case 'any':
      return node.children.reduce<Truth>((greatest, child) => greater(greatest, truthOfNode(child, values, truthOf)), FALSE)
    case 'not':
      return not(truthOfNode(node.child, values, truthOf))
    case 'definition':
      return truthOfNode(node.child, values, truthOf)
    case 'leaf':
      return truthOf(node, values)
  }
}

/** `moved`: by how many of its smallest units what the fact is compared with is raised. */
export function truthOfLeaf(leaf: LeafNode, values: FactValues, moved = 0): Truth {
  const { test, fold } = operators[leaf.operator]
  const { operand } = leaf
  const lo = values.lo[leaf.slot] as number
  const hi = values.hi[leaf.slot] as number
  if (operand.kind === 'fact') {
    const { slot, leftMultiplier: m, rightMultiplier: n } = operand
    return test(lo * m, hi * m, ((values.lo[slot] as number) + moved) * n, ((values.hi[slot] as number) + moved) * n)
  }
  const [settles, join] = fold === 'any' ? [TRUE, greater] : [FALSE, smaller]
  let truth: Truth = fold === 'any' ? FALSE : TRUE
  for (const value of operand.values) {
    truth = join(truth, test(lo, hi, value + moved, value + moved))
    if (truth === settles) return truth
  }
  return truth
}

const smaller = (a: Truth, b: Truth): Truth => (a < b ? a : b)
const greater = (a: Truth, b: Truth): Truth => (a > b ? a : b)
