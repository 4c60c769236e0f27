/** Reads households of the replica, a range at a time, as bulk assembly reads them. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ChunkRows, KinRows, PersonRows } from '../../language/catalogue/assembly/chunk.ts'
import type { Reads } from '../../language/catalogue/assembly/reads.ts'
import type { RegistryRead, RegistryRows } from '../../language/catalogue/assembly/rows.ts'
import type { Catalogue, Relation } from '../../language/catalogue/catalogue.ts'
import { declaredRows } from '../declared.ts'
import type { DeclaredAnswers } from '../declared.ts'
import { type ColumnRoom, readColumns } from '../../warehouse/replica/read-columns.ts'
import { quote } from '../../warehouse/registry-table.ts'
import { BUCKETS } from '../../warehouse/replica/refresh-registry.ts'
import { kinTable } from './replica-kin.ts'
import { type PersonKeys, placeFinder, placeRows } from './place-rows.ts'

/** Homes from `from` to before `to`: household references, or buckets of persons without a household. */
export interface HomeRange {
  readonly from: number
  readonly to: number
}

/** A range, or of a range only the homes that a table of the connection names. */
export interface Homes extends HomeRange {
  readonly among?: string
}

export interface ReadChunk {
  readonly rows: ChunkRows
  readonly householdRefs: Float64Array
  readonly personRefs: Float64Array
}

export interface ChunkRequest {
  readonly catalogue: Catalogue
  readonly reads: Reads
  readonly asOf: number
  readonly range: Homes
  /** Places of the relatives whose facts are at hand, ascending; all of them unless given. */
  readonly places?: Float64Array
  /** What households of the range declared, by household. */
  readonly declared: ReadonlyMap<number, DeclaredAnswers>
  /** Memory of what was read before; that is given up then. */
  readonly room?: ColumnRoom
}

/** What rows are read from, of which homes, and into which memory. */
interface Reading {
  readonly connection: DuckDBConnection
  readonly range: Homes
  readonly room: ColumnRoom
}

/** Words that stand in membership, by number. */
interface Words {
  readonly relationships: readonly string[]
  readonly bases: readonly string[]
}

const within = ({ from, to, among }: Homes, home = 'home'): string =>
  `${home} >= ${from} AND ${home} < ${to}${among === undefined ? '' : ` AND ${home} IN (SELECT home FROM ${among})`}`
const list = (words: readonly string[]): string => `[${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')}]::VARCHAR[]`

export async function readChunk(
  connection: DuckDBConnection,
  { catalogue, reads, asOf, range, places, declared, room = new Map() }: ChunkRequest,
): Promise<ReadChunk> {
  const words = await membershipWords(connection, range)
  // The dead of the range alone: DuckDB would look through those of the whole nation.
  const { columns } = await readColumns(
    connection,
    `SELECT m.home, m.person_ref, m.is_head, list_position(${list(words.relationships)}, m.relationship) - 1,
        list_position(${list(words.bases)}, m.basis) - 1, m.is_jordanian
      FROM member m WHERE ${within(range, 'm.home')} AND m.valid_from <= ${asOf} AND (m.valid_to IS NULL OR m.valid_to > ${asOf})
      AND NOT EXISTS (SELECT 1 FROM cspd_death_info d
        WHERE ${within(range, 'd.home')} AND d.home = m.home AND d.person_ref = m.person_ref AND d.death_date <= ${asOf})
      ORDER BY m.home, m.person_ref`,
    { room, slot: 'member' },
  )
  const [home, ref, isHead, relationship, basis, isJordanian] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const keys = { home, ref }
  const reading: Reading = { connection, range, room }
  const { refs: householdRefs, firstMember } = householdsOf(home)
  const answers = declaredOf(catalogue, declared, householdRefs)
  return {
    householdRefs,
    personRefs: ref,
    rows: {
      asOf,
      households: householdRefs.length,
      firstMember,
      basis: (household) => words.bases[basis[firstMember[household] as number] as number] ?? '',
      isHead,
      isJordanian,
      relationship: (member) => words.relationships[relationship[member] as number] ?? '',
      parentsListed: await parentsListed(reading, reads, keys),
      registries: await registryRows(reading, reads.registries, keys),
      within: await kinRows(reading, reads.within, keys, 'within'),
      anywhere: await kinRows(reading, reads.anywhere, keys, 'anywhere', places),
      declaredHousehold: answers.size === 0 ? null : (household) => answers.get(householdRefs[household] as number)?.household,
      declaredPerson: answers.size === 0 ? null : (member) => answers.get(home[member] as number)?.persons.get(ref[member] as number),
    },
  }
}

