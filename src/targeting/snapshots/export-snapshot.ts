/** A snapshot as Parquet, for whoever reads it with other tools: a file of households and one of their members for each part, references and no numbers of identity. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DOUBLE } from '@duckdb/node-api'
import { type ColumnFile, readColumnFile } from '../../households/nation/column-file.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { partFiles, type Snapshot } from '../run/snapshot.ts'
import { type Sheltered, withoutKeptPlaces } from './kept-places.ts'
import { aboutColumns, type ParquetShape, parquetShape, text } from './parquet-columns.ts'

export interface SnapshotExport {
  readonly snapshot: Snapshot
  /** Of the versions that the snapshot was assembled by. */
  readonly catalogue: Catalogue
  /** Where these live is not told. */
  readonly sheltered: Sheltered
  /** Made; it must not be there, or be empty. */
  readonly folder: string
  readonly memoryMb: number
  readonly onProgress: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** Written beside its place and moved there: it is whole or not there at all. Returns the households and persons that it holds. */
export async function exportSnapshot(request: SnapshotExport): Promise<{ readonly households: number; readonly persons: number }> {
  const { snapshot, folder, signal, onProgress } = request
  if ((await readdir(folder).catch(() => [])).length > 0) throw new Error(`${folder} is not empty\nالمجلد ${folder} ليس فارغًا`)
  await mkdir(dirname(folder), { recursive: true })
  // A name of its own, and for its owner alone: nothing that somebody else put there is in the way or lost.
  const building = await mkdtemp(`${folder}.part-`)
  for (const name of ['households', 'persons']) await mkdir(join(building, name), { recursive: true, mode: 0o700 })
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${request.memoryMb}MB`,
    temp_directory: join(building, 'spill'),
    // INVARIANT: a closed network; DuckDB would otherwise look for its extensions outside.
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    const total = { households: 0, persons: 0 }
    const files = partFiles(snapshot)
    for (const [index, { path, hash }] of files.entries()) {
      signal.throwIfAborted()
      const part = withoutKeptPlaces(await readColumnFile(path, hash), request.catalogue, request.sheltered)
      await exportPart(connection, part, request, building, String(index).padStart(6, '0'))
      total.households += part.households
      total.persons += part.persons
      onProgress(index + 1, files.length)
    }
    await writeFile(join(building, 'manifest.json'), canonicalJson(snapshot.manifest), { mode: 0o600 })
    await rm(join(building, 'spill'), { recursive: true, force: true })
    // Takes the place of an empty folder only.
    await rename(building, folder)
    return total
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    throw error
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function exportPart(
  connection: DuckDBConnection,
  part: ColumnFile,
  { snapshot, catalogue }: SnapshotExport,
  building: string,
  name: string,
): Promise<void> {
  const households = parquetShape([['household_ref', part.householdRefs]], catalogue.household, part.household, catalogue)
  const references = [
    ['household_ref', householdRefsOf(part)],
    ['person_ref', part.personRefs],
  ] as const
  const persons = parquetShape(references, catalogue.person, part.person, catalogue)
  const about = { snapshot: snapshot.hash, as_of: snapshot.manifest.sources.asOf, version_set: snapshot.manifest.sources.versionSet }
  await writeParquet(connection, households, part.households, join(building, 'households', `${name}.parquet`), about)
  await writeParquet(connection, persons, part.persons, join(building, 'persons', `${name}.parquet`), about)
}

function householdRefsOf({ persons, households, householdRefs, firstMember }: ColumnFile): Float64Array {
  const refs = new Float64Array(persons)
  for (let h = 0; h < households; h++) refs.fill(householdRefs[h] as number, firstMember[h], firstMember[h + 1])
  return refs
}

async function writeParquet(
  connection: DuckDBConnection,
  shape: ParquetShape,
  rows: number,
  path: string,
  about: Readonly<Record<string, string>>,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE plain (${shape.plain.map((_, at) => `c${at} DOUBLE`).join(', ')})`)
  await appendPlain(connection, shape, rows)
  const metadata = Object.entries({ ...about, facts: aboutColumns(shape.columns) }).map(([key, value]) => `${text(key)}: ${text(value)}`)
  await connection.run(
    `COPY (SELECT ${shape.columns.map(({ name, sql }) => `${sql} AS "${name}"`).join(', ')} FROM plain)
     TO ${text(path)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {${metadata.join(', ')}})`,
  )
}

/** Rows of one vector of DuckDB. */
const VECTOR_ROWS = 2_048

async function appendPlain(connection: DuckDBConnection, { plain }: ParquetShape, rows: number): Promise<void> {
  const appender = await connection.createAppender('plain', 'main', 'temp')
  for (let base = 0; base < rows; base += VECTOR_ROWS) {
    const count = Math.min(VECTOR_ROWS, rows - base)
    const chunk = DuckDBDataChunk.create(
      plain.map(() => DOUBLE),
      count,
    )
    plain.forEach(({ values, known }, at) => {
      const vector = chunk.getColumnVector(at)
      const into = doublesOf(vector)
      for (let row = 0; row < count; row++) {
        const bit = base + row
        into[row] = known !== null && (((known[bit >> 3] as number) >> (bit & 7)) & 1) === 0 ? NaN : (values[bit] as number)
      }
      vector.flush()
    })
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** The vector's own array, which its type keeps private: a value at a time takes many times as long. */
const doublesOf = (vector: unknown): Float64Array => (vector as { readonly items: Float64Array }).items
