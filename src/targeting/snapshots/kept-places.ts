/** Facts of a snapshot as they leave the service: of a household with somebody sheltered nothing tells where it lives, as in its lists. */
import { tellsAddress } from '../../determinations/visible-facts.ts'
import type { ColumnFile } from '../../households/nation/column-file.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactColumn, FactColumns } from '../../language/fact-columns.ts'
import type { FactSpace } from '../../language/fact-space.ts'

/** Of today, whatever the day of the snapshot. */
export interface Sheltered {
  readonly households: ReadonlySet<number>
  readonly persons: ReadonlySet<number>
}

/** The part with such facts unknown where a household has a sheltered member, now or in the snapshot. */
export function withoutKeptPlaces(part: ColumnFile, catalogue: Catalogue, sheltered: Sheltered): ColumnFile {
  const [households, persons]: [number[], number[]] = [[], []]
  for (let h = 0; h < part.households; h++) {
    const [first, end] = [part.firstMember[h] as number, part.firstMember[h + 1] as number]
    const isKept =
      sheltered.households.has(part.householdRefs[h] as number) ||
      part.personRefs.subarray(first, end).some((ref) => sheltered.persons.has(ref))
    if (!isKept) continue
    households.push(h)
    for (let p = first; p < end; p++) persons.push(p)
  }
  if (households.length === 0) return part
  const hidden = (space: FactSpace, facts: FactColumns, rows: readonly number[], count: number): FactColumns =>
    space.types.map((type, slot) => {
      const column = facts[slot]
      return column && tellsAddress(catalogue, type.id) ? unknownIn(column, rows, count) : column
    })
  return {
    ...part,
    household: hidden(catalogue.household, part.household, households, part.households),
    person: hidden(catalogue.person, part.person, persons, part.persons),
  }
}

function unknownIn({ lo, hi, loKnown, hiKnown }: FactColumn, rows: readonly number[], count: number): FactColumn {
  const without = (known: Uint8Array | null): Uint8Array => {
    const bits = known?.slice() ?? new Uint8Array((count + 7) >> 3).fill(0xff)
    for (const row of rows) bits[row >> 3] = (bits[row >> 3] as number) & ~(1 << (row & 7))
    return bits
  }
  return { lo, hi, loKnown: without(loKnown), hiKnown: without(hiKnown) }
}