const CHOSEN_RELATIVES = 'chosen_relative'

/** Relatives of some homes, wherever they live, ascending by place. */
export async function readElsewhereOf(
  connection: DuckDBConnection,
  { reads, asOf, range }: Pick<ChunkRequest, 'reads' | 'asOf' | 'range'>,
): Promise<{ readonly rows: PersonRows; readonly places: Float64Array }> {
  const owned = reads.anywhere.map((relation) => `SELECT place FROM ${kinTable(relation, 'anywhere')} WHERE ${within(range)}`)
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${CHOSEN_RELATIVES} AS SELECT * FROM relative WHERE ${owned.length === 0 ? 'FALSE' : `place IN (${owned.join(' UNION ')})`}`,
  )
  const { rows, places } = await readRelatives(connection, CHOSEN_RELATIVES, {
    reads,
    asOf,
    range: { ...ANYWHERE, among: CHOSEN_RELATIVES },
  })
  return { rows, places }
}

const ANYWHERE: HomeRange = { from: -BUCKETS, to: Number.MAX_SAFE_INTEGER }

/** Relatives whose home is in the range, with the place where their facts belong. */
export async function readElsewhere(
  connection: DuckDBConnection,
  request: Pick<ChunkRequest, 'reads' | 'asOf' | 'range' | 'room'>,
): Promise<{ readonly rows: PersonRows; readonly from: number }> {
  const { rows, places } = await readRelatives(connection, 'relative', request)
  return { rows, from: places[0] ?? 0 }
}

async function readRelatives(
  connection: DuckDBConnection,
  relatives: string,
  { reads, asOf, range, room = new Map() }: Pick<ChunkRequest, 'reads' | 'asOf' | 'range' | 'room'>,
): Promise<{ readonly rows: PersonRows; readonly places: Float64Array }> {
  const { columns } = await readColumns(
    connection,
    `SELECT place, home, person_ref, is_jordanian FROM ${relatives} WHERE ${within(range)} ORDER BY place`,
    { room, slot: 'relative' },
  )
  const [place, home, ref, isJordanian] = columns as [Float64Array, Float64Array, Float64Array, Float64Array]
  const asked = reads.registries.map((read): RegistryRead => ({
    ...read,
    columns: read.columns.filter(({ name }) => read.relativesColumns?.has(name)),
  }))
  const rows = await registryRows({ connection, range, room }, asked, { home, ref }, ({ relativesColumns }) => relativesColumns !== null)
  const registries = rows.map(({ ranges, columns: own }, at) => ({
    ranges,
    columns:
      reads.registries[at]?.columns.map(({ name }) => own[asked[at]?.columns.findIndex((column) => column.name === name) ?? -1] ?? []) ??
      [],
  }))
  return { rows: { asOf, persons: ref.length, isJordanian, registries }, places: place }
}

function householdsOf(home: Float64Array): { readonly refs: Float64Array; readonly firstMember: Int32Array } {
  const refs: number[] = []
  const first: number[] = []
  for (let member = 0; member < home.length; member++) {
    if (member > 0 && home[member] === home[member - 1]) continue
    refs.push(home[member] as number)
    first.push(member)
  }
  return { refs: Float64Array.from(refs), firstMember: Int32Array.from([...first, home.length]) }
}

async function membershipWords(connection: DuckDBConnection, range: Homes): Promise<Words> {
  const rows = (await connection.runAndReadAll(`SELECT DISTINCT relationship, basis FROM member WHERE ${within(range)}`)).getRows()
  const words = (column: 0 | 1): string[] => [...new Set(rows.map((row) => String(row[column])))].toSorted()
  return { relationships: words(0), bases: words(1) }
}

async function registryRows(
  { connection, range, room }: Reading,
  reads: readonly RegistryRead[],
  keys: PersonKeys,
  isRead: (read: RegistryRead) => boolean = () => true,
): Promise<RegistryRows[]> {
  const rows: RegistryRows[] = []
  for (const read of reads) {
    const { registry, columns } = read
    // A registry may be read for how many rows there are, and for no column.
    if (!isRead(read)) rows.push({ columns: [], ranges: new Int32Array(2 * keys.ref.length) })
    else {
      const cells = ['home', 'person_ref', ...columns.map(({ name }) => quote(name))]
      const found = await readColumns(connection, `SELECT ${cells.join(', ')} FROM ${quote(registry.id)} WHERE ${within(range)}`, {
        room,
        slot: registry.id,
      })
      rows.push(placeRows(keys, found.columns))
    }
  }
  return rows
}

async function parentsListed({ connection, range, room }: Reading, { foundBy }: Reads, keys: PersonKeys): Promise<Uint8Array> {
  const listed = new Uint8Array(keys.ref.length)
  if (!foundBy.includes('cspd_lineage')) return listed
  const { columns } = await readColumns(connection, `SELECT home, person_ref FROM parents_listed WHERE ${within(range)}`, {
    room,
    slot: 'parents_listed',
  })
  const { ranges } = placeRows(keys, columns)
  for (let p = 0; p < listed.length; p++) listed[p] = (ranges[2 * p] as number) < (ranges[2 * p + 1] as number) ? 1 : 0
  return listed
}

async function kinRows(
  { connection, range, room }: Reading,
  relations: readonly Relation[],
  keys: PersonKeys,
  where: 'within' | 'anywhere',
  places?: Float64Array,
): Promise<ReadonlyMap<Relation, KinRows>> {
  const kin = new Map<Relation, KinRows>()
  for (const relation of relations) {
    const [table, target] = [kinTable(relation, where), where === 'anywhere' ? 'place' : 'relative_ref']
    const { columns } = await readColumns(connection, `SELECT home, person_ref, ${target} FROM ${table} WHERE ${within(range)}`, {
      room,
      slot: table,
    })
    if (where === 'within') kin.set(relation, kinOf(keys, householdKin(keys, columns)))
    else kin.set(relation, kinOf(keys, places ? amongPlaces(columns, places) : columns))
  }
  return kin
}

function kinOf(keys: PersonKeys, columns: Parameters<typeof placeRows>[1]): KinRows {
  const { ranges, columns: moved } = placeRows(keys, columns)
  return { ranges, relatives: (moved[0] ?? []) as KinRows['relatives'] }
}

/** Places among those at hand; relatives stand in the order of their own homes, so that no walk finds them. */
function amongPlaces([homes, refs, places]: readonly Float64Array[], known: Float64Array): Float64Array[] {
  const at = new Map(Array.from(known, (place, index) => [place, index]))
  return [homes as Float64Array, refs as Float64Array, (places as Float64Array).map((place) => at.get(place) ?? -1)]
}

/** Only relatives in the same household, by their place among the members. */
function householdKin(keys: PersonKeys, columns: Parameters<typeof placeRows>[1]): Float64Array[] {
  const [homes, refs, relatives] = columns as [Float64Array, Float64Array, Float64Array]
  const find = placeFinder(keys)
  const places = relatives.map((relative, row) => find(homes[row] as number, relative))
  const kept: number[] = []
  for (const [row, place] of places.entries()) if (place >= 0) kept.push(row)
  return [homes, refs, places].map((column) => Float64Array.from(kept, (row) => column[row] as number))
}

interface HouseholdAnswers {
  readonly household: ReturnType<typeof declaredRows>['household'][number] | undefined
  readonly persons: ReadonlyMap<number, ReturnType<typeof declaredRows>['person'][number]>
}

function declaredOf(
  catalogue: Catalogue,
  declared: ReadonlyMap<number, DeclaredAnswers>,
  refs: Float64Array,
): ReadonlyMap<number, HouseholdAnswers> {
  const answers = new Map<number, HouseholdAnswers>()
  if (declared.size === 0) return answers
  for (const ref of refs) {
    const one = declared.get(ref)
    if (!one) continue
    const { household, person } = declaredRows(catalogue, ref, one)
    answers.set(ref, { household: household[0], persons: new Map(person.map((row) => [Number(row['person_ref']), row])) })
  }
  return answers
}
