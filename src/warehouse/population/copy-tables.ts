/** Fills many tables at once: one connection and one transaction a table, emptied and written frozen, so that nothing is written twice. */
import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { CopyBytes } from './copy-bytes.ts'

/** A table to be filled: its schema-qualified name and columns, in the order in which rows write them. */
export interface TargetTable {
  readonly table: string
  readonly columns: readonly string[]
}

export interface OpenTables {
  readonly rows: ReadonlyMap<string, CopyBytes>
  /** Resolves when every connection has taken what was written; rejects with the first error of the database. */
  settle(): Promise<void>
  /** Ends every COPY and commits; resolves to the rows of each table. */
  finish(): Promise<Map<string, number>>
  /** Gives up: nothing of what was written stays. */
  abandon(): Promise<void>
}

/** `observe` sees every chunk; tests take the hash of what is written. */
export async function openTables(
  options: pg.PoolConfig,
  targets: readonly TargetTable[],
  observe: (table: string, chunk: Uint8Array) => void = () => {},
): Promise<OpenTables> {
  const writers = await Promise.all(targets.map((target) => openTable(options, target, observe)))
  return {
    rows: new Map(writers.map((writer) => [writer.target.table, writer.bytes])),
    settle: async () => {
      for (const writer of writers) if (writer.stream.writableNeedDrain) await Promise.race([once(writer.stream, 'drain'), writer.failed])
    },
    finish: async () => {
      await Promise.all(writers.map((writer) => writer.finish()))
      return new Map(writers.map((writer) => [writer.target.table, writer.bytes.rows]))
    },
    abandon: async () => void (await Promise.allSettled(writers.map((writer) => writer.client.end()))),
  }
}

async function openTable(options: pg.PoolConfig, target: TargetTable, observe: (table: string, chunk: Uint8Array) => void) {
  const client = new pg.Client(options)
  // A connection that breaks is heard of by the COPY on it; unheard, it would end the process.
  client.on('error', () => {})
  await client.connect()
  await client.query('SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0')
  await client.query(`BEGIN; TRUNCATE ${target.table}`)
  const stream = client.query(
    copyFrom(`COPY ${target.table} (${target.columns.join(', ')}) FROM STDIN (FORMAT binary, FREEZE)`, { highWaterMark: 1 << 20 }),
  )
  const failed = new Promise<never>((_, reject) => stream.on('error', reject))
  failed.catch(() => {})
  const bytes = new CopyBytes((chunk) => {
    observe(target.table, chunk)
    stream.write(chunk)
  })
  const finish = async (): Promise<void> => {
    bytes.end()
    stream.end()
    await Promise.race([once(stream, 'finish'), failed])
    await client.query('COMMIT')
    await client.end()
  }
  return { target, client, stream, bytes, failed, finish }
}
