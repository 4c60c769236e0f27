/** Moves the rows of a PostgreSQL query into a DuckDB table, through a file beside the replica. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import { to } from 'pg-copy-streams'
import { quote } from '../registry-table.ts'

export interface CopiedColumn {
  readonly name: string
  /** As DuckDB reads the text. */
  readonly type: string
}

export interface CopyRequest {
  readonly query: string
  readonly columns: readonly CopiedColumn[]
  /** Makes the table of `FROM <source>`, whose columns are `columns`. */
  readonly into: (source: string) => string
  readonly file: string
}

/** COPY to CSV and a parallel read of it: measured at 0.36 million rows a second, several times the speed of row by row. */
export async function copyQuery(
  client: pg.ClientBase,
  connection: DuckDBConnection,
  { query, columns, into, file }: CopyRequest,
): Promise<void> {
  try {
    await pipeline(client.query(to(`COPY (${query}) TO STDOUT (FORMAT csv)`)), createWriteStream(file))
    const shape = columns.map(({ name, type }) => `'${name}': '${type}'`).join(', ')
    const source = `read_csv('${file.replaceAll("'", "''")}', columns={${shape}}, header=false, auto_detect=false, delim=',', quote='"', escape='"', nullstr='', allow_quoted_nulls=false)`
    await connection.run(into(source))
  } finally {
    await rm(file, { force: true })
  }
}

export const columnList = (columns: readonly CopiedColumn[]): string => columns.map(({ name }) => quote(name)).join(', ')
