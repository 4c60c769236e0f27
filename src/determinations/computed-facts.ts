/** Facts that are known only after assembly: scores and the outcomes of programmes judged before. */
import { isEnrolledAt, type StatusSlot, statusSlots } from '../households/enrolled-status.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { FactType, FactValues } from '../language/fact-space.ts'
import { POINT_SCALE } from '../language/formula/formula.ts'
import type { Outcome } from '../language/rule/outcome.ts'
import type { ScoreOutcome } from './score.ts'

/** Null when the programme's outcome is withheld. */
export type ProgrammeStatus = Outcome | null

/** A copy of the household's values with the computed facts set. Rank and percentile need a published run: unknown without one. */
export function computedValues(
  catalogue: Catalogue,
  household: FactValues,
  score: ScoreOutcome | null,
  statuses: ReadonlyMap<string, ProgrammeStatus>,
): FactValues {
  const values = { lo: household.lo.slice(), hi: household.hi.slice() }
  setComputed(catalogue, { values, household, score, statuses })
  return values
}

interface Computed {
  /** A copy of `household`, which may have been set before for another programme. */
  readonly values: FactValues
  readonly household: FactValues
  readonly score: ScoreOutcome | null
  readonly statuses: ReadonlyMap<string, ProgrammeStatus>
}

/** Sets the computed facts in place: a determination judges all programmes on one copy. */
export function setComputed(catalogue: Catalogue, { values, household, score, statuses }: Computed): void {
  const { scores, statuses: slotsOfStatuses } = computedSlots(catalogue)
  for (const slot of scores) {
    values.lo[slot] = score ? score.lo : (household.lo[slot] as number)
    values.hi[slot] = score ? score.hi : (household.hi[slot] as number)
  }
  for (const status of slotsOfStatuses) {
    const { slot, programme, type } = status
    // Whom the programme serves is enrolled, whatever its rule comes to today.
    const index = isEnrolledAt(household, status) ? status.enrolled : codeIndex(type, statuses.get(programme) ?? null)
    values.lo[slot] = index ?? (household.lo[slot] as number)
    values.hi[slot] = index ?? (household.hi[slot] as number)
  }
}

/** A person rule reads the person's facts, then the household's. */
export function personValues(person: FactValues, household: FactValues): FactValues {
  const join = (a: Float64Array, b: Float64Array): Float64Array => {
    const joined = new Float64Array(a.length + b.length)
    joined.set(a)
    joined.set(b, a.length)
    return joined
  }
  return { lo: join(person.lo, household.lo), hi: join(person.hi, household.hi) }
}

export interface ComputedSlots {
  readonly scores: readonly number[]
  readonly statuses: readonly StatusSlot[]
}

const known = new WeakMap<Catalogue, ComputedSlots>()

/** Found once per catalogue: going over all facts for every programme cost more than judging them. */
export function computedSlots(catalogue: Catalogue): ComputedSlots {
  const found = known.get(catalogue)
  if (found) return found
  const facts = catalogue.household.types.map((type, slot) => ({ type, slot, definition: catalogue.facts.get(type.id)?.definition }))
  const slots = {
    scores: facts.flatMap(({ type, slot, definition }) =>
      definition?.kind === 'computed' && definition.what === 'welfareScore' && type.scale === POINT_SCALE ? [slot] : [],
    ),
    statuses: statusSlots(catalogue),
  }
  known.set(catalogue, slots)
  return slots
}

function codeIndex({ codes }: FactType, status: ProgrammeStatus): number | null {
  const index = status === null ? -1 : (codes?.indexOf(status) ?? -1)
  return index < 0 ? null : index
}
