/**
 * Enrolment among the facts: whom a programme's own system reports as enrolled has the status `enrolled` in that programme, whatever its
 * rule comes to. It is a fact like others, known before anything is judged, and stands in stored facts and snapshots.
 */
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { ValueColumns } from '../language/catalogue/assembly/chunk.ts'
import type { FactType, FactValues } from '../language/fact-space.ts'

/** A fact that tells a household's status in a programme. */
export interface StatusSlot {
  /** Of catalogue.household. */
  readonly slot: number
  readonly programme: string
  readonly type: FactType
  /** Index of the code `enrolled`; -1 where the fact has none. */
  readonly enrolled: number
}

/** Whom a programme serves: households, or persons where persons are enrolled. */
export interface ServedUnits {
  readonly households: ReadonlySet<number>
  readonly persons: ReadonlySet<number>
}

/** By programme. */
export type Served = ReadonlyMap<string, ServedUnits>

const known = new WeakMap<Catalogue, readonly StatusSlot[]>()

/** Found once per catalogue. */
export function statusSlots(catalogue: Catalogue): readonly StatusSlot[] {
  const found = known.get(catalogue) ?? findStatusSlots(catalogue)
  known.set(catalogue, found)
  return found
}

function findStatusSlots({ household, facts }: Catalogue): StatusSlot[] {
  return household.types.flatMap((type, slot): StatusSlot[] => {
    const definition = facts.get(type.id)?.definition
    if (definition?.kind !== 'programmeStatus') return []
    return [{ slot, programme: definition.programme, type, enrolled: type.codes?.indexOf('enrolled') ?? -1 }]
  })
}

/** Whether an enrolment is what the value says. */
export const isEnrolledAt = ({ lo, hi }: FactValues, { slot, enrolled }: StatusSlot): boolean =>
  enrolled >= 0 && lo[slot] === enrolled && hi[slot] === enrolled

/** Sets, in place, the status in every programme that serves the household. */
export function setEnrolled(catalogue: Catalogue, { lo, hi }: FactValues, programmes: ReadonlySet<string>): void {
  if (programmes.size === 0) return
  for (const { slot, programme, enrolled } of statusSlots(catalogue))
    if (enrolled >= 0 && programmes.has(programme)) lo[slot] = hi[slot] = enrolled
}

/** Households side by side: who they are, and where the members of each begin. */
export interface HouseholdRows {
  readonly householdRefs: Float64Array
  readonly personRefs: Float64Array
  readonly firstMember: { readonly [household: number]: number }
}

/** The same for many, in the columns that are there: a household is enrolled where it, or one of its members, is. */
export function fillEnrolled(
  catalogue: Catalogue,
  { householdRefs, personRefs, firstMember }: HouseholdRows,
  served: Served,
  into: ValueColumns,
): void {
  for (const { slot, programme, enrolled } of statusSlots(catalogue)) {
    const units = served.get(programme)
    const column = into[slot]
    if (!units || !column || enrolled < 0) continue
    for (let row = 0; row < householdRefs.length; row++) {
      let isServed = units.households.has(householdRefs[row] as number)
      for (let p = Number(firstMember[row]); !isServed && units.persons.size > 0 && p < Number(firstMember[row + 1]); p++)
        isServed = units.persons.has(personRefs[p] as number)
      if (isServed) column.lo[row] = column.hi[row] = enrolled
    }
  }
}
