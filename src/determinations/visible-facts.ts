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
  const ofHead = new Map<string, boolean>()
  const isHeads = (id: string): boolean => {
    const known = ofHead.get(id)
    if (known !== undefined) return known
    const fact = catalogue.facts.get(id)
    const kind = fact?.definition.kind
    // What is worked out from the head's value alone tells it; a sum over members does not.
    const found =
      kind === 'head' ||
      (kind !== 'aggregate' && (fact?.inputs ?? []).some((input) => catalogue.facts.get(input)?.entity === 'household' && isHeads(input)))
    ofHead.set(id, found)
    return found
  }
  return (id) => (catalogue.facts.get(id)?.entity === 'person' ? ownValues : !isHeads(id) || reader?.isHead === true)
}

function mayReadChild(catalogue: Catalogue, { isHead, relationship }: Reader, { facts }: AssembledMember): boolean {
  const slot = catalogue.person.slot('age')
  const age = slot === undefined ? Infinity : (facts.hi[slot] as number)
  return age < ADULT_YEARS && (isHead || relationship === 'spouse')
}
