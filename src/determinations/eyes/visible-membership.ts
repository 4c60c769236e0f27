/** Who belongs to a household, as an organisation may know it: how many they are, who heads it and how they are related are facts like others. */
import type { Catalogue, CatalogueFact } from '../../language/catalogue/catalogue.ts'
import type { Reader } from '../visible-facts.ts'
import type { Eyes } from './eyes.ts'
import type { Withheld } from './withheld.ts'

export interface VisibleMember {
  readonly personRef: number
  /** Null where it is withheld. */
  readonly isHead: boolean | null
  readonly relationship: string | null
}

export interface VisibleMembership {
  readonly householdRef: number
  readonly person: VisibleMember
  /** Whoever was asked for alone where the size is withheld. */
  readonly members: VisibleMember[]
  readonly withheld: Withheld[]
}

export interface Membership {
  readonly householdRef: number
  readonly members: readonly Reader[]
}

/** `personRef` is whoever was asked for; the same is withheld of every household. */
export function visibleMembership(
  { householdRef, members }: Membership,
  personRef: number,
  { catalogue, eyes }: { readonly catalogue: Catalogue; readonly eyes: Eyes },
): VisibleMembership {
  const { size, head, kinship } = membershipFacts(catalogue)
  const sees = (fact: CatalogueFact | null): boolean => fact !== null && eyes.sees(fact.id)
  const shown = ({ personRef: ref, isHead, relationship }: Reader): VisibleMember => ({
    personRef: ref,
    isHead: sees(head) ? isHead : null,
    relationship: sees(kinship) ? relationship : null,
  })
  const asked = members.find((member) => member.personRef === personRef) ?? { personRef, isHead: false, relationship: 'other' }
  // The head comes first: an order tells it, too.
  const ordered = sees(head) ? members : members.toSorted((a, b) => a.personRef - b.personRef)
  return {
    householdRef,
    person: shown(asked),
    members: sees(size) ? ordered.map(shown) : [shown(asked)],
    withheld: [size, head, kinship].flatMap((fact) =>
      fact === null || eyes.sees(fact.id) ? [] : [{ fact: fact.id, label: fact.label, custodian: fact.custodian }],
    ),
  }
}

/**
 * Of a programme that judges persons the units that an organisation may be told: their number is the size of the household, and their order
 * may tell who heads it. `asked` is whoever was asked for.
 */
export function visibleUnits<Unit extends { readonly personRef: number | null }>(
  units: readonly Unit[],
  asked: number | null,
  { catalogue, eyes }: { readonly catalogue: Catalogue; readonly eyes: Eyes },
): readonly Unit[] {
  const { size, head } = membershipFacts(catalogue)
  // A catalogue without the fact: nobody can be granted it.
  const hides = (fact: CatalogueFact | null): boolean => (fact === null ? eyes.withheld.size > 0 : !eyes.sees(fact.id))
  const told = hides(size) ? units.filter(({ personRef }) => personRef === null || personRef === asked) : units
  return hides(head) ? told.toSorted((a, b) => (a.personRef ?? 0) - (b.personRef ?? 0)) : told
}

interface MembershipFacts {
  readonly size: CatalogueFact | null
  readonly head: CatalogueFact | null
  readonly kinship: CatalogueFact | null
}

const known = new WeakMap<Catalogue, MembershipFacts>()

/** By what they are, not by name: whoever writes a catalogue names them. Null: nobody can be granted it. */
function membershipFacts(catalogue: Catalogue): MembershipFacts {
  const found = known.get(catalogue) ?? {
    size: factOf(catalogue, 'household', 'memberCount'),
    head: factOf(catalogue, 'identity', 'isHead'),
    kinship: factOf(catalogue, 'identity', 'relationship'),
  }
  known.set(catalogue, found)
  return found
}

const factOf = ({ facts }: Catalogue, kind: 'household' | 'identity', column: string): CatalogueFact | null =>
  [...facts.values()].find(({ definition }) => definition.kind === kind && definition.column === column) ?? null
