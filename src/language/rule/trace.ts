/** Traces: the truth of every node of a rule, stored as one digit each and merged onto the rule's own tree when read. */
import { not, truthName, UNKNOWN } from '../../kernel/truth.ts'
import type { Truth } from '../../kernel/truth.ts'
import { childrenOf } from '../condition/condition.ts'
import type { Condition, ConditionNode } from '../condition/condition.ts'

export interface TraceNode {
  readonly id: number
  readonly kind: ConditionNode['kind']
  readonly pointer: string
  /** Shared definition whose text the pointer points into; null for the rule's own. */
  readonly definition: string | null
  readonly name: string | null
  readonly truth: 'false' | 'unknown' | 'true'
  readonly children: readonly TraceNode[]
}

export const newTrace = (condition: Condition): Uint8Array => new Uint8Array(condition.nodes.length)

const DIGIT_ZERO = 48

/** `[2, 1, 0]` → `"210"`. A join took three times as long, a third of what judging a household costs. */
export function traceText(trace: Uint8Array): string {
  const codes: number[] = []
  for (const truth of trace) codes.push(DIGIT_ZERO + truth)
  return String.fromCharCode(...codes)
}

/** The reverse of `traceText`; null when the text does not belong to this condition. */
export function traceOf(condition: Condition, text: string): Uint8Array | null {
  return text.length === condition.nodes.length && /^[012]+$/.test(text) ? Uint8Array.from(text, Number) : null
}

/** The rule's own tree with the truth of each node. */
export function traceTree(condition: Condition, trace: Uint8Array, node: ConditionNode = condition.root): TraceNode {
  return {
    id: node.id,
    kind: node.kind,
    pointer: node.pointer,
    definition: node.definition,
    name: node.annotations.name ?? (node.kind === 'definition' ? node.refersTo : null),
    truth: truthName(trace[node.id] as Truth),
    children: childrenOf(node).map((child) => traceTree(condition, trace, child)),
  }
}

/** Ids of the leaves that decided the outcome: those whose truth reached the root through every node above them. */
export function decidingLeaves(condition: Condition, trace: Uint8Array): readonly number[] {
  const found: number[] = []
  const visit = (node: ConditionNode): void => {
    if (node.kind === 'leaf') found.push(node.id)
    else if ('children' in node) node.children.filter((child) => trace[child.id] === trace[node.id]).forEach(visit)
    else visit(node.child)
  }
  visit(condition.root)
  return found
}

/**
 * The trace as it would be if nothing were known of some facts: their leaves are unknown, also for `isKnown`, and what stands above
 * follows from the others. Whatever is told from it is the same for all values of those facts.
 */
export function maskedTrace(condition: Condition, trace: Uint8Array, isWithheld: (factId: string) => boolean): Uint8Array {
  const { types } = condition.space
  const masked = trace.slice()
  const at = (node: ConditionNode): Truth => masked[node.id] as Truth
  // In pre-order every node stands before those below it.
  for (const node of condition.nodes.toReversed()) {
    if (node.kind === 'leaf') {
      const slots = node.operand.kind === 'fact' ? [node.slot, node.operand.slot] : [node.slot]
      if (slots.some((slot) => isWithheld(types[slot]?.id ?? ''))) masked[node.id] = UNKNOWN
    } else if (node.kind === 'not') masked[node.id] = not(at(node.child))
    else if (node.kind === 'definition') masked[node.id] = at(node.child)
    else {
      const truths = node.children.map(at)
      masked[node.id] = node.kind === 'all' ? Math.min(...truths) : Math.max(...truths)
    }
  }
  return masked
}
