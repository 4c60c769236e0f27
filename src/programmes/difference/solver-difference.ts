/** The difference of two rules by the solver: every kind is decided first, then each witness made smaller while time lasts. */
import type { Condition } from '../../language/condition/condition.ts'
import type { FactValues } from '../../language/fact-space.ts'
import type { Outcome } from '../../language/rule/outcome.ts'
import type { BothApply } from './difference.ts'
import type { DomainOf } from './domain.ts'
import { and, encodeFacts, encodeTruth } from './encode.ts'
import type { Encoded, TruthText } from './encode.ts'
import { confirmed, differenceFrom, KINDS_OF_CHANGE } from './outcome-change.ts'
import type { Difference, OutcomeChange, Witness } from './outcome-change.ts'
import type { NodeReach } from './reach.ts'
import type { Solver } from './solver.ts'
import { tidyWitness } from './witness.ts'

type Pair = readonly [Condition, Condition]
/** Values, false where there are none, null where it was not decided. */
type Ask = (formula: string) => Promise<FactValues | false | null>

export async function differenceBySolver(solver: Solver, before: Condition, after: Condition, domainOf: DomainOf): Promise<Difference> {
  const pair: Pair = [before, after]
  const facts = encodeFacts(before.space, pair, domainOf)
  const ask = askOf(solver, facts)
  const [old, young] = pair.map(({ root, space }) => encodeTruth(root, space.types)) as [TruthText, TruthText]
  const asked = KINDS_OF_CHANGE.map((kind) => ({ kind, formula: and([isOutcome(old, kind.from), isOutcome(young, kind.to)]) }))
  const found: (FactValues | false | null)[] = []
  for (const { formula } of asked) found.push(await ask(formula))
  const changes: OutcomeChange[] = []
  for (const [index, { kind, formula }] of asked.entries()) {
    const first = found[index] as FactValues | false | null
    if (first === null || first === false) changes.push({ ...kind, verdict: first === null ? 'not-decided' : 'none', witness: null })
    else changes.push({ ...kind, verdict: 'witness', witness: await smallest(ask, { facts, formula, first, pair, kind, domainOf }) })
  }
  return differenceFrom(changes)
}

export async function bothBySolver(solver: Solver, a: Condition, b: Condition, domainOf: DomainOf): Promise<BothApply> {
  const pair: Pair = [a, b]
  const facts = encodeFacts(a.space, pair, domainOf)
  const ask = askOf(solver, facts)
  const formula = and(pair.map(({ root, space }) => encodeTruth(root, space.types).isTrue))
  const first = await ask(formula)
  if (first === null || first === false) return { possible: first, witness: null }
  const kind = { from: 'eligible', to: 'eligible' } as const
  return { possible: true, witness: await smallest(ask, { facts, formula, first, pair, kind, domainOf }) }
}

const askOf =
  (solver: Solver, { declarations, booleans, integers, read }: Encoded): Ask =>
  async (formula) => {
    const answer = await solver.ask({ text: `${declarations}(assert ${formula})`, booleans, integers })
    if (!answer || answer.verdict === null) return null
    return answer.verdict ? read(answer.values) : false
  }

interface Found {
  readonly facts: Encoded
  readonly formula: string
  readonly first: FactValues
  readonly pair: Pair
  readonly kind: Pick<OutcomeChange, 'from' | 'to'>
  readonly domainOf: DomainOf
}

/** Halves the number of stated facts between what is proven too few and what was found. */
async function smallest(ask: Ask, { facts, formula, first, pair, kind, domainOf }: Found): Promise<Witness> {
  const shown = (values: FactValues, isSmallest: boolean): Witness =>
    confirmed(tidyWitness(values, facts.slots, pair, domainOf), pair, kind, domainOf, isSmallest)
  let [best, tooFew] = [shown(first, true), -1]
  while (tooFew + 1 < best.stated) {
    const middle = Math.floor((tooFew + best.stated) / 2)
    const next = await ask(and([formula, facts.atMost(middle)]))
    if (next === null) return { ...best, isSmallest: false }
    if (next === false) tooFew = middle
    else best = shown(next, true)
  }
  return best
}

const isOutcome = ({ isTrue, isFalse }: TruthText, outcome: Outcome): string =>
  outcome === 'eligible' ? isTrue : outcome === 'ineligible' ? isFalse : and([`(not ${isTrue})`, `(not ${isFalse})`])

/** Whether some household makes a part true, false, unknown; null where it was not decided. */
export async function reachBySolver(solver: Solver, condition: Condition, domainOf: DomainOf): Promise<readonly NodeReach[]> {
  const ask = askOf(solver, encodeFacts(condition.space, [condition], domainOf))
  const can = async (formula: string): Promise<boolean | null> => {
    const found = await ask(formula)
    return found === null ? null : found !== false
  }
  const reached: NodeReach[] = []
  for (const node of condition.nodes) {
    const { isTrue, isFalse } = encodeTruth(node, condition.space.types)
    const [canBeTrue, canBeFalse] = [await can(isTrue), await can(isFalse)]
    reached.push({ node, canBeTrue, canBeFalse, canBeUnknown: await can(`(not (or ${isTrue} ${isFalse}))`), isSuperfluous: null })
  }
  return reached
}
