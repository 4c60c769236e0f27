/** Reads households of the replica, a range at a time, as bulk assembly reads them. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ChunkRows, KinRows, PersonRows } from '../../language/catalogue/assembly/chunk.ts'
import type { Reads } from '../../language/catalogue/assembly/reads.ts'
import type { RegistryRead, RegistryRows } from '../../language/catalogue/assembly/rows.ts'
import type { Catalogue, Relation } from '../../language/catalogue/catalogue.ts'
import { declaredRows } from '../declared.ts'
import type { DeclaredAnswers } from '../declared.ts'
import { asNumber, readColumns } from '../../warehouse/replica/read-columns.ts'
import { quote } from '../../warehouse/registry-table.ts'
import { kinTable } from './replica-kin.ts'
import { type PersonKeys, placeFinder, placeRows } from './place-rows.ts'

/** Homes from `from` to before `to`: household references, or buckets of persons without a household. */
export interface HomeRange {
  readonly from: number
  readonly to: number
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
  readonly range: HomeRange
  /** What households of the range declared, by household. */
  readonly declared: ReadonlyMap<number, DeclaredAnswers>
}

/** Words that stand in membership, by number. */
interface Words {
  readonly relationships: readonly string[]
  readonly bases: readonly string[]
}

const within = ({ from, to }: HomeRange): string => `home >= ${from} AND home < ${to}`
const list = (words: readonly string[]): string => `[${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')}]::VARCHAR[]`

export async function readChunk(
  connection: DuckDBConnection,
  { catalogue, reads, asOf, range, declared }: ChunkRequest,
): Promise<ReadChunk> {
  const words = await membershipWords(connection, range)
  const { columns } = await readColumns(
    connection,
    `SELECT ${[
      asNumber('m.home'),
      asNumber('m.person_ref'),
      asNumber('m.is_head'),
      asNumber(`list_position(${list(words.relationships)}, m.relationship) - 1`),
      asNumber(`list_position(${list(words.bases)}, m.basis) - 1`),
      asNumber('m.is_jordanian'),
    ].join(
      ', ',
    )} FROM member m WHERE m.${within(range).replace('AND home', 'AND m.home')} AND m.valid_from <= ${asOf} AND (m.valid_to IS NULL OR m.valid_to > ${asOf})
      AND NOT EXISTS (SELECT 1 FROM cspd_death_info d WHERE d.home = m.home AND d.person_ref = m.person_ref AND d.death_date <= ${asOf})
      ORDER BY m.home, m.person_ref`,
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
      parentsListed: await parentsListed(connection, reads, keys, range),
      registries: await registryRows(connection, reads.registries, keys, range),
      within: await kinRows(connection, reads.within, keys, range, 'within'),
      anywhere: await kinRows(connection, reads.anywhere, keys, range, 'anywhere'),
      declaredHousehold: (household) => answers.get(householdRefs[household] as number)?.household,
      declaredPerson: (member) =>
        answers.size === 0 ? undefined : answers.get(home[member] as number)?.persons.get(ref[member] as number),
    },
  }
}

/** Relatives whose home is in the range, with the place where their facts belong. */
export async function readElsewhere(
  connection: DuckDBConnection,
  { reads, asOf, range }: Pick<ChunkRequest, 'reads' | 'asOf' | 'range'>,
): Promise<{ readonly rows: PersonRows; readonly from: number }> {
  const { columns } = await readColumns(
    connection,
    `SELECT ${['place', 'home', 'person_ref', 'is_jordanian'].map(asNumber).join(', ')} FROM relative WHERE ${within(range)} ORDER BY place`,
  )
  const [place, home, ref, isJordanian] = columns as [Float64Array, Float64Array, Float64Array, Float64Array]
  const asked = reads.registries.map((read): RegistryRead => ({
    ...read,
    columns: read.columns.filter(({ name }) => read.relativesColumns?.has(name)),
  }))
  const rows = await registryRows(connection, asked, { home, ref }, range, ({ relativesColumns }) => relativesColumns !== null)
  const registries = rows.map(({ ranges, columns: own }, at) => ({
    ranges,
    columns:
      reads.registries[at]?.columns.map(({ name }) => own[asked[at]?.columns.findIndex((column) => column.name === name) ?? -1] ?? []) ??
      [],
  }))
  return { rows: { asOf, persons: ref.length, isJordanian, registries }, from: place[0] ?? 0 }
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

async function membershipWords(connection: DuckDBConnection, range: HomeRange): Promise<Words> {
  const distinct = async (column: string): Promise<string[]> =>
    (await connection.runAndReadAll(`SELECT DISTINCT ${column} FROM member WHERE ${within(range)} ORDER BY 1`))
      .getRows()
      .map(([word]) => String(word))
  return { relationships: await distinct('relationship'), bases: await distinct('basis') }
}

async function registryRows(
  connection: DuckDBConnection,
  reads: readonly RegistryRead[],
  keys: PersonKeys,
  range: HomeRange,
  isRead: (read: RegistryRead) => boolean = () => true,
): Promise<RegistryRows[]> {
  const rows: RegistryRows[] = []
  for (const read of reads) {
    const { registry, columns } = read
    // A registry may be read for how many rows there are, and for no column.
    if (!isRead(read)) rows.push({ columns: [], ranges: new Int32Array(2 * keys.ref.length) })
    else {
      const cells = columns.map(({ name }) => asNumber(quote(name)))
      const found = await readColumns(
        connection,
        `SELECT ${[asNumber('home'), asNumber('person_ref'), ...cells].join(', ')} FROM ${quote(registry.id)} WHERE ${within(range)}`,
      )
      rows.push(placeRows(keys, found.columns))
    }
  }
  return rows
}

async function parentsListed(connection: DuckDBConnection, { foundBy }: Reads, keys: PersonKeys, range: HomeRange): Promise<Uint8Array> {
  const listed = new Uint8Array(keys.ref.length)
  if (!foundBy.includes('cspd_lineage')) return listed
  const { columns } = await readColumns(
    connection,
    `SELECT ${['home', 'person_ref'].map(asNumber).join(', ')} FROM parents_listed WHERE ${within(range)}`,
  )
  const [homes, refs] = columns as [Float64Array, Float64Array]
  const find = placeFinder(keys)
  for (let row = 0; row < refs.length; row++) {
    const place = find(homes[row] as number, refs[row] as number)
    if (place >= 0) listed[place] = 1
  }
  return listed
}

async function kinRows(
  connection: DuckDBConnection,
  relations: readonly Relation[],
  keys: PersonKeys,
  range: HomeRange,
  where: 'within' | 'anywhere',
): Promise<ReadonlyMap<Relation, KinRows>> {
  const kin = new Map<Relation, KinRows>()
  for (const relation of relations) {
    const target = where === 'anywhere' ? 'place' : 'relative_ref'
    const { columns } = await readColumns(
      connection,
      `SELECT ${['home', 'person_ref', target].map(asNumber).join(', ')} FROM ${kinTable(relation, where)} WHERE ${within(range)}`,
    )
    kin.set(relation, where === 'anywhere' ? kinOf(keys, columns) : kinOf(keys, householdKin(keys, columns)))
  }
  return kin
}

function kinOf(keys: PersonKeys, columns: Parameters<typeof placeRows>[1]): KinRows {
  const { ranges, columns: moved } = placeRows(keys, columns)
  const persons = keys.ref.length
  const offsets = new Int32Array(persons + 1)
  for (let p = 0; p < persons; p++) offsets[p + 1] = ranges[2 * p + 1] as number
  return { offsets, relatives: (moved[0] ?? []) as KinRows['relatives'] }
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
