/** Where two rules decide otherwise, exactly: for each pair of outcomes a smallest household, or the proof that there is none. */
import { compileCondition } from '../../language/condition/compile.ts'
import type { Condition, ConditionNode } from '../../language/condition/condition.ts'
import type { FactType, FactValues } from '../../language/fact-space.ts'
import { type Outcome, outcomeOf } from '../../language/rule/outcome.ts'
import { newTrace } from '../../language/rule/trace.ts'
import { and, type DomainOf, type Encoded, encodeFacts, encodeTruth, type TruthText } from './encode.ts'
import { type Answer, openSolver, type Solver } from './solver.ts'
import { tidyWitness } from './witness.ts'

export interface Witness {
  readonly values: FactValues
  readonly traces: readonly [Uint8Array, Uint8Array]
  /** How many facts it states, parameters left out. */
  readonly stated: number
  /** Whether it is proven that none with fewer facts exists; false where time ran out. */
  readonly isSmallest: boolean
}

export interface OutcomeChange {
  readonly from: Outcome
  readonly to: Outcome
  readonly verdict: 'none' | 'witness' | 'not-decided'
  readonly witness: Witness | null
}

export interface Difference {
  /** True and false are proven; null where time ran out and no change was found. */
  readonly equivalent: boolean | null
  readonly changes: readonly OutcomeChange[]
}

const OUTCOMES = ['eligible', 'ineligible', 'undetermined'] as const
const DEFAULT_MILLISECONDS = 10_000

/** Both conditions are over one fact space. */
export async function differenceOf(
  before: Condition,
  after: Condition,
  domainOf: DomainOf,
  milliseconds = DEFAULT_MILLISECONDS,
): Promise<Difference> {
  const solver = openSolver(milliseconds)
  try {
    return await differenceBy(solver, before, after, domainOf)
  } finally {
    await solver.close()
  }
}

/** Like `differenceOf`, by a solver that is open already. */
export async function differenceBy(solver: Solver, before: Condition, after: Condition, domainOf: DomainOf): Promise<Difference> {
  const facts = encodeFacts(before.space, [before, after], domainOf)
  const [old, young] = [before, after].map(({ root, space }) => encodeTruth(root, space.types)) as [TruthText, TruthText]
  const ask = askOf(solver, facts)
  const changes: OutcomeChange[] = []
  for (const from of OUTCOMES) {
    for (const to of OUTCOMES.filter((outcome) => outcome !== from)) {
      const found = await smallest(ask, facts, and([isOutcome(old, from), isOutcome(young, to)]))
      const witness = typeof found === 'string' ? null : confirmed(found, facts, [before, after], [from, to], domainOf)
      changes.push({ from, to, verdict: typeof found === 'string' ? found : 'witness', witness })
    }
  }
  const verdicts = changes.map(({ verdict }) => verdict)
  const equivalent = verdicts.includes('witness') ? false : verdicts.includes('not-decided') ? null : true
  return { equivalent, changes }
}

/** Whether some household meets both conditions; null where it was not decided in time. */
export async function canBothApply(
  a: Condition,
  b: Condition,
  domainOf: DomainOf,
  milliseconds = DEFAULT_MILLISECONDS,
): Promise<boolean | null> {
  const facts = encodeFacts(a.space, [a, b], domainOf)
  const both = and([a, b].map(({ root, space }) => encodeTruth(root, space.types).isTrue))
  return withSolver(facts, milliseconds, (ask) => isPossible(ask, both))
}

export interface NodeReach {
  readonly node: ConditionNode
  /** Null where it was not decided in time. A part that can never be true is a contradiction; never false, superfluous. */
  readonly canBeTrue: boolean | null
  readonly canBeFalse: boolean | null
}

