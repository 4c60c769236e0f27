/** A snapshot in memory that all threads share: the columns that are read of it, once, however many ask. */
import { NO_AREA, type NationColumns, type NationRanks, type NationScores } from '../../determinations/bulk/nation.ts'
import { slotsRead } from '../../determinations/bulk/bulk-bundle.ts'
import type { ColumnFile, WantedSlots } from '../../households/nation/column-file.ts'
import type { FactColumn, FactColumns } from '../../language/fact-columns.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { partFiles, type Snapshot } from './snapshot.ts'
import type { NationPart, OpenedPart, OpenedParts, PartFile } from './tasks.ts'
import type { ThreadPool } from './thread-pool.ts'
import { byPlaceFact, fillPlaces, PLACE_FACTS, type UnitPlaces } from './unit-places.ts'

/** The parts in the order of their homes, and what is the same whatever formula or rule is asked about, by row of the nation. */
export interface ResidentNation {
  readonly parts: readonly NationPart[]
  /** The files of the parts, and which of their columns are in memory. */
  readonly files: readonly PartFile[]
  readonly slots: WantedSlots
  readonly householdRefs: Float64Array
  readonly personRefs: Float64Array
  /** Members of each household. */
  readonly persons: Uint32Array
  /** Household row by person row. */
  readonly householdOf: Uint32Array
  /** Index of the governorate's code; NO_AREA where unknown. */
  readonly governorate: Uint8Array
  readonly places: UnitPlaces
}

/** What scoring, judging and listing read of a part: a small share of its facts. */
export function slotsResident(bundle: Bundle): WantedSlots {
  const { household, person } = slotsRead(bundle)
  const space = bundle.catalogue.household
  return { household: new Set([...household, ...['governorate', ...PLACE_FACTS].flatMap((id) => space.slot(id) ?? [])]), person }
}

/** Reads the snapshot's columns into shared memory and shows them to every thread. */
export async function openResident(
  threads: ThreadPool,
  bundle: Bundle,
  snapshot: Snapshot,
  wanted: WantedSlots,
  onProgress: (done: number, total: number) => void,
  opened: OpenedParts = new Map(),
): Promise<ResidentNation> {
  const files = partFiles(snapshot)
  const read = await openParts(
    threads,
    files.filter(({ hash }) => !opened.has(hash)),
    wanted,
    onProgress,
  )
  const columns = files.map(({ hash }) => opened.get(hash) ?? (read.shift() as OpenedPart))
  let [firstHousehold, firstPerson] = [0, 0]
  const parts = columns.map((part, index): NationPart => {
    const placed = { ...part, index, firstHousehold, firstPerson }
    firstHousehold += part.households
    firstPerson += part.persons
    return placed
  })
  await threads.tell({ kind: 'hold', parts })
  return { parts, files, slots: wanted, ...commonColumns(bundle, parts) }
}

/** The same nation with further columns in memory; it itself where nothing is wanted that is not there. */
export async function extendResident(threads: ThreadPool, resident: ResidentNation, wanted: WantedSlots): Promise<ResidentNation> {
  const { slots, files } = resident
  const further = {
    household: new Set([...wanted.household].filter((slot) => !slots.household.has(slot))),
    person: new Set([...wanted.person].filter((slot) => !slots.person.has(slot))),
  }
  if (further.household.size + further.person.size === 0) return resident
  const columns = await openParts(threads, files, further, () => undefined)
  const parts = resident.parts.map((part, index): NationPart => {
    const { household, person } = columns[index] as OpenedPart
    return {
      ...part,
      household: part.household.map((column, slot) => column ?? household[slot]),
      person: part.person.map((column, slot) => column ?? person[slot]),
    }
  })
  await threads.tell({ kind: 'hold', parts })
  const joined = {
    household: new Set([...slots.household, ...further.household]),
    person: new Set([...slots.person, ...further.person]),
  }
  return { ...resident, parts, slots: joined }
}

function openParts(
  threads: ThreadPool,
  files: readonly PartFile[],
  wanted: WantedSlots,
  onProgress: (done: number, total: number) => void,
): Promise<OpenedPart[]> {
  let done = 0
  return threads.perform(
    files.map((part) => ({ kind: 'open' as const, part, wanted })),
    () => onProgress(++done, files.length),
  )
}

