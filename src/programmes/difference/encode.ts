/**
 * Conditions as SMT-LIB text over the ends of each fact's interval: exact integers, strong Kleene, no approximation.
 * A node becomes two formulas, "is true" and "is false"; unknown is neither. Only numbers and slot numbers reach the text.
 */
import { slotsOf } from '../../language/condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../../language/condition/condition.ts'
import type { FactSpace, FactType, FactValues } from '../../language/fact-space.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { OperatorName } from '../../language/operators.ts'
import { rangeOf } from './domain.ts'
import type { DomainOf, FactDomain } from './domain.ts'
import type { Links } from './links.ts'

export interface Encoded {
  /** That the conditions read. */
  readonly slots: readonly number[]
  /** Declarations of the facts, their domains, and what definitions say of them. */
  readonly declarations: string
  /** That at most so many facts are stated. */
  readonly atMost: (count: number) => string
  /** That exactly this is known of what the conditions read. */
  readonly is: (values: FactValues) => string
  /** Names of a model's values, and the facts that they mean. */
  readonly booleans: readonly string[]
  readonly integers: readonly string[]
  readonly read: (model: readonly (readonly [string, number])[]) => FactValues
}

export interface TruthText {
  readonly isTrue: string
  readonly isFalse: string
}

export interface End {
  readonly finite: string
  readonly value: string
}

/** Facts of both conditions, each once. */
export function encodeFacts(space: FactSpace, conditions: readonly Condition[], domainOf: DomainOf, links: Links | null = null): Encoded {
  const slots = [...new Set(conditions.flatMap(slotsOf))].toSorted((a, b) => a - b)
  const domain = (slot: number): FactDomain => domainOf(space.types[slot] as FactType)
  const free = slots.filter((slot) => domain(slot).fixed === undefined)
  const declared = [...new Set([...slots, ...(links?.slots ?? [])])]
  return {
    slots,
    declarations: `${declared.map((slot) => declare(slot, space.types[slot] as FactType, domain(slot))).join('\n')}\n${links?.text ?? ''}`,
    atMost: (count) => (count >= free.length ? 'true' : `((_ at-most ${count}) ${free.map((slot) => `(or a${slot} b${slot})`).join(' ')})`),
    is: ({ lo, hi }) => and(slots.map((slot) => isKnownSo(slot, space.types[slot] as FactType, lo[slot] as number, hi[slot] as number))),
    booleans: slots.flatMap((slot) => [`a${slot}`, `b${slot}`]),
    integers: slots.flatMap((slot) => [`l${slot}`, `h${slot}`]),
    read: (model) => readModel(space, slots, new Map(model)),
  }
}

/** An unknown flag reaches from 0 to 1 here and has no ends there. */
function isKnownSo(slot: number, { type }: FactType, lo: number, hi: number): string {
  const isOpen = type === 'boolean' && lo !== hi
  const [a, b] = [!isOpen && Number.isFinite(lo), !isOpen && Number.isFinite(hi)]
  return and([a ? `a${slot} (= l${slot} ${int(lo)})` : `(not a${slot})`, b ? `b${slot} (= h${slot} ${int(hi)})` : `(not b${slot})`])
}

/** `a`, `b`: whether there is a lower, an upper end; `l`, `h`: where. An unknown flag has neither here, and reads as 0 to 1 below. */
function declare(slot: number, type: FactType, { fixed, bounded, nonNegative }: FactDomain): string {
  const [a, b, l, h] = [`a${slot}`, `b${slot}`, `l${slot}`, `h${slot}`]
  const [least, most] = rangeOf(type, nonNegative)
  const facts = [`(<= ${int(least)} ${l} ${int(most)})`, `(<= ${int(least)} ${h} ${int(most)})`]
  if (fixed !== undefined) facts.push(a, b, `(= ${l} ${h} ${int(fixed)})`)
  else if (bounded && type.type !== 'boolean' && type.type !== 'category') facts.push(`(=> (and ${a} ${b}) (<= ${l} ${h}))`)
  else facts.push(`(= ${a} ${b})`, `(= ${l} ${h})`)
  return `(declare-const ${a} Bool)(declare-const ${b} Bool)(declare-const ${l} Int)(declare-const ${h} Int)(assert (and ${facts.join(' ')}))`
}

/** The truth of a node, as two formulas. */
export const encodeTruth = (node: ConditionNode, types: readonly FactType[]): TruthText =>
  encodeTruthBy(node, (slot, multiplier) => endsOf(slot, types, multiplier))

/** The ends of a fact, times a power of ten where it is compared with one of finer scale. */
export type EndsOf = (slot: number, multiplier: number) => Ends

