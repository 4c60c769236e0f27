/** Lines of text as one Parquet file: they go to a temporary text, from which DuckDB writes the file outside the event loop and in bounded memory. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'

export interface ParquetColumn {
  readonly name: string
  /** DuckDB's name of it; `codes` are words between spaces and become a list. */
  readonly type: string
}

export interface ParquetFile {
  readonly columns: readonly ParquetColumn[]
  /** CSV without a header, each ended by a line feed; nothing between two commas is null. */
  readonly lines: AsyncIterable<string>
  /** Folder for temporary files. */
  readonly folder: string
  /** What the file says about itself: keys and texts. */
  readonly about: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export interface TemporaryFile {
  readonly path: string
  /** A second time does nothing. */
  readonly remove: () => Promise<void>
}

const MEMORY_MB = 256
/** Files of a process that was killed are left behind for this long. */
const LEFTOVER_MS = 6 * 3_600_000

/** Leaves nothing behind when it throws, which it does once `signal` aborts. */
export async function writeParquetFile(request: ParquetFile): Promise<TemporaryFile> {
  await removeLeftovers(request.folder)
  const own = join(request.folder, randomUUID())
  const remove = (): Promise<void> => rm(own, { recursive: true, force: true })
  try {
    await mkdir(own, { recursive: true, mode: 0o700 })
    const rows = join(own, 'rows.csv')
    await pipeline(Readable.from(request.lines, { highWaterMark: 1 }), createWriteStream(rows, { mode: 0o600 }), {
      signal: request.signal,
    })
    const path = join(own, 'rows.parquet')
    await copyToParquet(request, { rows, path, own })
    return { path, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

interface Paths {
  readonly rows: string
  readonly path: string
  readonly own: string
}

async function copyToParquet({ columns, about, signal }: ParquetFile, { rows, path, own }: Paths): Promise<void> {
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
    const read = columns.map(({ name, type }) => `${text(name)}: ${text(type === 'codes' ? 'VARCHAR' : type)}`).join(', ')
    const selected = columns.map(({ name, type }) => (type === 'codes' ? `string_split("${name}", ' ') AS "${name}"` : `"${name}"`))
    const metadata = Object.entries(about).map(([key, value]) => `${text(key)}: ${text(value)}`)
    signal.throwIfAborted()
    await connection.run(
      `COPY (SELECT ${selected.join(', ')} FROM read_csv(${text(rows)}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
         nullstr = '', new_line = '\\n', columns = {${read}}))
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
