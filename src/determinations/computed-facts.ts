/** Facts that are known only after assembly: scores and the outcomes of programmes judged before. */
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
  catalogue.household.types.forEach((type, slot) => {
    const definition = catalogue.facts.get(type.id)?.definition
    if (definition?.kind === 'computed' && definition.what === 'welfareScore' && type.scale === POINT_SCALE && score) {
      values.lo[slot] = score.lo
      values.hi[slot] = score.hi
    }
    if (definition?.kind === 'programmeStatus') {
      const index = codeIndex(type, statuses.get(definition.programme) ?? null)
      if (index !== null) values.lo[slot] = values.hi[slot] = index
    }
  })
  return values
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

function codeIndex({ codes }: FactType, status: ProgrammeStatus): number | null {
  const index = status === null ? -1 : (codes?.indexOf(status) ?? -1)
  return index < 0 ? null : index
}
