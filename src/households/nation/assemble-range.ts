/** Assembles the households of one range of the replica into a column file. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ValueColumn, ValueColumns } from '../../language/catalogue/assembly/chunk.ts'
import type { ChunkAssembly } from '../../language/catalogue/assembly/compile-chunk.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { clearRoom, newPackingRoom, packColumn, type PackingRoom } from '../../language/pack-columns.ts'
import type { ColumnRoom } from '../../warehouse/replica/read-columns.ts'
import { fillEnrolled, type Served } from '../enrolled-status.ts'
import { type ColumnFile, writeColumnFile } from './column-file.ts'
import { type ChunkRequest, readChunk } from './read-chunk.ts'

/** What a range came to; `hash` is of the file's bytes. */
export interface AssembledRange {
  readonly households: number
  readonly persons: number
  readonly hash: string
}

export interface RangeRequest extends Omit<ChunkRequest, 'reads' | 'room'> {
  readonly wanted: ReadonlySet<string>
  readonly elsewhere: ValueColumns
  readonly served: Served
  readonly path: string
}

export async function assembleRange(
  connection: DuckDBConnection,
  assembly: ChunkAssembly,
  { wanted, elsewhere, served, path, ...request }: RangeRequest,
): Promise<AssembledRange> {
  const { catalogue } = request
  const spare = spareOf(assembly)
  const { rows, householdRefs, personRefs } = await readChunk(connection, {
    ...request,
    reads: assembly.reads,
    room: spare.read,
  })
  const into = {
    household: valueColumns(catalogue, catalogue.household, wanted, rows.households, spare.household),
    person: valueColumns(catalogue, catalogue.person, wanted, personRefs.length, spare.person),
  }
  assembly.households(rows, elsewhere, into)
  fillEnrolled(catalogue, { householdRefs, personRefs, firstMember: rows.firstMember }, served, into.household)
  const pack = (columns: ValueColumns, count: number): ColumnFile['household'] =>
    columns.map((column) => column && packColumn(column, count, spare.packed))
  clearRoom(spare.packed)
  const hash = await writeColumnFile(path, {
    households: rows.households,
    persons: personRefs.length,
    householdRefs,
    personRefs,
    firstMember: Uint32Array.from(rows.firstMember as Int32Array),
    household: pack(into.household, rows.households),
    person: pack(into.person, personRefs.length),
  })
  return { households: rows.households, persons: personRefs.length, hash }
}

/** Arrays of the range before, which nobody reads any more: a hundred megabytes for each range would keep the collector busy. */
interface Spare {
  readonly read: ColumnRoom
  readonly household: Map<string, Float64Array>
  readonly person: Map<string, Float64Array>
  readonly packed: PackingRoom
}

const spares = new WeakMap<ChunkAssembly, Spare>()

function spareOf(assembly: ChunkAssembly): Spare {
  const found = spares.get(assembly) ?? { read: new Map(), household: new Map(), person: new Map(), packed: newPackingRoom() }
  spares.set(assembly, found)
  return found
}

/** One column for each fact that is wanted. */
export function valueColumns(
  catalogue: Catalogue,
  space: FactSpace,
  wanted: ReadonlySet<string>,
  rows: number,
  spare: Map<string, Float64Array> = new Map(),
): ValueColumns {
  const column = (name: string): Float64Array => {
    let whole = spare.get(name)
    if (!whole || whole.length < rows) {
      whole = new Float64Array(Math.ceil(rows * 1.1))
      spare.set(name, whole)
    }
    // What the range before left in it stays until assembly clears it.
    return whole.subarray(0, rows)
  }
  return space.types.map(({ id }): ValueColumn | undefined => {
    if (!wanted.has(id)) return undefined
    const lo = column(`${id}.lo`)
    return { lo, hi: catalogue.facts.get(id)?.bounded ? column(`${id}.hi`) : lo }
  })
}