export function encodeTruthBy(node: ConditionNode, endsBy: EndsOf): TruthText {
  switch (node.kind) {
    case 'leaf':
      return encodeLeaf(node, endsBy)
    case 'definition':
      return encodeTruthBy(node.child, endsBy)
    case 'not': {
      const { isTrue, isFalse } = encodeTruthBy(node.child, endsBy)
      return { isTrue: isFalse, isFalse: isTrue }
    }
    case 'all':
    case 'any': {
      const each = node.children.map((child) => encodeTruthBy(child, endsBy))
      const [whenTrue, whenFalse] = node.kind === 'all' ? [and, or] : [or, and]
      return { isTrue: whenTrue(each.map(({ isTrue }) => isTrue)), isFalse: whenFalse(each.map(({ isFalse }) => isFalse)) }
    }
  }
}

export interface Ends {
  readonly lo: End
  readonly hi: End
}

function encodeLeaf(leaf: LeafNode, endsBy: EndsOf): TruthText {
  const { operand } = leaf
  if (operand.kind === 'fact')
    return compare(leaf.operator, endsBy(leaf.slot, operand.leftMultiplier), endsBy(operand.slot, operand.rightMultiplier))
  const own = endsBy(leaf.slot, 1)
  if (leaf.operator === 'isKnown') {
    const [is, isNot] = [known(own), `(not ${known(own)})`]
    return operand.values[0] === 1 ? { isTrue: is, isFalse: isNot } : { isTrue: isNot, isFalse: is }
  }
  const each = operand.values.map((value) => compare(leaf.operator, own, literal(value)))
  const isEvery = leaf.operator === 'notEqual' || leaf.operator === 'notIn'
  const [whenTrue, whenFalse] = isEvery ? [and, or] : [or, and]
  return { isTrue: whenTrue(each.map(({ isTrue }) => isTrue)), isFalse: whenFalse(each.map(({ isFalse }) => isFalse)) }
}

function compare(operator: OperatorName, x: Ends, y: Ends): TruthText {
  const same = and([known(x), known(y), `(= ${x.lo.value} ${y.lo.value})`])
  const apart = or([ordered(x.hi, '<', y.lo), ordered(x.lo, '>', y.hi)])
  switch (operator) {
    case 'lessThan':
      return { isTrue: ordered(x.hi, '<', y.lo), isFalse: ordered(x.lo, '>=', y.hi) }
    case 'lessThanInclusive':
      return { isTrue: ordered(x.hi, '<=', y.lo), isFalse: ordered(x.lo, '>', y.hi) }
    case 'greaterThan':
      return { isTrue: ordered(x.lo, '>', y.hi), isFalse: ordered(x.hi, '<=', y.lo) }
    case 'greaterThanInclusive':
      return { isTrue: ordered(x.lo, '>=', y.hi), isFalse: ordered(x.hi, '<', y.lo) }
    case 'equal':
    case 'in':
      return { isTrue: same, isFalse: apart }
    case 'notEqual':
    case 'notIn':
      return { isTrue: apart, isFalse: same }
    case 'isKnown':
      // INVARIANT: encodeLeaf has answered it; its operand is no value.
      throw new Error('isKnown compares nothing')
  }
}

/** The far ends of two intervals never satisfy an order through an end that is missing. */
const ordered = (x: End, sign: string, y: End): string => and([x.finite, y.finite, `(${sign} ${x.value} ${y.value})`])
export const known = ({ lo, hi }: Ends): string => and([lo.finite, hi.finite, `(= ${lo.value} ${hi.value})`])

export function endsOf(slot: number, types: readonly FactType[], multiplier: number): Ends {
  const times = (name: string): string => (multiplier === 1 ? name : `(* ${int(multiplier)} ${name})`)
  if (types[slot]?.type !== 'boolean') {
    return { lo: { finite: `a${slot}`, value: times(`l${slot}`) }, hi: { finite: `b${slot}`, value: times(`h${slot}`) } }
  }
  return { lo: { finite: 'true', value: `(ite a${slot} l${slot} 0)` }, hi: { finite: 'true', value: `(ite a${slot} l${slot} 1)` } }
}

const literal = (value: number): Ends => {
  const end = { finite: 'true', value: int(value) }
  return { lo: end, hi: end }
}

export const int = (value: number | bigint): string => (value < 0 ? `(- ${-BigInt(value)})` : `${BigInt(value)}`)
export const and = (parts: readonly string[]): string => (parts.length === 0 ? 'true' : `(and ${parts.join(' ')})`)
export const or = (parts: readonly string[]): string => (parts.length === 0 ? 'false' : `(or ${parts.join(' ')})`)

function readModel(space: FactSpace, slots: readonly number[], found: ReadonlyMap<string, number>): FactValues {
  const values = unknownValues(space)
  for (const slot of slots) {
    if (found.get(`a${slot}`) === 1) values.lo[slot] = found.get(`l${slot}`) as number
    if (found.get(`b${slot}`) === 1) values.hi[slot] = found.get(`h${slot}`) as number
  }
  return values
}
