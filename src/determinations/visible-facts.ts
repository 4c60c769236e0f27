/** The one projection of what a reader may see of a household's facts: a member's values go to that member only, and where somebody is sheltered, addresses to that one. */
import type { Queryable } from '../db/queryable.ts'
import type { AssembledHousehold, AssembledMember } from '../households/assembled.ts'
import { registryRead } from '../language/catalogue/assembly/reads.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { shelteredPersons } from '../warehouse/sheltered.ts'

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
 * `subject` is the member that a person rule judges. Children's values are seen by the head and the spouse. Where a member is sheltered,
 * whatever tells where the household lives is seen by that member only: the one from whom it is kept may live in it.
 */
export function visibleFacts(
  catalogue: Catalogue,
  reader: Reader | null,
  subject: AssembledMember | null,
  sheltered: ReadonlySet<number> = new Set(),
): (factId: string) => boolean {
  const isKept = keepsAddresses(reader, sheltered)
  const ownValues =
    subject !== null && reader !== null && (subject.personRef === reader.personRef || mayReadChild(catalogue, reader, subject))
  const isHeads = headFacts(catalogue)
  const isSeen = (id: string): boolean =>
    catalogue.facts.get(id)?.entity === 'person' ? ownValues : !isHeads(id) || reader?.isHead === true
  return isKept ? (id) => isSeen(id) && !tellsAddress(catalogue, id) : isSeen
}

/** Whether where the household lives is kept from this reader. */
export const keepsAddresses = (reader: Reader | null, sheltered: ReadonlySet<number> = new Set()): boolean =>
  sheltered.size > 0 && !(reader && sheltered.has(reader.personRef))

/** The household with those of its members who are sheltered; with none for a reader who may see addresses all the same. */
export async function withSheltered(db: Queryable, assembled: AssembledHousehold, mayReadAddresses: boolean): Promise<AssembledHousehold> {
  const members = mayReadAddresses ? [] : assembled.members.map(({ personRef }) => personRef)
  return { ...assembled, sheltered: await shelteredPersons(db, members) }
}

const addresses = new WeakMap<Catalogue, Map<string, boolean>>()

/** Whether a fact is made of codes or texts that registries mark as addresses; counts and sums over such rows tell no place. */
export function tellsAddress(catalogue: Catalogue, factId: string): boolean {
  const known = addresses.get(catalogue) ?? new Map<string, boolean>()
  addresses.set(catalogue, known)
  const before = known.get(factId)
  if (before !== undefined) return before
  if (!catalogue.facts.has(factId)) return false
  const tells = catalogue.baseFactsOf(factId).some((id) => {
    const fact = catalogue.facts.get(id)
    const read = fact?.type === 'category' ? registryRead(fact) : null
    return read?.registry.columns.some(({ name, address }) => address === true && read.columns.includes(name)) ?? false
  })
  known.set(factId, tells)
  return tells
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
