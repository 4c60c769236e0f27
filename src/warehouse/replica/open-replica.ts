/** The columnar replica: one DuckDB file in the data folder. One process writes it; while nobody does, many may read. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

export interface Replica {
  readonly connection: DuckDBConnection
  readonly close: () => void
}

export interface ReplicaSettings {
  /** The DuckDB file; its folder is made when it is missing. */
  readonly file: string
  readonly memoryMb: number
  readonly threads: number
}

/** Opens the replica for writing, or for reading only. */
export async function openReplica({ file, memoryMb, threads }: ReplicaSettings, mode: 'write' | 'read'): Promise<Replica> {
  await mkdir(dirname(file), { recursive: true })
  const instance = await DuckDBInstance.create(file, {
    access_mode: mode === 'read' ? 'READ_ONLY' : 'READ_WRITE',
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    temp_directory: `${file}.tmp`,
    // A reader's rows come in the order in which they were written, which spares it a sort.
    preserve_insertion_order: String(mode === 'read'),
    // INVARIANT: a closed network; DuckDB would otherwise look for its extensions outside.
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
