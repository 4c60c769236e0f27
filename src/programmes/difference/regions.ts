/**
 * Everything that can be known of a fact, as finitely many choices: only its place among what conditions compare it with matters.
 * Facts that are compared with each other are one variable together. Exact, or null where there are too many choices.
 */
import type { Condition, LeafNode } from '../../language/condition/condition.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import { truthOfNode } from '../../language/condition/interpret.ts'
import type { FactSpace, FactType } from '../../language/fact-space.ts'
import { unknownValues } from '../../language/fact-space.ts'
import { rangeOf } from './domain.ts'
import type { DomainOf, FactDomain } from './domain.ts'

export type Interval = readonly [lo: number, hi: number]

export interface Choice {
  /** How many facts it states; the first choice of each variable states none. */
  readonly cost: number
  /** By the variable's slots: a value or bounds that stand for all with the same truths. */
  readonly ends: readonly Interval[]
  /** By the variable's leaves. */
  readonly truths: readonly number[]
}

export interface Variable {
  readonly slots: readonly number[]
  readonly leaves: readonly LeafNode[]
  readonly choices: readonly Choice[]
}

/** Variables in the order in which the conditions read them first. Leaves about parameters of the day alone have no slot left: `slots` is empty. */
export function regionsOf(conditions: readonly Condition[], domainOf: DomainOf, mostStates: number): readonly Variable[] | null {
  const [{ space }] = conditions as readonly [Condition]
  const domains = space.types.map((type) => domainOf(type))
  const isFree = (slot: number): boolean => domains[slot]?.fixed === undefined
  const leaves = conditions.flatMap((condition) => condition.leaves)
  const blockOf = linked(leaves, isFree)
  const order = [
    ...new Set(
      readingOrder(conditions)
        .filter(isFree)
        .map((slot) => blockOf.get(slot) as number),
    ),
  ]
  const variables: Variable[] = []
  const settled = leaves.filter((leaf) => slotsOfLeaf(leaf).every((slot) => !isFree(slot)))
  const wanted = [...order.map((block) => ({ block })), ...(settled.length > 0 ? [{ block: null }] : [])]
  for (const { block } of wanted) {
    const slots = block === null ? [] : [...blockOf].flatMap(([slot, of]) => (of === block ? [slot] : []))
    const own = block === null ? settled : leaves.filter((leaf) => slotsOfLeaf(leaf).some((slot) => slots.includes(slot)))
    const choices = choicesOf({ space, domains, slots, leaves: own }, mostStates)
    if (choices === null) return null
    variables.push({ slots, leaves: own, choices })
  }
  return variables
}

const slotsOfLeaf = ({ slot, operand }: LeafNode): readonly number[] => (operand.kind === 'fact' ? [slot, operand.slot] : [slot])

/** Slots that are compared with each other get one number. */
function linked(leaves: readonly LeafNode[], isFree: (slot: number) => boolean): Map<number, number> {
  const of = new Map<number, number>()
  for (const leaf of leaves) {
    const free = slotsOfLeaf(leaf).filter(isFree)
    const known = free.flatMap((slot) => of.get(slot) ?? [])
    const block = known[0] ?? free[0]
    if (block === undefined) continue
    for (const slot of free) of.set(slot, block)
    for (const [slot, other] of of) if (known.includes(other)) of.set(slot, block)
  }
  return of
}

/** The facts of the first condition, and each other where the second reads it: two versions differ in few places. */
function readingOrder([first, ...others]: readonly Condition[]): readonly number[] {
  const order = [...slotsOf(first as Condition)]
  for (const other of others) {
    let place = 0
    for (const slot of slotsOf(other)) {
      const known = order.indexOf(slot)
      if (known < 0) order.splice(place++, 0, slot)
      else place = known + 1
    }
  }
  return order
}

interface Block {
  readonly space: FactSpace
  readonly domains: readonly FactDomain[]
  readonly slots: readonly number[]
  readonly leaves: readonly LeafNode[]
}

/** Long lists are compared with one value after the other, which is quick. */
const LITERALS_PER_STATE = 20

