/** A list as one Parquet file: rows go to a temporary text, from which DuckDB writes the file outside the event loop and in bounded memory. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { answeredUnit, type UnitField } from '../unit-answer.ts'
import { csvLine, rawCell } from './csv.ts'
import { type ExportColumn, exportColumns } from './export-columns.ts'
import { type Exported, unitBatches } from './unit-batches.ts'

export interface ParquetRequest extends Exported {
  readonly fields: readonly UnitField[]
  /** Folder for temporary files. */
  readonly folder: string
  /** What the file says about itself: keys and texts. */
  readonly about: Readonly<Record<string, string>>
}

export interface TemporaryFile {
  readonly path: string
  /** A second time does nothing. */
  readonly remove: () => Promise<void>
}

const TYPES: Readonly<Record<ExportColumn['kind'], string>> = {
  integer: 'INTEGER',
  reference: 'BIGINT',
  points: 'DECIMAL(18,6)',
  money: 'DECIMAL(18,3)',
  date: 'DATE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  codes: 'VARCHAR',
}
const MEMORY_MB = 256
/** Files of a process that was killed are left behind for this long. */
const LEFTOVER_MS = 6 * 3_600_000

/** Leaves nothing behind when it throws, which it does once `signal` aborts. */
export async function writeParquet(request: ParquetRequest): Promise<TemporaryFile> {
  await removeLeftovers(request.folder)
  const own = join(request.folder, randomUUID())
  const remove = (): Promise<void> => rm(own, { recursive: true, force: true })
  try {
    await mkdir(own, { recursive: true, mode: 0o700 })
    const rows = join(own, 'rows.csv')
    await pipeline(Readable.from(rowLines(request), { highWaterMark: 1 }), createWriteStream(rows, { mode: 0o600 }), {
      signal: request.signal,
    })
    const path = join(own, 'list.parquet')
    await copyToParquet(request, { rows, path, own })
    return { path, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function* rowLines({ fields, ...exported }: ParquetRequest): AsyncGenerator<string> {
  for await (const units of unitBatches(exported)) yield units.map((unit) => `${csvLine(answeredUnit(unit), fields, rawCell)}\n`).join('')
}

interface Paths {
  readonly rows: string
  readonly path: string
  readonly own: string
}

async function copyToParquet({ fields, about, signal }: ParquetRequest, { rows, path, own }: Paths): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    // The query has one of libuv's threads, and no others beside it.
    threads: '1',
    temp_directory: join(own, 'spill'),
    preserve_insertion_order: 'true',
    // INVARIANT: a closed network; DuckDB would otherwise look for its extensions outside.
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  const interrupt = (): void => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    const columns = fields.map((field) => `${text(field)}: ${text(TYPES[exportColumns[field].kind])}`).join(', ')
    const selected = fields.map((field) => {
      const name = `"${field}"`
      return exportColumns[field].kind === 'codes' ? `string_split(${name}, ' ') AS ${name}` : name
    })
    const metadata = Object.entries(about).map(([key, value]) => `${text(key)}: ${text(value)}`)
    signal.throwIfAborted()
    await connection.run(
      `COPY (SELECT ${selected.join(', ')} FROM read_csv(${text(rows)}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
         nullstr = '', new_line = '\\n', columns = {${columns}}))
       TO ${text(path)} (FORMAT parquet, COMPRESSION zstd${metadata.length > 0 ? `, KV_METADATA {${metadata.join(', ')}}` : ''})`,
    )
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
  }
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(path, { recursive: true, force: true })
  }
}
