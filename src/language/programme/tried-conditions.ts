/** How far the cases try each condition of a rule: whether it was true, false and unknown, and whether a limit moved by one step is noticed. */
import { FALSE, TRUE, UNKNOWN } from '../../kernel/truth.ts'
import type { Truth } from '../../kernel/truth.ts'
import type { Condition, LeafNode } from '../condition/condition.ts'
import { truthOfLeaf, truthOfNode } from '../condition/interpret.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactType, FactValues } from '../fact-space.ts'
import { operators } from '../operators.ts'
import { outcomeOf } from '../rule/outcome.ts'
import type { CaseOutcome } from './cases.ts'

/** One condition as written: of a shared definition that the rule uses in several places, all of them together. */
export interface TriedCondition {
  readonly pointer: string
  /** The shared definition whose text holds the condition; null for the rule's own. */
  readonly definition: string | null
  readonly fact: string
  /** What it can be at all: `isKnown` is never unknown, and a list of every code never fails. */
  readonly canBe: readonly ('true' | 'false' | 'unknown')[]
  /** Cases in which it was so. */
  readonly whenTrue: number
  readonly whenFalse: number
  readonly whenUnknown: number
  /** Limits that could be moved without any case coming out otherwise; empty for what has no limit. */
  readonly unnoticed: readonly ('raised' | 'lowered')[]
}

export function triedConditions(condition: Condition, outcomes: readonly CaseOutcome[]): readonly TriedCondition[] {
  return leavesAsWritten(condition).map((leaves) => {
    const [first] = leaves as [LeafNode]
    const type = condition.space.types[first.slot] as FactType
    const seen = (truth: Truth): number => outcomes.filter(({ trace }) => leaves.some(({ id }) => trace[id] === truth)).length
    return {
      pointer: first.pointer,
      definition: first.definition,
      fact: type.id,
      canBe: canBe(first, type),
      whenTrue: seen(TRUE),
      whenFalse: seen(FALSE),
      whenUnknown: seen(UNKNOWN),
      unnoticed: hasLimit(first) ? STEPS.filter(({ by }) => !isNoticed(condition, leaves, by, outcomes)).map(({ way }) => way) : [],
    }
  })
}

/** A warning for each condition that is not tried both ways and unknown, and for each limit that could move unnoticed. */
export function untriedConditions(tried: readonly TriedCondition[]): readonly Diagnostic[] {
  return tried.flatMap(({ pointer, definition, fact, canBe, whenTrue, whenFalse, whenUnknown, unnoticed }) => {
    const place = definition === null ? pointer : `${pointer} of ${quote(definition)}`
    const warn = (code: 'case-condition' | 'case-limit', message: string, hint: string): Diagnostic =>
      finding(code, '/cases', message, { hint, severity: 'warning' })
    const seen = { true: whenTrue, false: whenFalse, unknown: whenUnknown }
    const lacking = canBe.filter((truth) => seen[truth] === 0)
    return [
      ...lacking.map((truth) =>
        warn('case-condition', `in no case is the condition on ${quote(fact)} at ${place} ${truth}`, `add a case in which it is ${truth}`),
      ),
      ...unnoticed.map((way) =>
        warn(
          'case-limit',
          `the limit of ${quote(fact)} at ${place} could be ${way} by one step and every case would come out as before`,
          'add a case just on the limit and one just beside it, with all else such that this condition decides',
        ),
      ),
    ]
  })
}

const STEPS = [
  { by: 1, way: 'raised' },
  { by: -1, way: 'lowered' },
] as const

function canBe({ operator, operand }: LeafNode, { codes }: FactType): TriedCondition['canBe'] {
  if (operator === 'isKnown') return ['true', 'false']
  const isEvery = codes !== null && operand.kind === 'literals' && operand.values.length === codes.length
  if (isEvery && operator === 'in') return ['true', 'unknown']
  return isEvery && operator === 'notIn' ? ['false', 'unknown'] : ['true', 'false', 'unknown']
}

const hasLimit = ({ operator }: LeafNode): boolean => /^(less|greater)/.test(operators[operator].name)

/** Leaves by the place where they are written. */
export function leavesAsWritten({ leaves }: Pick<Condition, 'leaves'>): readonly (readonly LeafNode[])[] {
  const places = new Map<string, LeafNode[]>()
  for (const leaf of leaves) {
    const place = `${leaf.definition ?? ''} ${leaf.pointer}`
    const there = places.get(place)
    if (there) there.push(leaf)
    else places.set(place, [leaf])
  }
  return [...places.values()]
}

/** Whether some case comes out otherwise once the limit has moved. */
function isNoticed(condition: Condition, leaves: readonly LeafNode[], by: number, outcomes: readonly CaseOutcome[]): boolean {
  const moved = new Set(leaves)
  const truthOf = (leaf: LeafNode, values: FactValues): Truth => truthOfLeaf(leaf, values, moved.has(leaf) ? by : 0)
  return outcomes.some(
    ({ values, trace, outcome }) =>
      // Where the leaf itself stays as it was, so does all above it.
      leaves.some((leaf) => truthOf(leaf, values) !== trace[leaf.id]) &&
      outcomeOf(truthOfNode(condition.root, values, truthOf)) !== outcome,
  )
}
