/**
 * json-rules-engine judges the same rule independently: a pair of rules in negation normal form, one of which fires when
 * eligible, the other when ineligible; neither fires when undetermined. It imports nothing from our operator table.
 */
import { Engine } from 'json-rules-engine'
import type { RuleProperties } from 'json-rules-engine'
import type { Truth } from '../../kernel/truth.ts'
import { childrenOf, slotsOf } from '../condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../condition/condition.ts'
import type { FactType, FactValues } from '../fact-space.ts'

/** Judges all rules of one space over one set of facts; rejects when both rules of a pair fire. */
export type SecondOpinion = (values: FactValues) => Promise<ReadonlyMap<string, Truth>>

/** Numbers are bigints of micro-units whatever their scale, categories their codes, dates day numbers; null is unknown. */
type Exact = bigint | number | string | null
interface Interval {
  readonly lo: Exact
  readonly hi: Exact
}
type Json = Record<string, unknown>
type Comparator = (a: Exact, b: unknown) => boolean

const MICRO = 6

/** Prepares the engine once; each run works on an object of its own, because an Engine's runs disturb one another. */
export function secondOpinion(rules: ReadonlyMap<string, Condition>): SecondOpinion {
  const engine = new Engine([], { replaceFactsInEventParams: false })
  registerGuarded(engine)
  const types = new Map<number, FactType>()
  for (const [name, condition] of rules) {
    for (const slot of slotsOf(condition)) types.set(slot, condition.space.types[slot] as FactType)
    engine.addRule(ruleOf(`${name}:2`, normalForm(condition.root, true, condition)))
    engine.addRule(ruleOf(`${name}:0`, normalForm(condition.root, false, condition)))
  }
  ;(engine as unknown as { prioritizeRules: () => void }).prioritizeRules()
  return async (values) => {
    const facts: Record<string, Interval> = {}
    for (const [slot, type] of types) facts[type.id] = intervalOf(type, values.lo[slot] as number, values.hi[slot] as number)
    const run = Object.create(engine as object) as Engine
    const { events } = await run.run(facts)
    return readOpinions(rules.keys(), new Set(events.map((event) => event.type)))
  }
}

function readOpinions(names: Iterable<string>, fired: ReadonlySet<string>): ReadonlyMap<string, Truth> {
  const opinions = new Map<string, Truth>()
  for (const name of names) {
    const eligible = fired.has(`${name}:2`)
    const ineligible = fired.has(`${name}:0`)
    if (eligible && ineligible) throw new Error(`the second opinion found ${name} both eligible and ineligible`)
    opinions.set(name, eligible ? 2 : ineligible ? 0 : 1)
  }
  return opinions
}

const ruleOf = (type: string, conditions: Json): RuleProperties =>
  ({
    conditions: 'all' in conditions || 'any' in conditions ? conditions : { all: [conditions] },
    event: { type },
  }) as unknown as RuleProperties

const OPPOSITE: Readonly<Record<string, string>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  lessThan: 'greaterThanInclusive',
  greaterThanInclusive: 'lessThan',
  greaterThan: 'lessThanInclusive',
  lessThanInclusive: 'greaterThan',
  in: 'notIn',
  notIn: 'in',
}

/** Pushes negation down to the leaves, where it becomes the opposite operator: engines have no unknown to negate. */
function normalForm(node: ConditionNode, positive: boolean, condition: Condition): Json {
  if (node.kind === 'leaf') return leafOf(node, positive, condition)
  const children = childrenOf(node)
  if (node.kind === 'not') return normalForm(children[0] as ConditionNode, !positive, condition)
  if (node.kind === 'definition') return normalForm(children[0] as ConditionNode, positive, condition)
  const kind = (node.kind === 'all') === positive ? 'all' : 'any'
  return { [kind]: children.map((child) => normalForm(child, positive, condition)) }
}

function leafOf(leaf: LeafNode, positive: boolean, { space }: Condition): Json {
  const type = space.types[leaf.slot] as FactType
  const { operand } = leaf
  if (leaf.operator === 'isKnown') {
    const wanted = (operand as { values: readonly number[] }).values[0] === 1
    return { fact: type.id, operator: wanted === positive ? 'known' : 'unknown', value: true }
  }
  const operator = positive ? leaf.operator : OPPOSITE[leaf.operator]
  if (operand.kind === 'fact') return { fact: type.id, operator, value: { fact: (space.types[operand.slot] as FactType).id } }
  const values = operand.values.map((value) => exact(type, value))
  const isList = leaf.operator === 'in' || leaf.operator === 'notIn'
  return { fact: type.id, operator, value: isList ? values : { lo: values[0], hi: values[0] } }
}

function intervalOf(type: FactType, lo: number, hi: number): Interval {
  if (lo === hi) {
    const value = exact(type, lo)
    return { lo: value, hi: value }
  }
  if (type.type === 'category' || type.type === 'boolean') return { lo: null, hi: null }
  return { lo: Number.isFinite(lo) ? exact(type, lo) : null, hi: Number.isFinite(hi) ? exact(type, hi) : null }
}

function exact(type: FactType, value: number): Exact {
  if (type.type === 'category') return (type.codes as readonly string[])[value] as string
  if (type.type === 'integer' || type.type === 'decimal') return BigInt(value) * 10n ** BigInt(MICRO - type.scale)
  return value
}

/** The engine's own comparators, each behind a guard that is false whenever the known ends do not settle the matter. */
function registerGuarded(engine: Engine): void {
  const own = (engine as unknown as { operators: { get: (name: string) => { evaluate: Comparator } } }).operators
  const take = (name: string): Comparator => {
    const operator = own.get(name)
    return (a, b) => a !== null && b !== null && operator.evaluate(a, b)
  }
  const [lt, le, gt, ge] = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'].map(take) as [
    Comparator,
    Comparator,
    Comparator,
    Comparator,
  ]
  const [same, differs, within, outside] = ['equal', 'notEqual', 'in', 'notIn'].map(take) as [
    Comparator,
    Comparator,
    Comparator,
    Comparator,
  ]
  const known = (a: Interval): boolean => a.lo !== null && same(a.lo, a.hi)
  const apart = (a: Interval, b: Interval): boolean => lt(a.hi, b.lo) || gt(a.lo, b.hi)
  const add = (name: string, test: (a: Interval, b: Interval) => boolean): void => engine.addOperator<Interval, Interval>(name, test)

  add('lessThan', (a, b) => lt(a.hi, b.lo))
  add('lessThanInclusive', (a, b) => le(a.hi, b.lo))
  add('greaterThan', (a, b) => gt(a.lo, b.hi))
  add('greaterThanInclusive', (a, b) => ge(a.lo, b.hi))
  add('equal', (a, b) => known(a) && known(b) && same(a.lo, b.lo))
  add('notEqual', (a, b) => (known(a) && known(b) ? differs(a.lo, b.lo) : apart(a, b)))
  engine.addOperator<Interval, Exact[]>('in', (a, list) => known(a) && within(a.lo, list))
  engine.addOperator<Interval, Exact[]>('notIn', (a, list) =>
    known(a) ? outside(a.lo, list) : list.every((item) => apart(a, { lo: item, hi: item })),
  )
  add('known', (a) => known(a))
  add('unknown', (a) => !known(a))
}
