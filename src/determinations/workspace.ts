/** The arrays that judging one household works in, kept per bundle: making them anew took longer than judging (measured). */
import { slotsOf } from '../language/condition/condition.ts'
import type { Condition } from '../language/condition/condition.ts'
import { unknownValues } from '../language/fact-space.ts'
import type { FactValues } from '../language/fact-space.ts'
import type { Bundle } from '../programmes/bundle.ts'

/** Judging is synchronous and returns nothing that keeps these arrays; so the next household may have them. */
export interface Workspace {
  /** The household's values, in which computed facts are set. */
  readonly household: FactValues
  /** What a person rule reads; the slots that no rule reads hold nothing of meaning. */
  readonly person: FactValues
}

const kept = new WeakMap<Bundle, Workspace>()
const readSlots = new WeakMap<Condition, readonly number[]>()

/** The bundle's workspace with one household's values in it. */
export function workspaceFor(bundle: Bundle, household: FactValues): Workspace {
  let space = kept.get(bundle)
  if (!space) {
    const { catalogue } = bundle
    space = { household: unknownValues(catalogue.household), person: unknownValues(catalogue.personWithHousehold) }
    kept.set(bundle, space)
  }
  space.household.lo.set(household.lo)
  space.household.hi.set(household.hi)
  return space
}

/** What `condition` reads of one member and the household, as `personValues` lays it out; other slots are left alone. */
export function readPerson({ household, person: into }: Workspace, condition: Condition, person: FactValues): FactValues {
  const persons = person.lo.length
  for (const slot of slotsRead(condition)) {
    const from = slot < persons ? person : household
    const at = slot < persons ? slot : slot - persons
    into.lo[slot] = from.lo[at] as number
    into.hi[slot] = from.hi[at] as number
  }
  return into
}

function slotsRead(condition: Condition): readonly number[] {
  const found = readSlots.get(condition) ?? slotsOf(condition)
  readSlots.set(condition, found)
  return found
}
