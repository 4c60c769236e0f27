/** What was fetched of a household, laid out as an assembly reads it: rows by person in columns, relatives by position. */
import type { Reads } from '../language/catalogue/assembly/reads.ts'
import type { Answer, HouseholdRows, PersonRow, RegistryRead, RegistryRows, RowCell } from '../language/catalogue/assembly/rows.ts'
import type { Relation } from '../language/catalogue/catalogue.ts'
import type { FetchedCell, FetchedRow } from './row-text.ts'

export interface Fetched {
  readonly asOf: number
  readonly members: readonly {
    readonly personRef: number
    readonly isHead: boolean
    readonly relationship: string
    readonly basis: string
    readonly isJordanian: boolean | null
  }[]
  readonly relatives: readonly { readonly personRef: number; readonly isJordanian: boolean | null }[]
  readonly pairs: readonly { readonly relation: string; readonly personRef: number; readonly relativeRef: number }[]
  readonly parentsListed: readonly number[]
  /** In the order of `reads.registries`. */
  readonly registries: readonly (readonly FetchedRow[])[]
  readonly declaredHousehold: Readonly<Record<string, Answer>> | undefined
  readonly declaredPersons: ReadonlyMap<number, Readonly<Record<string, Answer>>>
}

export function householdRows(reads: Reads, fetched: Fetched): HouseholdRows {
  const { members, relatives, pairs } = fetched
  const refs = [...members, ...relatives].map(({ personRef }) => personRef)
  const inHousehold = new Map(members.map(({ personRef }, p) => [personRef, p]))
  const elsewhere = new Map(relatives.map(({ personRef }, n) => [personRef, members.length + n]))
  const parentsListed = new Set(fetched.parentsListed)
  const found = (relation: Relation, member: number, among: ReadonlyMap<number, number>): number[] =>
    pairs.flatMap((pair) => (pair.relation === relation && pair.personRef === refs[member] ? (among.get(pair.relativeRef) ?? []) : []))
  return {
    asOf: fetched.asOf,
    // The warehouse knows one basis a household; rows that somebody sends may differ: then the first by code, as in SQL.
    basis: members.map((member) => member.basis).toSorted()[0] ?? '',
    persons: [
      ...members.map(({ isHead, relationship, isJordanian }): PersonRow => ({ isHead, relationship, isJordanian: flag(isJordanian) })),
      ...relatives.map(({ isJordanian }): PersonRow => ({ isHead: false, relationship: 'relative', isJordanian: flag(isJordanian) })),
    ],
    members: members.length,
    registries: reads.registries.map((read, at) => registryRows(read, fetched.registries[at] ?? [], refs)),
    within: (relation, member) =>
      (relation === 'members' || relation === 'otherMembers' ? members.map((_, p) => p) : found(relation, member, inHousehold)).filter(
        (p) => p !== member,
      ),
    anywhere: (relation, member) => found(relation, member, elsewhere),
    parentsListed: (member) => parentsListed.has(refs[member] ?? NaN),
    declaredHousehold: fetched.declaredHousehold,
    declaredPerson: (member) => fetched.declaredPersons.get(refs[member] ?? NaN),
  }
}

const flag = (value: boolean | null): number => (value === null ? NaN : Number(value))

const NO_ROWS: readonly FetchedRow[] = []
const NO_CELLS: readonly RowCell[] = []

function registryRows({ columns }: RegistryRead, rows: readonly FetchedRow[], refs: readonly number[]): RegistryRows {
  // Most households are in few registries.
  if (rows.length === 0) return { ranges: new Uint8Array(2 * refs.length), columns: columns.map(() => NO_CELLS) }
  const ranges: number[] = []
  const placed: FetchedRow[] = []
  const byPerson = new Map<FetchedCell, FetchedRow[]>()
  for (const row of rows) {
    const own = byPerson.get(row[0] as number)
    if (own) own.push(row)
    else byPerson.set(row[0] as number, [row])
  }
  for (const ref of refs) {
    const own = byPerson.get(ref) ?? NO_ROWS
    ranges.push(placed.length)
    for (const row of own) placed.push(row)
    ranges.push(placed.length)
  }
  return { ranges, columns: columns.map((column, at) => placed.map((row) => cellOf(column, row[at + 1] ?? null))) }
}

const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

function cellOf({ codes }: RegistryRead['columns'][number], cell: FetchedCell): RowCell {
  if (cell === null) return NaN
  if (typeof cell === 'boolean') return Number(cell)
  if (typeof cell === 'number' || codes === null) return cell
  let known = places.get(codes)
  if (!known) places.set(codes, (known = new Map(codes.map((code, place) => [code, place]))))
  return known.get(cell) ?? codes.length
}
