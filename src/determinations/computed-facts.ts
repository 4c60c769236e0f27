/** Facts that are known only after assembly: scores and the outcomes of programmes judged before. */
import type { FormulaStanding } from '../households/assembled.ts'
import { isEnrolledAt, type StatusSlot, statusSlots } from '../households/enrolled-status.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { FactType, FactValues } from '../language/fact-space.ts'
import { POINT_SCALE } from '../language/formula/formula.ts'
import type { Outcome } from '../language/rule/outcome.ts'
import { type RankSlot, rankSlots } from './bulk/rank-slots.ts'
import type { ScoreOutcome } from './score.ts'

/** Null when the programme's outcome is withheld. */
export type ProgrammeStatus = Outcome | null

/** A copy of the household's values with the computed facts set. Rank and percentile keep the assembled values where nothing was ranked. */
export function computedValues(
  catalogue: Catalogue,
  household: FactValues,
  score: ScoreOutcome | null,
  statuses: ReadonlyMap<string, ProgrammeStatus>,
  standing: FormulaStanding | null = null,
): FactValues {
  const values = { lo: household.lo.slice(), hi: household.hi.slice() }
  setComputed(catalogue, { values, household, score, statuses, standing })
  return values
}

interface Computed {
  /** A copy of `household`, which may have been set before for another programme. */
  readonly values: FactValues
  readonly household: FactValues
  readonly score: ScoreOutcome | null
  readonly statuses: ReadonlyMap<string, ProgrammeStatus>
  /** By the programme's own formula. */
  readonly standing: FormulaStanding | null
}

/** Sets the computed facts in place: a determination judges all programmes on one copy. */
export function setComputed(catalogue: Catalogue, { values, household, score, statuses, standing }: Computed): void {
  const { scores, ranks, statuses: slotsOfStatuses } = computedSlots(catalogue)
  for (const slot of scores) {
    values.lo[slot] = score ? score.lo : (household.lo[slot] as number)
    values.hi[slot] = score ? score.hi : (household.hi[slot] as number)
  }
  for (const { kind, slot } of ranks) {
    const place = standing?.[kind]
    // 0 is no place: who has no score stands nowhere in a ranking that there is.
    values.lo[slot] = place === undefined ? (household.lo[slot] as number) : place === 0 ? -Infinity : place
    values.hi[slot] = place === undefined ? (household.hi[slot] as number) : place === 0 ? Infinity : place
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
  readonly ranks: readonly RankSlot[]
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
    ranks: rankSlots(catalogue),
    statuses: statusSlots(catalogue),
  }
  known.set(catalogue, slots)
  return slots
}

function codeIndex({ codes }: FactType, status: ProgrammeStatus): number | null {
  const index = status === null ? -1 : (codes?.indexOf(status) ?? -1)
  return index < 0 ? null : index
}
