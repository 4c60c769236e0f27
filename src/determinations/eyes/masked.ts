/**
 * A household as an organisation may know it: facts that are withheld from it are unknown. Whatever is told is told of this copy, so that
 * no answer depends on a withheld value: not by a number, a truth, a distance, an order, nor by what is there and what is not.
 */
import type { AssembledHousehold } from '../../households/assembled.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { type FactSpace, type FactValues, unknownValues } from '../../language/fact-space.ts'
import type { Eyes } from './eyes.ts'

const copies = new WeakMap<AssembledHousehold, WeakMap<Eyes, AssembledHousehold>>()

export function maskedHousehold(catalogue: Catalogue, assembled: AssembledHousehold, eyes: Eyes): AssembledHousehold {
  if (eyes.withheld.size === 0) return assembled
  const known = copies.get(assembled) ?? new WeakMap<Eyes, AssembledHousehold>()
  copies.set(assembled, known)
  const found = known.get(eyes) ?? mask(catalogue, assembled, eyes)
  known.set(eyes, found)
  return found
}

function mask({ household, person }: Catalogue, assembled: AssembledHousehold, { withheld }: Eyes): AssembledHousehold {
  return {
    ...assembled,
    household: maskedValues(household, assembled.household, withheld),
    members: assembled.members.map((member) => ({ ...member, facts: maskedValues(person, member.facts, withheld) })),
  }
}

/** A copy in which nothing is known of the facts named. */
export function maskedValues(space: FactSpace, values: FactValues, withheld: ReadonlySet<string>): FactValues {
  const nothing = unknownValues(space)
  const copy = { lo: values.lo.slice(), hi: values.hi.slice() }
  for (const id of withheld) {
    const slot = space.slot(id)
    if (slot === undefined) continue
    copy.lo[slot] = nothing.lo[slot] as number
    copy.hi[slot] = nothing.hi[slot] as number
  }
  return copy
}
