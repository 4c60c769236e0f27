/** Which unknown facts stand behind a unit's uncertain place: what its programme's formula reads and, where the rule is undetermined, what that reads. */
import type { ColumnFile } from '../../households/nation/column-file.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import type { FactColumn } from '../../language/fact-columns.ts'
import type { Bundle } from '../../programmes/bundle.ts'

/** Units of one programme in one part. */
export interface MissingAsked {
  /** Place of the programme in the bundle. */
  readonly programme: number
  /** Household row of the part, by unit. */
  readonly households: Uint32Array
  /** Place of the person among the household's members; 0 where households are judged. */
  readonly members: Uint32Array
  /** 1 where the rule is not known to hold: then its facts are missing too. */
  readonly undetermined: Uint8Array
}

/** Sets of fact ids, each once: many units lack the same. */
export interface MissingFacts {
  readonly sets: readonly (readonly string[])[]
  /** Place in `sets`, by unit. */
  readonly setOf: Uint32Array
}

export function missingFactsOf(
  bundle: Bundle,
  part: ColumnFile,
  { programme, households, members, undetermined }: MissingAsked,
): MissingFacts {
  const { ofFormula, ofRule } = readsOfProgramme(bundle, programme)
  const sets: (readonly string[])[] = []
  const placeOf = new Map<string, number>()
  const setOf = Uint32Array.from(households, (household, unit) => {
    const person = (part.firstMember[household] as number) + (members[unit] as number)
    const reads = undetermined[unit] === 1 ? [...ofFormula, ...ofRule] : ofFormula
    const missing = new Set<string>()
    for (const { id, slot, of } of reads)
      if (isUncertain(of === 'person' ? part.person[slot] : part.household[slot], of === 'person' ? person : household)) missing.add(id)
    const ids = [...missing]
    const key = ids.join()
    const place = placeOf.get(key) ?? sets.push(ids) - 1
    placeOf.set(key, place)
    return place
  })
  return { sets, setOf }
}

interface Read {
  readonly id: string
  readonly slot: number
  readonly of: 'household' | 'person'
}

/** Ranks and statuses are not among them: they are computed from other facts, which nobody can go and verify in their stead. */
function readsOfProgramme(
  { catalogue, programmes }: Bundle,
  index: number,
): { readonly ofFormula: readonly Read[]; readonly ofRule: readonly Read[] } {
  const compiled = programmes[index]
  if (!compiled) throw new Error(`the bundle has no programme ${index}`)
  const { household, person } = catalogue
  const ofHousehold = (slot: number): Read[] => {
    const id = household.types[slot]?.id ?? ''
    return catalogue.facts.get(id)?.definition.kind === 'computed' ? [] : [{ id, slot, of: 'household' }]
  }
  // A person's facts stand before the household's.
  const persons = compiled.programme.source.unit === 'person' ? person.types.length : 0
  return {
    ofFormula: [...new Set(compiled.formula?.formula.slots ?? [])].flatMap(ofHousehold),
    ofRule: slotsOf(compiled.rule.condition).flatMap((slot) =>
      slot < persons ? [{ id: person.types[slot]?.id ?? '', slot, of: 'person' as const }] : ofHousehold(slot - persons),
    ),
  }
}

/** Whether anything but one value is possible; an absent column is unknown in every row. */
export function isUncertain(column: FactColumn | undefined, row: number): boolean {
  if (!column) return true
  const has = (bits: Uint8Array | null): boolean => !bits || ((bits[row >> 3] as number) >> (row & 7)) % 2 === 1
  return !has(column.loKnown) || !has(column.hiKnown) || column.lo[row] !== column.hi[row]
}
