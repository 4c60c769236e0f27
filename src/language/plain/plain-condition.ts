/** A condition in words, of no particular household: the same requirements that explanations tell. */
import { childrenOf } from '../condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../condition/condition.ts'
import type { Definitions } from '../condition/definition.ts'
import type { FactType } from '../fact-space.ts'
import { say } from '../messages.ts'
import type { Voice } from '../messages.ts'
import type { AmountOf } from '../rule/requirement.ts'
import { describeRequirement } from '../rule/requirement.ts'
import { plain } from './plain-text.ts'
import type { PlainNode } from './plain-text.ts'

/** What conditions refer to. */
export interface Referred {
  readonly definitions: Definitions
  readonly amountOf: AmountOf
}

/** Nodes under a `not` are told turned round, as in explanations, so that each line reads by itself. */
export function tellCondition({ root, space }: Condition, { definitions, amountOf }: Referred, how: Voice): PlainNode {
  const tellLeaf = (leaf: LeafNode, positive: boolean): string => {
    const type = space.types[leaf.slot] as FactType
    return say(how, 'plain.leaf', {
      label: type.label[how.language],
      requirement: describeRequirement(leaf, positive, space.types, amountOf, how),
    })
  }
  const tell = (node: ConditionNode, positive: boolean): PlainNode => {
    const { because, citation = null } = node.annotations
    if (node.kind === 'leaf') return plain(explained(tellLeaf(node, positive), because?.[how.language], how), [], citation)
    if (node.kind === 'not' && !because && citation === null) return tell(node.child, !positive)
    const children = childrenOf(node).map((child) => tell(child, node.kind === 'not' ? !positive : positive))
    return plain(explained(titleOf(node, positive), because?.[how.language], how), children, citation)
  }
  const titleOf = (node: ConditionNode, positive: boolean): string => {
    const shared = node.kind === 'definition' ? definitions.get(node.refersTo)?.label[how.language] : undefined
    if (shared !== undefined) return positive ? shared : say(how, 'group.negated', { label: shared })
    return say(
      how,
      node.kind === 'any' ? (positive ? 'group.any' : 'group.all') : node.kind === 'all' && !positive ? 'group.any' : 'group.all',
    )
  }
  return tell(root, true)
}

const explained = (text: string, because: string | undefined, how: Voice): string =>
  because === undefined ? text : say(how, 'plain.because', { text, because })
