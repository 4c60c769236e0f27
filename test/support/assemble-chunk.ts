/** The bulk form of assembly over households that were laid out one by one: their facts as values again. */
import type { ChunkRows, KinRows, ValueColumn, ValueColumns } from '../../src/language/catalogue/assembly/chunk.ts'
import type { AssembledValues } from '../../src/language/catalogue/assembly/compile-assembly.ts'
import { compileChunk } from '../../src/language/catalogue/assembly/compile-chunk.ts'
import type { AssemblyRequest } from '../../src/language/catalogue/assembly/assembly-levels.ts'
import type { HouseholdRows, RegistryRows, RowCell } from '../../src/language/catalogue/assembly/rows.ts'
import type { Catalogue, Relation } from '../../src/language/catalogue/catalogue.ts'
import { type FactColumn, type FactColumns, readBlock } from '../../src/language/fact-columns.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'
import { packColumn } from '../../src/language/pack-columns.ts'

/** Facts of all households at once, through packed columns as snapshots keep them. */
export function assembleChunk(catalogue: Catalogue, request: AssemblyRequest, households: readonly HouseholdRows[]): AssembledValues[] {
  const assembly = compileChunk(catalogue, request)
  const { reads } = assembly
  const people = households.flatMap((household, h) => household.persons.map((_, p) => ({ household, h, p })))
  const members = people.filter(({ household, p }) => p < household.members)
  const relatives = people.filter(({ household, p }) => p >= household.members)
  const place = new Map(relatives.map(({ h, p }, index) => [`${h} ${p}`, index]))
  const first = households.map((_, h) => members.findIndex((one) => one.h === h))
  const asOf = households[0]?.asOf ?? 0
  const elsewhere = columnsOf(catalogue, catalogue.person, relatives.length)
  const rows = (some: typeof people): RegistryRows[] => reads.registries.map((_, at) => laidOut(some, at))
  const isJordanian = (some: typeof people): number[] => some.map(({ household, p }) => household.persons[p]?.isJordanian ?? NaN)
  assembly.elsewhere({ asOf, persons: relatives.length, isJordanian: isJordanian(relatives), registries: rows(relatives) }, elsewhere)
  const kin = (relations: readonly Relation[], where: 'within' | 'anywhere'): ReadonlyMap<Relation, KinRows> =>
    new Map(
      relations.map((relation) => {
        const own = members.map(({ household, h, p }) =>
          household[where](relation, p).map((at) => (where === 'within' ? (first[h] as number) + at : (place.get(`${h} ${at}`) as number))),
        )
        return [relation, { ranges: rangesOf(own), relatives: own.flat() }]
      }),
    )
  const chunk: ChunkRows = {
    asOf,
    households: households.length,
    firstMember: [...first, members.length],
    basis: (h) => households[h]?.basis ?? '',
    isHead: members.map(({ household, p }) => Number(household.persons[p]?.isHead)),
    isJordanian: isJordanian(members),
    relationship: (m) => members[m]?.household.persons[members[m].p]?.relationship ?? '',
    parentsListed: members.map(({ household, p }) => Number(household.parentsListed(p))),
    registries: rows(members),
    within: kin(reads.within, 'within'),
    anywhere: kin(reads.anywhere, 'anywhere'),
    declaredHousehold: (h) => households[h]?.declaredHousehold,
    declaredPerson: (m) => members[m]?.household.declaredPerson(members[m].p),
  }
  const into = {
    household: columnsOf(catalogue, catalogue.household, households.length),
    person: columnsOf(catalogue, catalogue.person, members.length),
  }
  assembly.households(chunk, elsewhere, into)
  const household = packed(into.household, households.length)
  const person = packed(into.person, members.length)
  return households.map((one, h) => ({
    household: valuesAt(catalogue.household, household, h),
    members: Array.from({ length: one.members }, (_, p) => valuesAt(catalogue.person, person, (first[h] as number) + p)),
  }))
}

/** Where each list begins and ends when they stand one behind the other. */
function rangesOf(lists: readonly (readonly unknown[])[]): number[] {
  let at = 0
  return lists.flatMap(({ length }) => [at, (at += length)])
}

/** Rows of one registry, those of each person side by side. */
function laidOut(people: readonly { readonly household: HouseholdRows; readonly p: number }[], at: number): RegistryRows {
  const ranges: number[] = []
  const columns: RowCell[][] = []
  let rows = 0
  for (const { household, p } of people) {
    const registry = household.registries[at] as RegistryRows
    const from = registry.ranges[2 * p] as number
    const to = registry.ranges[2 * p + 1] as number
    ranges.push(rows, rows + to - from)
    rows += to - from
    registry.columns.forEach((column, c) => {
      const into = (columns[c] ??= [])
      for (let row = from; row < to; row++) into.push(column[row] as RowCell)
    })
  }
  return { ranges, columns }
}

function columnsOf(catalogue: Catalogue, space: FactSpace, rows: number): ValueColumns {
  return space.types.map(({ id }): ValueColumn => {
    const lo = new Float64Array(rows)
    return { lo, hi: catalogue.facts.get(id)?.bounded ? new Float64Array(rows) : lo }
  })
}

const packed = (columns: ValueColumns, rows: number): FactColumns =>
  columns.map((column): FactColumn | undefined => column && packColumn(column, rows))

function valuesAt(space: FactSpace, columns: FactColumns, row: number): FactValues {
  const values = { lo: new Float64Array(space.types.length), hi: new Float64Array(space.types.length) }
  const [lo, hi] = [new Float64Array(1), new Float64Array(1)]
  for (const [slot, { type }] of space.types.entries()) {
    readBlock(columns[slot], type === 'boolean', row, 1, lo, hi)
    values.lo[slot] = lo[0] as number
    values.hi[slot] = hi[0] as number
  }
  return values
}