/** For each part of a condition, whether any household makes it true, and false. */
export async function reachOf(
  condition: Condition,
  domainOf: DomainOf,
  milliseconds = DEFAULT_MILLISECONDS,
): Promise<readonly NodeReach[]> {
  const facts = encodeFacts(condition.space, [condition], domainOf)
  return withSolver(facts, milliseconds, async (ask) => {
    const reached: NodeReach[] = []
    for (const node of condition.nodes) {
      const { isTrue, isFalse } = encodeTruth(node, condition.space.types)
      reached.push({ node, canBeTrue: await isPossible(ask, isTrue), canBeFalse: await isPossible(ask, isFalse) })
    }
    return reached
  })
}

type Ask = (formula: string) => Promise<Answer | null>

const askOf =
  (solver: Solver, { declarations, booleans, integers }: Encoded): Ask =>
  (formula) =>
    solver.ask({ text: `${declarations}(assert ${formula})`, booleans, integers })

async function withSolver<T>(facts: Encoded, milliseconds: number, work: (ask: Ask) => Promise<T>): Promise<T> {
  const solver = openSolver(milliseconds)
  try {
    return await work(askOf(solver, facts))
  } finally {
    await solver.close()
  }
}

const isPossible = async (ask: Ask, formula: string): Promise<boolean | null> => (await ask(formula))?.verdict ?? null

interface Found {
  readonly values: FactValues
  readonly isSmallest: boolean
}

/** Halves the number of stated facts between what is proven too few and what was found. */
async function smallest(ask: Ask, facts: Encoded, formula: string): Promise<Found | 'none' | 'not-decided'> {
  const atMost = async (count: number): Promise<FactValues | boolean | null> => {
    const answer = await ask(and([formula, `(<= ${facts.stated} ${count})`]))
    return answer?.verdict === true ? facts.read(answer.values) : (answer?.verdict ?? null)
  }
  const first = await atMost(facts.slots.length)
  if (first === null) return 'not-decided'
  if (typeof first === 'boolean') return 'none'
  let [best, tooFew, enough, isSmallest] = [first, -1, facts.slots.length, true]
  while (tooFew + 1 < enough) {
    const middle = Math.floor((tooFew + enough) / 2)
    const next = await atMost(middle)
    if (next === null) {
      isSmallest = false
      break
    }
    if (typeof next === 'boolean') tooFew = middle
    else [best, enough] = [next, middle]
  }
  return { values: best, isSmallest }
}

const isOutcome = ({ isTrue, isFalse }: TruthText, outcome: Outcome): string =>
  outcome === 'eligible' ? isTrue : outcome === 'ineligible' ? isFalse : and([`(not ${isTrue})`, `(not ${isFalse})`])

/** The function that decides has the last word: a witness that it does not confirm is a fault of ours, never an answer. */
function confirmed(
  { values: found, isSmallest }: Found,
  { slots }: Encoded,
  conditions: readonly [Condition, Condition],
  wanted: readonly [Outcome, Outcome],
  domainOf: DomainOf,
): Witness {
  const values = tidyWitness(found, slots, conditions, domainOf)
  const traces = conditions.map(newTrace) as [Uint8Array, Uint8Array]
  const outcomes = conditions.map((one, n) => outcomeOf(compileCondition(one)(values.lo, values.hi, traces[n] as Uint8Array)))
  // INVARIANT: encoding and evaluation mean the same.
  if (outcomes.some((outcome, n) => outcome !== wanted[n])) throw new Error('a witness was not confirmed by evaluation')
  const isFree = (slot: number): boolean => domainOf(conditions[0].space.types[slot] as FactType).fixed === undefined
  const stated = slots.filter((slot) => isFree(slot) && isStated(values, slot, conditions))
  return { values, traces, stated: stated.length, isSmallest }
}

/** A flag is unknown from 0 to 1, everything else without ends. */
const isStated = ({ lo, hi }: FactValues, slot: number, [{ space }]: readonly [Condition, Condition]): boolean =>
  space.types[slot]?.type === 'boolean' ? lo[slot] === hi[slot] : Number.isFinite(lo[slot]) || Number.isFinite(hi[slot])
