/** Reads a query's columns of the replica as arrays of numbers, with NaN for NULL. */
import type { DuckDBConnection } from '@duckdb/node-api'

/** SQL for a column that is to be read as numbers. */
export const asNumber = (expression: string): string => `coalesce(${expression}::DOUBLE, 'NaN'::DOUBLE)`

export interface ReadRows {
  readonly rows: number
  readonly columns: readonly Float64Array[]
}

/** Every column of the query is a double made by `asNumber`. */
export async function readColumns(connection: DuckDBConnection, sql: string): Promise<ReadRows> {
  const result = await connection.run(sql)
  const chunks = (await result.fetchAllChunks()).filter(({ rowCount }) => rowCount > 0)
  const rows = chunks.reduce((total, { rowCount }) => total + rowCount, 0)
  const columns = Array.from({ length: result.columnCount }, (_, index) => {
    const column = new Float64Array(rows)
    let at = 0
    for (const chunk of chunks) {
      column.set(doublesOf(chunk.getColumnVector(index)).subarray(0, chunk.rowCount), at)
      at += chunk.rowCount
    }
    return column
  })
  return { rows, columns }
}

/** The vector's own array, which its type keeps private: a value at a time takes fifty times as long. */
const doublesOf = (vector: unknown): Float64Array => (vector as { readonly items: Float64Array }).items

/** The one number that a query answers. */
export async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0])
}