function commonColumns({ catalogue }: Bundle, parts: readonly NationPart[]): Omit<ResidentNation, 'parts' | 'files' | 'slots'> {
  const { households, persons } = sizeOf(parts)
  const space = catalogue.household
  const nation = {
    householdRefs: new Float64Array(sharedBytes(households * Float64Array.BYTES_PER_ELEMENT)),
    personRefs: new Float64Array(sharedBytes(persons * Float64Array.BYTES_PER_ELEMENT)),
    persons: new Uint32Array(sharedBytes(households * Uint32Array.BYTES_PER_ELEMENT)),
    householdOf: new Uint32Array(sharedBytes(persons * Uint32Array.BYTES_PER_ELEMENT)),
    governorate: new Uint8Array(households).fill(NO_AREA),
    places: byPlaceFact(() => new Uint16Array(households)),
  }
  for (const part of parts) {
    const { firstHousehold: first, firstMember } = part
    nation.householdRefs.set(part.householdRefs, first)
    nation.personRefs.set(part.personRefs, part.firstPerson)
    for (let h = 0; h < part.households; h++) {
      const [from, to] = [firstMember[h] as number, firstMember[h + 1] as number]
      nation.persons[first + h] = to - from
      nation.householdOf.fill(first + h, part.firstPerson + from, part.firstPerson + to)
    }
    fillCodes(part.household[space.slot('governorate') ?? -1], nation.governorate.subarray(first, first + part.households))
    for (const fact of PLACE_FACTS)
      fillPlaces(part.household[space.slot(fact) ?? -1], nation.places[fact].subarray(first, first + part.households))
  }
  return nation
}

const sharedBytes = (length: number): SharedArrayBuffer => new SharedArrayBuffer(length)

export function sizeOf(parts: readonly NationPart[]): { readonly households: number; readonly persons: number } {
  const last = parts.at(-1)
  return { households: last ? last.firstHousehold + last.households : 0, persons: last ? last.firstPerson + last.persons : 0 }
}

/** A code that is unknown stays as it is. */
function fillCodes(column: FactColumn | undefined, into: Uint8Array): void {
  if (!column) return
  const { lo, loKnown } = column
  for (let row = 0; row < into.length; row++)
    if (!loKnown || ((loKnown[row >> 3] as number) >> (row & 7)) % 2 === 1) into[row] = lo[row] as number
}

/** What belongs to one part of the nation's columns: views, nothing is copied. */
export const partOfScores = (scores: NationScores, { firstHousehold: from, households }: NationPart): NationScores =>
  scores.map(({ point, lo, hi }) => ({
    point: point.subarray(from, from + households),
    lo: lo.subarray(from, from + households),
    hi: hi.subarray(from, from + households),
  }))

export const partOfRanks = (ranks: NationRanks | null, { firstHousehold: from, households }: NationPart): NationRanks | null =>
  ranks &&
  ranks.map(
    (one) => one && { rank: one.rank.subarray(from, from + households), percentile: one.percentile.subarray(from, from + households) },
  )

export const partOfColumns = (columns: NationColumns, part: NationPart): NationColumns =>
  columns.map((one) => {
    const [from, rows] = one.unit === 'person' ? [part.firstPerson, part.persons] : [part.firstHousehold, part.households]
    return {
      ...one,
      truth: one.truth.subarray(from, from + rows),
      benefit: one.benefit.subarray(from, from + rows),
      tier: one.tier.subarray(from, from + rows),
      area: one.area && one.area.subarray(from, from + rows),
      orderFacts: one.orderFacts.map((values) => values.subarray(from, from + rows)),
    }
  })

/** For all threads; what is in memory of theirs already stays where it is. */
export const openedPart = (part: ColumnFile): OpenedPart => {
  const columns = (own: FactColumns): FactColumns => own.map((column, slot) => column && shared([slot, column])[1])
  return {
    ...part,
    householdRefs: inShared(part.householdRefs),
    personRefs: inShared(part.personRefs),
    firstMember: inShared(part.firstMember),
    household: columns(part.household),
    person: columns(part.person),
    householdOf: ownersOf(part),
  }
}

/** The members' households within a part, from its first members. */
export function ownersOf({ households, persons, firstMember }: Pick<ColumnFile, 'households' | 'persons' | 'firstMember'>): Uint32Array {
  const owners = new Uint32Array(new SharedArrayBuffer(persons * Uint32Array.BYTES_PER_ELEMENT))
  for (let h = 0; h < households; h++) owners.fill(h, firstMember[h], firstMember[h + 1])
  return owners
}

/** Columns with others in the place of some. */
export function overlaid(columns: FactColumns, others: readonly (readonly [slot: number, column: FactColumn])[]): FactColumns {
  const own = [...columns]
  for (const [slot, column] of others) own[slot] = column
  return own
}

/** The same column in memory that all threads share. */
export function shared([slot, { lo, hi, loKnown, hiKnown }]: readonly [slot: number, column: FactColumn]): [
  slot: number,
  column: FactColumn,
] {
  const low = inShared(lo)
  const known = loKnown && inShared(loKnown)
  return [
    slot,
    {
      lo: low,
      hi: hi === lo ? low : inShared(hi),
      loKnown: known,
      hiKnown: hiKnown === loKnown ? known : hiKnown && inShared(hiKnown),
    },
  ]
}

function inShared<T extends FactColumn['lo']>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values
  const Type = values.constructor as new (memory: SharedArrayBuffer) => T
  const copy = new Type(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
