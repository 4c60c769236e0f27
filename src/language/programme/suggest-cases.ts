/**
 * Cases that would try what no case tries yet, made from the rule and its synthetic cases by changing one fact: a value on
 * the limit, one beside it, another code, nothing known. Whoever takes one over has to confirm that its outcome is the wanted one.
 */
import type { Condition, LeafNode } from '../condition/condition.ts'
import { factJson } from '../fact-json.ts'
import type { FactType, FactValues } from '../fact-space.ts'
import type { Case, CaseDefaults, CaseOutcome } from './cases.ts'
import { runCases } from './cases.ts'
import { leavesAsWritten, triedConditions, untriedConditions } from './tried-conditions.ts'
import type { TriedCondition } from './tried-conditions.ts'

/** Cases to be added, fewest that were found; each fills something that the ones before leave out. */
export function suggestCases(condition: Condition, cases: readonly Case[], defaults: CaseDefaults): readonly Case[] {
  const programme = 'suggested'
  const judge = (list: readonly Case[]): readonly CaseOutcome[] => runCases(condition, { programme, cases: [...list] }, defaults)
  const suggested: Case[] = []
  const outcomes = [...judge(cases)]
  for (const leaves of leavesAsWritten(condition)) {
    const variants = cases.flatMap((item, index) => variantsOf(item, outcomes[index] as CaseOutcome, leaves, condition))
    const judged = judge(variants)
    for (const [index, variant] of variants.entries()) {
      const outcome = judged[index] as CaseOutcome
      if (outcome.outcome === null) continue
      const before = gapsOf(condition, leaves, outcomes)
      if (before === 0) break
      if (gapsOf(condition, leaves, [...outcomes, outcome]) >= before) continue
      outcomes.push(outcome)
      suggested.push({ ...variant, id: numbered(variant.id, [...cases, ...suggested]), outcome: outcome.outcome })
    }
  }
  return suggested
}

const numbered = (id: string, taken: readonly Case[]): string => {
  const free = (n: number): string => (taken.some((one) => one.id === `${id}-${n}`) ? free(n + 1) : `${id}-${n}`)
  return free(1)
}

function gapsOf(condition: Condition, leaves: readonly LeafNode[], outcomes: readonly CaseOutcome[]): number {
  const [tried] = triedConditions({ ...condition, leaves }, outcomes) as [TriedCondition]
  return untriedConditions([tried]).length
}

/** The case with another value of the condition's fact, or with it not stated. */
function variantsOf(item: Case, { values }: CaseOutcome, leaves: readonly LeafNode[], { space }: Condition): readonly Case[] {
  const [leaf] = leaves as [LeafNode]
  const type = space.types[leaf.slot] as FactType
  const place = item.person && type.id in item.person ? 'person' : 'facts'
  const others = Object.fromEntries(Object.entries(item[place] ?? {}).filter(([fact]) => fact !== type.id))
  const known = triedValues(leaf, type, values)
  const variant = (facts: Record<string, unknown>, what: string): Case => ({
    id: `${item.id}-${type.id.toLowerCase()}`,
    note: `Like ${item.id}, with ${type.id} ${what}`,
    source: 'Suggested by the check: confirm that the outcome is the wanted one',
    ...(item.asOf === undefined ? {} : { asOf: item.asOf }),
    facts: item.facts,
    ...(item.person ? { person: item.person } : {}),
    [place]: facts,
    outcome: item.outcome,
  })
  return [
    variant(others, 'not known'),
    ...known.map((value) => {
      const json = factJson(type, value, value)
      return variant({ ...others, [type.id]: json }, JSON.stringify(json))
    }),
  ]
}

/** Values at which the condition may turn: on its limit and beside it, or each other value of a flag or category. */
function triedValues({ operand }: LeafNode, type: FactType, values: FactValues): readonly number[] {
  if (type.type === 'boolean') return [1, 0]
  if (type.type === 'category') return (type.codes ?? []).map((_, code) => code)
  const limits =
    operand.kind === 'literals'
      ? operand.values
      : [((values.lo[operand.slot] as number) * operand.rightMultiplier) / operand.leftMultiplier].filter(Number.isSafeInteger)
  return limits.flatMap((limit) => [limit, limit + 1, limit - 1])
}
