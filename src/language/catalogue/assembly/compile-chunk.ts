/**
 * Bulk assembly: the generated functions of one household's assembly, run over many households laid out side by side, into
 * columns. Nothing is allocated for a household, and what is read of a relative is computed once, however many relatives ask.
 */
import type { FactSpace } from '../../fact-space.ts'
import type { Catalogue, Relation } from '../catalogue.ts'
import { type AssemblyLevels, type AssemblyRequest, assemblyLevels, isCovered, isOpen, type Level } from './assembly-levels.ts'
import type { ChunkRows, PersonRows, ValueColumn, ValueColumns } from './chunk.ts'
import type { Ends, PersonRow, RegistryRows } from './rows.ts'
import type { Reads } from './reads.ts'

export interface ChunkAssembly {
  readonly reads: Reads
  /** Slots of person facts that are read of relatives anywhere. */
  readonly elsewhereSlots: readonly number[]
  /** Facts of persons as somebody's relatives: row `from + p` of `into` for person `p`. */
  readonly elsewhere: (rows: PersonRows, into: ValueColumns, from: number) => void
  /** Facts of all households (by row) and members (by row); relatives' facts come from `elsewhere`. */
  readonly households: (
    rows: ChunkRows,
    elsewhere: ValueColumns,
    into: { readonly household: ValueColumns; readonly person: ValueColumns },
  ) => void
}

export function compileChunk(catalogue: Catalogue, request: AssemblyRequest): ChunkAssembly {
  const levels = assemblyLevels(catalogue, request)
  const { reads } = levels
  const elsewhereSlots = [...reads.ofRelatives].flatMap((id) => catalogue.person.slot(id) ?? [])
  const scratch = newScratch(catalogue.person.types.length)
  const own = newEnds(catalogue.household.types.length)
  return {
    reads,
    elsewhereSlots,
    elsewhere(rows, into, from) {
      for (let p = 0; p < rows.persons; p++) {
        scratch.clear(1)
        for (const level of levels.relatives)
          personPasses(level, levels, rows.registries, rows.asOf, RELATIVE, Number(rows.isJordanian[p]), undefined, p, scratch.at(0))
        write(catalogue.person, elsewhereSlots, scratch.at(0), into, from + p)
      }
    },
    households(rows, elsewhere, into) {
      const householdSlots = slotsOf(into.household)
      const personSlots = slotsOf(into.person)
      for (let h = 0; h < rows.households; h++) {
        const first = Number(rows.firstMember[h])
        const members = Number(rows.firstMember[h + 1]) - first
        scratch.clear(members)
        const kin = relativesOf(rows, elsewhere, elsewhereSlots, first, members, scratch)
        memberLevels(levels, rows, first, members, kin, scratch)
        own.lo.fill(NaN)
        own.hi.fill(NaN)
        householdLevels(levels, rows, h, first, members, scratch, own)
        write(catalogue.household, householdSlots, own, into.household, h)
        for (let m = 0; m < members; m++) write(catalogue.person, personSlots, scratch.at(m), into.person, first + m)
      }
    },
  }
}

const slotsOf = (columns: ValueColumns): number[] => columns.flatMap((column, slot) => (column ? [slot] : []))
const RELATIVE: Pick<PersonRow, 'isHead' | 'relationship'> = { isHead: false, relationship: 'relative' }

const newEnds = (slots: number): Ends => ({ lo: new Float64Array(slots).fill(NaN), hi: new Float64Array(slots).fill(NaN) })

/** Arrays for the persons of one household and their relatives, used again for the next. */
interface Scratch {
  readonly lo: Float64Array[]
  readonly hi: Float64Array[]
  readonly at: (place: number) => Ends
  /** Makes the first `persons` places unknown. */
  readonly clear: (persons: number) => void
}

function newScratch(slots: number): Scratch {
  const ends: Ends[] = []
  const lo: Float64Array[] = []
  const hi: Float64Array[] = []
  const at = (place: number): Ends => {
    while (ends.length <= place) {
      const more = newEnds(slots)
      ends.push(more)
      lo.push(more.lo)
      hi.push(more.hi)
    }
    return ends[place] as Ends
  }
  return {
    lo,
    hi,
    at,
    clear(persons) {
      for (let p = 0; p < persons; p++) {
        const { lo: low, hi: high } = at(p)
        low.fill(NaN)
        high.fill(NaN)
      }
    },
  }
}

type Positions = ReadonlyMap<Relation, readonly (readonly number[])[]>

/** Lays the facts of relatives anywhere behind the members; by relation and member, where they stand. */
function relativesOf(
  { anywhere }: ChunkRows,
  elsewhere: ValueColumns,
  slots: readonly number[],
  first: number,
  members: number,
  scratch: Scratch,
): Positions {
  const places = new Map<Relation, number[][]>()
  let next = members
  for (const [relation, { offsets, relatives }] of anywhere) {
    const byMember: number[][] = []
    for (let m = first; m < first + members; m++) {
      const own: number[] = []
      for (let k = Number(offsets[m]); k < Number(offsets[m + 1]); k++) {
        const { lo, hi } = scratch.at(next)
        const from = Number(relatives[k])
        for (const slot of slots) {
          const column = elsewhere[slot] as ValueColumn
          lo[slot] = column.lo[from] as number
          hi[slot] = column.hi[from] as number
        }
        own.push(next++)
      }
      byMember.push(own)
    }
    places.set(relation, byMember)
  }
  return places
}

