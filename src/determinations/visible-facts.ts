/** The one projection of what a reader may see of a household's facts: a member's values go to that member only. */
import type { AssembledHousehold, AssembledMember } from '../households/assembled.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'

export interface Reader {
  readonly personRef: number
  readonly isHead: boolean
  readonly relationship: string
}

const ADULT_YEARS = 18

export function readerOf({ members }: AssembledHousehold, personRef: number): Reader | null {
  const member = members.find((one) => one.personRef === personRef)
  return member ? { personRef, isHead: member.isHead, relationship: member.relationship } : null
}

/**
 * Whether the reader sees a fact. A household fact belongs to all members unless it is one member's (the head's) value;
 * `subject` is the member that a person rule judges. Children's values are seen by the head and the spouse.
 */
export function visibleFacts(catalogue: Catalogue, reader: Reader | null, subject: AssembledMember | null): (factId: string) => boolean {
  const ownValues =
    subject !== null && reader !== null && (subject.personRef === reader.personRef || mayReadChild(catalogue, reader, subject))
  const isHeads = headFacts(catalogue)
  return (id) => (catalogue.facts.get(id)?.entity === 'person' ? ownValues : !isHeads(id) || reader?.isHead === true)
}

const ofHeads = new WeakMap<Catalogue, (factId: string) => boolean>()

/** Whether a household fact is the head's value, or is worked out from it alone; a sum over members is not. */
function headFacts(catalogue: Catalogue): (factId: string) => boolean {
  const found = ofHeads.get(catalogue)
  if (found) return found
  const known = new Map<string, boolean>()
  const isHeads = (id: string): boolean => {
    const before = known.get(id)
    if (before !== undefined) return before
    const fact = catalogue.facts.get(id)
    const kind = fact?.definition.kind
    const own =
      kind === 'head' ||
      (kind !== 'aggregate' && (fact?.inputs ?? []).some((input) => catalogue.facts.get(input)?.entity === 'household' && isHeads(input)))
    // Names that nobody defined are not remembered.
    if (fact) known.set(id, own)
    return own
  }
  ofHeads.set(catalogue, isHeads)
  return isHeads
}

function mayReadChild(catalogue: Catalogue, { isHead, relationship }: Reader, { facts }: AssembledMember): boolean {
  const slot = catalogue.person.slot('age')
  const age = slot === undefined ? Infinity : (facts.hi[slot] as number)
  return age < ADULT_YEARS && (isHead || relationship === 'spouse')
}
