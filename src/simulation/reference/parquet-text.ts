/** A Parquet file as CSV: every cell as the text that it is written as, so that one reader checks both. Row n stands on line n + 1. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { rawCell } from '../../kernel/csv-cell.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'
import { MAX_SAMPLE_ROWS } from '../fit/read-rows.ts'

const MEMORY_MB = 512
/** Parquet repeats a value for nothing: what it becomes has a limit of its own. */
const TEXT_BYTES_MAX = 256 * 1024 * 1024
const COLUMNS_MAX = 2_000

/** Writes the text to `to`, or says why the file cannot be read. */
export async function parquetText(path: string, to: string): Promise<Diagnostic | null> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    threads: '1',
    preserve_insertion_order: 'true',
    // INVARIANT: a closed network; DuckDB would otherwise look for its extensions outside.
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    const columns = await columnsOf(connection, path)
    if (columns.length > COLUMNS_MAX) return refused(`the file has ${columns.length} columns`, `at most ${COLUMNS_MAX} columns`)
    await pipeline(Readable.from(lines(connection, path, columns), { highWaterMark: 1 }), createWriteStream(to, { mode: 0o600 }))
    return null
  } catch (error) {
    return error instanceof TooLarge
      ? refused('the file becomes too large when it is read', `at most ${TEXT_BYTES_MAX >> 20} MiB as text`)
      : refused('the file cannot be read', 'one Parquet file')
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const refused = (message: string, expected: string): Diagnostic => fitFinding('sample-parquet', '', message, { expected })

class TooLarge extends Error {}

interface Column {
  readonly name: string
  readonly type: string
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`

async function columnsOf(connection: DuckDBConnection, path: string): Promise<Column[]> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${literal(path)})`)
  return described.getRows().map(([column, type]) => ({ name: String(column), type: String(type) }))
}

async function* lines(connection: DuckDBConnection, path: string, columns: readonly Column[]): AsyncGenerator<string> {
  const header = `${columns.map((column) => rawCell(oneLine(column.name))).join(',')}\n`
  yield header
  let bytes = header.length
  const selected = columns.map((column) => `CAST(${name(column.name)} AS VARCHAR)`).join(', ')
  const result = await connection.stream(`SELECT ${selected} FROM read_parquet(${literal(path)}) LIMIT ${MAX_SAMPLE_ROWS + 1}`)
  const written = columns.map(({ type }) => writer(type))
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return
    const text = chunk
      .getRows()
      .map((row) => `${row.map((cell, place) => (cell === null ? '' : rawCell((written[place] as Writer)(String(cell))))).join(',')}\n`)
      .join('')
    bytes += text.length
    if (bytes > TEXT_BYTES_MAX) throw new TooLarge()
    yield text
  }
}

type Writer = (text: string) => string

const oneLine: Writer = (text) => text.replaceAll(/[\r\n]+/g, ' ')

function writer(type: string): Writer {
  if (type === 'DOUBLE' || type === 'FLOAT') return decimalOf
  if (type.startsWith('TIMESTAMP')) return (text) => text.replace(/ 00:00:00(\+00)?$/, '')
  return oneLine
}

/** Not a number is how data frames write unknown, and 4.0 how they write 4 beside it. */
function decimalOf(text: string): string {
  if (text === 'nan') return ''
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text)
  if (!parts) return text
  const [, sign = '', whole = '', places = '', exponent = '0'] = parts
  const digits = whole + places
  const point = whole.length + Number(exponent)
  const left = point > 0 ? digits.padEnd(point, '0').slice(0, point) : '0'
  const right = (point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits).replace(/0+$/, '')
  return `${sign}${left}${right === '' ? '' : `.${right}`}`
}
