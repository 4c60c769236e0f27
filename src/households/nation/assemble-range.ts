/** Assembles the households of one range of the replica into a column file. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ValueColumn, ValueColumns } from '../../language/catalogue/assembly/chunk.ts'
import type { ChunkAssembly } from '../../language/catalogue/assembly/compile-chunk.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { packColumn } from '../../language/pack-columns.ts'
import { type ColumnFile, writeColumnFile } from './column-file.ts'
import { type ChunkRequest, readChunk } from './read-chunk.ts'

/** What a range came to; `hash` is of the file's bytes. */
export interface AssembledRange {
  readonly households: number
  readonly persons: number
  readonly hash: string
}

export async function assembleRange(
  connection: DuckDBConnection,
  assembly: ChunkAssembly,
  {
    wanted,
    elsewhere,
    path,
    ...request
  }: Omit<ChunkRequest, 'reads'> & { readonly wanted: ReadonlySet<string>; readonly elsewhere: ValueColumns; readonly path: string },
): Promise<AssembledRange> {
  const { catalogue } = request
  const { rows, householdRefs, personRefs } = await readChunk(connection, { ...request, reads: assembly.reads })
  const into = {
    household: valueColumns(catalogue, catalogue.household, wanted, rows.households),
    person: valueColumns(catalogue, catalogue.person, wanted, personRefs.length),
  }
  assembly.households(rows, elsewhere, into)
  const pack = (columns: ValueColumns, count: number): ColumnFile['household'] =>
    columns.map((column) => column && packColumn(column, count))
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

/** One column for each fact that is wanted. */
function valueColumns(catalogue: Catalogue, space: FactSpace, wanted: ReadonlySet<string>, rows: number): ValueColumns {
  return space.types.map(({ id }): ValueColumn | undefined => {
    if (!wanted.has(id)) return undefined
    const lo = new Float64Array(rows)
    return { lo, hi: catalogue.facts.get(id)?.bounded ? new Float64Array(rows) : lo }
  })
}