function choicesOf({ space, domains, slots, leaves }: Block, mostStates: number): readonly Choice[] | null {
  const values = unknownValues(space)
  domains.forEach(({ fixed }, slot) => {
    if (fixed === undefined) return
    values.lo[slot] = fixed
    values.hi[slot] = fixed
  })
  const intervals = slots.map((slot) => intervalsOf(slot, { space, domains, slots, leaves }, mostStates))
  if (intervals.includes(null)) return null
  const each = intervals as readonly (readonly Interval[])[]
  const states = each.reduce((all, { length }) => all * length, 1)
  const literals = leaves.reduce((all, { operand }) => all + (operand.kind === 'literals' ? operand.values.length : 1), 0)
  if (states * leaves.length > mostStates || states * literals > mostStates * LITERALS_PER_STATE) return null
  const found = new Map<string, Choice>()
  for (const ends of product(each)) {
    ends.forEach(([lo, hi], index) => {
      values.lo[slots[index] as number] = lo
      values.hi[slots[index] as number] = hi
    })
    const truths = leaves.map((leaf) => truthOfNode(leaf, values))
    // The first interval of each fact is "nothing known".
    const cost = ends.filter((one, index) => one !== each[index]?.[0]).length
    const key = truths.join('')
    const known = found.get(key)
    if (!known || cost < known.cost) found.set(key, { cost, ends, truths })
  }
  return [...found.values()]
}

function* product(each: readonly (readonly Interval[])[]): Generator<readonly Interval[]> {
  const [first, ...rest] = each
  if (!first) return yield []
  for (const one of first) for (const more of product(rest)) yield [one, ...more]
}

/** Nothing known, then single values next to what is compared, then bounds. */
function intervalsOf(slot: number, { space, domains, slots, leaves }: Block, mostStates: number): readonly Interval[] | null {
  const { bounded } = domains[slot] as FactDomain
  const type = space.types[slot] as FactType
  const empty = unknownValues(space)
  const intervals: Interval[] = [[empty.lo[slot] as number, empty.hi[slot] as number]]
  const points = pointsOf(slot, { space, domains, slots, leaves })
  if (points === null || points.length > mostStates) return null
  for (const point of points) intervals.push([point, point])
  if (!bounded || type.type === 'boolean' || type.type === 'category') return intervals
  if (points.length ** 2 / 2 > mostStates) return null
  for (const point of points) intervals.push([point, Infinity], [-Infinity, point])
  for (const lo of points) for (const hi of points) if (lo < hi) intervals.push([lo, hi])
  return intervals
}

/**
 * Values that stand for all others: each threshold, and on either side as many neighbours as there are ends that could lie there in
 * some order. Null where facts of different scales are compared, whose thresholds are not whole numbers of each other.
 */
function pointsOf(slot: number, { space, domains, slots, leaves }: Block): readonly number[] | null {
  const type = space.types[slot] as FactType
  if (type.type === 'boolean') return [0, 1]
  if (type.type === 'category' && leaves.some(({ operand }) => operand.kind === 'fact')) return (type.codes ?? []).map((_, code) => code)
  const [least, most] = rangeOf(type, (domains[slot] as FactDomain).nonNegative)
  const thresholds = new Set<number>()
  for (const { slot: left, operator, operand } of leaves) {
    if (operand.kind === 'literals') {
      if (operator !== 'isKnown') operand.values.forEach((value) => thresholds.add(value))
      continue
    }
    const { leftMultiplier, rightMultiplier } = operand
    const fixed = [domains[left]?.fixed, domains[operand.slot]?.fixed]
    const [value, its, own] =
      fixed[0] === undefined ? [fixed[1], rightMultiplier, leftMultiplier] : [fixed[0], leftMultiplier, rightMultiplier]
    if (value !== undefined) [Math.floor((value * its) / own), Math.ceil((value * its) / own)].forEach((one) => thresholds.add(one))
    else if (leftMultiplier !== rightMultiplier) return null
  }
  // What the conditions name comes first, so that a witness stands near it; the ends of the fact's own range come last.
  if (thresholds.size === 0) thresholds.add(0)
  const range = [least, most].filter((end) => Math.abs(end) < Number.MAX_SAFE_INTEGER)
  const ends = slots.reduce((all, one) => all + (domains[one]?.bounded ? 2 : 1), 0)
  const reach = slots.length === 1 ? 1 : ends
  const points = new Set<number>()
  for (const near of [[...thresholds].toSorted((a, b) => a - b), range]) {
    for (const threshold of near) points.add(threshold)
    for (let step = 1; step <= reach; step++) for (const threshold of near) points.add(threshold + step).add(threshold - step)
  }
  return [...points].filter((point) => point >= least && point <= most && Number.isSafeInteger(point))
}
