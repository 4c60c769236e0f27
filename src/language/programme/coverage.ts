/** What a set of cases must have tried before a rule can be approved: each outcome, bounds, and every threshold. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { Condition, LeafNode } from '../condition/condition.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactType, FactValues } from '../fact-space.ts'
import { isKnownAt } from '../fact-space.ts'
import { operators } from '../operators.ts'
import type { Outcome } from '../rule/outcome.ts'
import type { CaseOutcome } from './cases.ts'

/** One finding for each thing that no case tries. */
export function coverageProblems(condition: Condition, outcomes: readonly CaseOutcome[]): readonly Diagnostic[] {
  const lacks = (what: string, hint?: string): Diagnostic => finding('case-coverage', '/cases', `no case ${what}`, { hint })
  const expected = new Set<Outcome>(outcomes.map((item) => item.expected))
  const found = (['eligible', 'ineligible', 'undetermined'] as const)
    .filter((outcome) => !expected.has(outcome))
    .map((outcome) => lacks(`is ${outcome}`))
  if (condition.leaves.some(hasThreshold) && !outcomes.some((item) => condition.leaves.some((leaf) => isSettledByBounds(leaf, item)))) {
    found.push(lacks('is settled by bounds', 'state a fact as {"atLeast": value} or {"atMost": value}'))
  }
  const untried = condition.leaves.filter((leaf) => hasThreshold(leaf) && !outcomes.some((item) => isOnThreshold(leaf, item.values)))
  const seen = new Set<string>()
  for (const leaf of untried) {
    const { id } = condition.space.types[leaf.slot] as FactType
    const place = leaf.definition === null ? leaf.pointer : `${leaf.pointer} of ${quote(leaf.definition)}`
    if (!seen.has(place)) found.push(lacks(`is on the threshold of ${quote(id)} at ${place}`))
    seen.add(place)
  }
  return found
}

const hasThreshold = (leaf: LeafNode): boolean => /^(less|greater)/.test(operators[leaf.operator].name)

function isSettledByBounds(leaf: LeafNode, { values, trace }: CaseOutcome): boolean {
  return hasThreshold(leaf) && !isKnownAt(values, leaf.slot) && trace[leaf.id] !== 1
}

function isOnThreshold(leaf: LeafNode, values: FactValues): boolean {
  const { operand } = leaf
  if (!isKnownAt(values, leaf.slot)) return false
  const value = values.lo[leaf.slot] as number
  if (operand.kind === 'literals') return value === operand.values[0]
  return isKnownAt(values, operand.slot) && value * operand.leftMultiplier === (values.lo[operand.slot] as number) * operand.rightMultiplier
}
