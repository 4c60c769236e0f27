/** Reads a query's columns of the replica as arrays of numbers, with NaN for NULL. */
import type { DuckDBConnection } from '@duckdb/node-api'

export interface ReadRows {
  readonly rows: number
  readonly columns: readonly Float64Array[]
}

/**
 * Memory of columns that were read before and that nobody reads any more, by what they were read for: new memory for each range
 * keeps the collector busy. Whoever hands it on gives up the columns that were read into it.
 */
export type ColumnRoom = Map<string, Float64Array>

/**
 * Every column of the query is one of numbers, in whatever type; 64 bits are rounded to the nearest double. Rows are taken over while
 * the query runs. `room`: memory to read into, and in which slot of it: `purpose` is the word of processing records alone.
 */
export async function readColumns(
  connection: DuckDBConnection,
  sql: string,
  { room = new Map(), slot = '' }: { readonly room?: ColumnRoom; readonly slot?: string } = {},
): Promise<ReadRows> {
  const result = await connection.stream(sql)
  const names = Array.from({ length: result.columnCount }, (_, index) => `${slot} ${index}`)
  const columns = names.map((name) => room.get(name) ?? new Float64Array(0))
  let rows = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    const count = chunk?.rowCount ?? 0
    if (!chunk || count === 0) break
    for (const index of columns.keys()) {
      const column = withRoom(columns[index] as Float64Array, rows, count)
      columns[index] = column
      take(column, rows, count, chunk.getColumnVector(index) as unknown as NumberVector)
    }
    rows += count
  }
  names.forEach((name, index) => room.set(name, columns[index] as Float64Array))
  return { rows, columns: columns.map((column) => column.subarray(0, rows)) }
}

/** The vector's own arrays, which its type keeps private: a value at a time takes fifty times as long. */
interface NumberVector {
  readonly items: Float64Array | Int32Array | Int16Array | Int8Array | BigInt64Array
  /** One bit a row; null where all are known. */
  readonly validity: { readonly data: BigUint64Array | null }
}

function take(column: Float64Array, from: number, count: number, { items, validity }: NumberVector): void {
  if (items instanceof BigInt64Array) takeWide(column, from, count, items)
  else column.set(items, from)
  if (validity.data) blank(column, from, count, validity.data)
}

/** Two halves of 32 bits: their sum is rounded once, as a cast to double is, and no bigint is made. */
function takeWide(column: Float64Array, from: number, count: number, items: BigInt64Array): void {
  const halves = new Int32Array(items.buffer, items.byteOffset, 2 * count)
  for (let row = 0; row < count; row++)
    column[from + row] = (halves[2 * row + 1] as number) * 0x1_0000_0000 + ((halves[2 * row] as number) >>> 0)
}

/** What stands in the place of a NULL is anything. */
function blank(column: Float64Array, from: number, count: number, known: BigUint64Array): void {
  const words = new Uint32Array(known.buffer, known.byteOffset, 2 * known.length)
  for (let first = 0; first < count; first += 32) {
    const word = words[first >> 5] as number
    if (word === 0xffff_ffff) continue
    const end = Math.min(count, first + 32)
    for (let row = first; row < end; row++) if (((word >>> (row & 31)) & 1) === 0) column[from + row] = NaN
  }
}

function withRoom(column: Float64Array, rows: number, more: number): Float64Array {
  if (rows + more <= column.length) return column
  const wider = new Float64Array(Math.max(rows + more, 2 * rows))
  wider.set(column.subarray(0, rows))
  return wider
}

/** The one number that a query answers. */
export async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0])
}