const NOBODY: readonly number[] = []

function memberLevels(levels: AssemblyLevels, rows: ChunkRows, first: number, members: number, kin: Positions, scratch: Scratch): void {
  const { functions } = levels
  for (const level of levels.persons)
    for (let m = 0; m < members; m++) {
      const at = first + m
      const isJordanian = Number(rows.isJordanian[at])
      const ends = scratch.at(m)
      const person = { isHead: rows.isHead[at] === 1, relationship: rows.relationship(at) }
      personPasses(level, levels, rows.registries, rows.asOf, person, isJordanian, rows.declaredPerson(at), at, ends, () => {
        for (const { relation, within, pass } of level.relatives) {
          const positions = within === 'anywhere' ? (kin.get(relation)?.[m] ?? NOBODY) : relativesWithin(rows, relation, first, members, m)
          functions[pass]?.(
            positions,
            scratch.lo,
            scratch.hi,
            isOpen(relation, isJordanian, () => rows.parentsListed[at] === 1),
            rows.asOf,
            ends.lo,
            ends.hi,
          )
        }
      })
    }
}

function relativesWithin(rows: ChunkRows, relation: Relation, first: number, members: number, m: number): readonly number[] {
  const found: number[] = []
  if (relation === 'members' || relation === 'otherMembers') for (let p = 0; p < members; p++) if (p !== m) found.push(p)
  const kin = rows.within.get(relation)
  if (kin)
    for (let k = Number(kin.offsets[first + m]); k < Number(kin.offsets[first + m + 1]); k++) found.push(Number(kin.relatives[k]) - first)
  return found
}

/** First values, registries, what `relatives` adds, and facts of facts of one person at row `p` of the registries. */
function personPasses(
  level: Level,
  { functions }: AssemblyLevels,
  registries: readonly RegistryRows[],
  asOf: number,
  person: Pick<PersonRow, 'isHead' | 'relationship'>,
  isJordanian: number,
  answers: Parameters<Level['first']['person']>[1],
  p: number,
  ends: Ends,
  relatives?: () => void,
): void {
  const { lo, hi } = ends
  level.first.person({ ...person, isJordanian }, answers, ends)
  for (const { at, population, pass } of level.registries) {
    const { columns, ranges } = registries[at] as RegistryRows
    functions[pass]?.(columns, ranges, 2 * p, 2 * p + 2, isCovered(population, isJordanian), asOf, lo, hi)
  }
  // The check lets no fact that is read of a relative anywhere read relatives in its turn.
  relatives?.()
  for (const pass of level.derived) functions[pass]?.(lo, hi, asOf)
}

function householdLevels(
  levels: AssemblyLevels,
  rows: ChunkRows,
  h: number,
  first: number,
  members: number,
  scratch: Scratch,
  own: Ends,
): void {
  const { functions } = levels
  const { asOf } = rows
  const { lo, hi } = own
  let head = -1
  for (let m = members - 1; m >= 0; m--) if (rows.isHead[first + m] === 1) head = m
  const frame = { members, basis: rows.basis(h), headLo: scratch.lo[head], headHi: scratch.hi[head] }
  const everybody = Array.from({ length: members }, (_, m) => m)
  for (const level of levels.households) {
    level.first.household(frame, rows.declaredHousehold(h), own)
    for (const { at, population, pass, dwelling } of level.registries) {
      const { columns, ranges } = rows.registries[at] as RegistryRows
      if (dwelling) {
        if (head >= 0) functions[pass]?.(columns, ranges, 2 * (first + head), 2 * (first + head) + 2, true, asOf, lo, hi)
        continue
      }
      const covered = everybody.every((m) => isCovered(population, Number(rows.isJordanian[first + m])))
      functions[pass]?.(columns, ranges, 2 * first, 2 * (first + members), covered, asOf, lo, hi)
    }
    for (const { pass } of level.relatives) functions[pass]?.(everybody, scratch.lo, scratch.hi, false, asOf, lo, hi)
    for (const pass of level.derived) functions[pass]?.(lo, hi, asOf)
  }
}

/** A code outside its list is unknown to everybody else, as in the assembly of one household. */
function write({ types }: FactSpace, slots: readonly number[], { lo, hi }: Ends, into: ValueColumns, row: number): void {
  for (const slot of slots) {
    const column = into[slot] as ValueColumn
    const codes = types[slot]?.codes ?? null
    const a = lo[slot] as number
    const known = codes === null || !(a >= codes.length)
    column.lo[row] = known ? a : NaN
    if (column.hi !== column.lo) column.hi[row] = known ? (hi[slot] as number) : NaN
  }
}
