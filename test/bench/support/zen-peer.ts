/** The same rules for @gorules/zen-engine: each programme's checked condition as one expression of one compiled decision. */
import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine'
import { formatDecimal } from '../../../src/kernel/decimal.ts'
import { childrenOf } from '../../../src/language/condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../../../src/language/condition/condition.ts'
import type { FactType } from '../../../src/language/fact-space.ts'

export type ZenPeer = (facts: Readonly<Record<string, unknown>>, trace?: boolean) => Promise<Readonly<Record<string, unknown>>>

export interface ZenRule {
  readonly id: string
  readonly condition: Condition
  /** A person's rule is mapped over `members`; which facts are the person's. */
  readonly personFacts: ReadonlySet<string> | null
}

/** One decision with an expression per programme; a person's programme yields a list of truths by member. */
export function zenPeer(rules: readonly ZenRule[]): ZenPeer {
  const expressions = rules.map(({ id, condition, personFacts }) => {
    const value = expressionOf(condition.root, condition, personFacts)
    return { id, key: keyOf(id), value: personFacts ? `map(members, ${value})` : value }
  })
  const content = {
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode', position: { x: 0, y: 0 } },
      { id: 'rules', name: 'rules', type: 'expressionNode', position: { x: 1, y: 0 }, content: { expressions, passThrough: false } },
      { id: 'out', name: 'out', type: 'outputNode', position: { x: 2, y: 0 } },
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'rules' },
      { id: 'b', type: 'edge', sourceId: 'rules', targetId: 'out' },
    ],
  }
  const decision = new ZenEngine().createDecision(new ZenDecisionContent(content))
  return async (facts, trace = false) => (await decision.evaluate(facts, { trace })).result as Record<string, unknown>
}

/** Zen reads a dash as subtraction. */
export const keyOf = (programme: string): string => programme.replaceAll('-', '_')

const SIGNS: Readonly<Record<string, string>> = {
  equal: '==',
  notEqual: '!=',
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
  in: 'in',
  notIn: 'not in',
}

function expressionOf(node: ConditionNode, condition: Condition, personFacts: ReadonlySet<string> | null): string {
  if (node.kind === 'leaf') return leafExpression(node, condition, personFacts)
  const children = childrenOf(node).map((child) => expressionOf(child, condition, personFacts))
  if (node.kind === 'not') return `not (${children.join()})`
  if (node.kind === 'definition') return children.join()
  return `(${children.join(node.kind === 'all' ? ' and ' : ' or ')})`
}

function leafExpression(leaf: LeafNode, { space }: Condition, personFacts: ReadonlySet<string> | null): string {
  const type = space.types[leaf.slot] as FactType
  const name = ({ id }: FactType): string => (personFacts?.has(id) ? `#.${id}` : id)
  const sign = SIGNS[leaf.operator]
  if (sign === undefined) throw new Error(`no zen expression for ${leaf.operator}`)
  const { operand } = leaf
  if (operand.kind === 'fact') return `${name(type)} ${sign} ${name(space.types[operand.slot] as FactType)}`
  const values = operand.values.map((value) => literal(type, value))
  return `${name(type)} ${sign} ${leaf.operator === 'in' || leaf.operator === 'notIn' ? `[${values.join(', ')}]` : values.join()}`
}

function literal(type: FactType, value: number): string {
  if (type.type === 'boolean') return value === 1 ? 'true' : 'false'
  if (type.codes) return `'${type.codes[value] ?? ''}'`
  if (type.type === 'date') throw new Error('no shipped rule compares a date with a literal')
  return String(Number(formatDecimal(value, type.scale)))
}
