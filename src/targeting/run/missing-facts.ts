/** Which unknown facts stand behind a unit's uncertain place: what its programme's formula reads and, where the rule is undetermined, what that reads. */
import type { ColumnFile } from '../../households/nation/column-file.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import type { FactColumn, IntegerArray } from '../../language/fact-columns.ts'
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

/** Sets of fact ids: many units lack the same. */
export interface MissingFacts {
  readonly sets: readonly (readonly string[])[]
  /** Place in `sets`, by unit. */
  readonly setOf: Uint32Array
}

/** Fact by fact over all units, so that each column is read in one loop: a unit's set grows by the facts that it lacks. */
export function missingFactsOf(
  bundle: Bundle,
  part: ColumnFile,
  { programme, households, members, undetermined }: MissingAsked,
): MissingFacts {
  const { ofFormula, ofRule } = readsOfProgramme(bundle, programme)
  const persons = households.slice()
  for (let unit = 0; unit < persons.length; unit++)
    persons[unit] = (part.firstMember[persons[unit] as number] as number) + (members[unit] as number)
  const sets: (readonly string[])[] = [[]]
  const setOf = new Uint32Array(households.length)
  const lack = ({ id, slot, of }: Read, asked: Uint8Array | null): void => {
    const lacking = uncertainRows(part[of][slot], of === 'person' ? persons : households)
    if (!lacking) return
    // Nobody's set grows to the first one, which is empty.
    const grown = new Uint32Array(sets.length)
    for (let unit = 0; unit < setOf.length; unit++) {
      if (lacking[unit] === 0 || (asked !== null && asked[unit] === 0)) continue
      const set = setOf[unit] as number
      if (grown[set] === 0) grown[set] = (sets[set] as readonly string[]).includes(id) ? set : sets.push([...(sets[set] ?? []), id]) - 1
      setOf[unit] = grown[set] as number
    }
  }
  for (const read of ofFormula) lack(read, null)
  for (const read of ofRule) lack(read, undetermined)
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

/** 1 by unit where anything but one value is possible; null where nobody's is. An absent column is unknown in every row. */
function uncertainRows(column: FactColumn | undefined, rows: Uint32Array): Uint8Array | null {
  const uncertain = new Uint8Array(rows.length)
  if (!column) return uncertain.fill(1)
  const { lo, hi, loKnown, hiKnown } = column
  if (lo === hi && !loKnown && !hiKnown) return null
  if (lo !== hi) markUnequal(comparable(lo, hi), rows, uncertain)
  if (loKnown) markUnknown(loKnown, rows, uncertain)
  if (hiKnown && hiKnown !== loKnown) markUnknown(hiKnown, rows, uncertain)
  return uncertain
}

function markUnknown(known: Uint8Array, rows: Uint32Array, uncertain: Uint8Array): void {
  for (let unit = 0; unit < rows.length; unit++) {
    const row = rows[unit] as number
    if ((((known[row >> 3] as number) >> (row & 7)) & 1) === 0) uncertain[unit] = 1
  }
}

function markUnequal([lo, hi]: readonly [Comparable, Comparable], rows: Uint32Array, uncertain: Uint8Array): void {
  for (let unit = 0; unit < rows.length; unit++) {
    const row = rows[unit] as number
    if (lo[row] !== hi[row]) uncertain[unit] = 1
  }
}

type Comparable = Uint8Array | Uint16Array | Uint32Array | Float64Array

/** Two columns of which values are equal where those of the columns are, of few kinds: an access that met more than four is compiled for none. */
function comparable(lo: IntegerArray, hi: IntegerArray): readonly [Comparable, Comparable] {
  if (lo.constructor !== hi.constructor) return [Float64Array.from(lo), Float64Array.from(hi)]
  return [withoutSign(lo), withoutSign(hi)]
}

/** The same bits: only whether they are equal is asked. */
function withoutSign(values: IntegerArray): Comparable {
  const { buffer, byteOffset, length } = values
  if (values instanceof Int8Array) return new Uint8Array(buffer, byteOffset, length)
  if (values instanceof Int16Array) return new Uint16Array(buffer, byteOffset, length)
  return values instanceof Int32Array ? new Uint32Array(buffer, byteOffset, length) : values
}
