/** What the difference of two rules is made of: kinds of change, each with a witness, or the proof that there is none. */
import { compileCondition } from '../../language/condition/compile.ts'
import type { Condition } from '../../language/condition/condition.ts'
import type { FactType, FactValues } from '../../language/fact-space.ts'
import { type Outcome, outcomeOf } from '../../language/rule/outcome.ts'
import { newTrace } from '../../language/rule/trace.ts'
import type { DomainOf } from './domain.ts'

export interface Witness {
  readonly values: FactValues
  readonly traces: readonly [Uint8Array, Uint8Array]
  /** How many facts it states, parameters left out. */
  readonly stated: number
  /** Whether it is proven that none with fewer facts exists; false where time ran out. */
  readonly isSmallest: boolean
  /** Whether definitions that bind the facts it states were taken into account. */
  readonly isHeld: boolean
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

/** In the order in which they are told. */
const OUTCOMES = ['eligible', 'ineligible', 'undetermined'] as const
export const KINDS_OF_CHANGE = OUTCOMES.flatMap((from) => OUTCOMES.filter((to) => to !== from).map((to) => ({ from, to })))

export function differenceFrom(changes: readonly OutcomeChange[]): Difference {
  const verdicts = changes.map(({ verdict }) => verdict)
  const equivalent = verdicts.includes('witness') ? false : verdicts.includes('not-decided') ? null : true
  return { equivalent, changes }
}

/** The function that decides has the last word: a witness that it does not confirm is a fault of ours, never an answer. */
export function confirmed(
  values: FactValues,
  conditions: readonly [Condition, Condition],
  wanted: Pick<OutcomeChange, 'from' | 'to'>,
  domainOf: DomainOf,
  isSmallest: boolean,
): Witness {
  const traces = conditions.map(newTrace) as [Uint8Array, Uint8Array]
  const outcomes = conditions.map((one, n) => outcomeOf(compileCondition(one)(values.lo, values.hi, traces[n] as Uint8Array)))
  // INVARIANT: what found it and evaluation mean the same.
  if (outcomes[0] !== wanted.from || outcomes[1] !== wanted.to) throw new Error('a witness was not confirmed by evaluation')
  const { types } = conditions[0].space
  const stated = types.filter((type, slot) => domainOf(type).fixed === undefined && isStated(values, slot, type))
  return { values, traces, stated: stated.length, isSmallest, isHeld: false }
}

/** A flag is unknown from 0 to 1, everything else without ends. */
export const isStated = ({ lo, hi }: FactValues, slot: number, { type }: FactType): boolean =>
  type === 'boolean' ? lo[slot] === hi[slot] : Number.isFinite(lo[slot]) || Number.isFinite(hi[slot])
