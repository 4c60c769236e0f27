/** The columnar replica: one DuckDB file in the data folder. One process writes it; while nobody does, many may read. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

export interface Replica {
  readonly connection: DuckDBConnection
  /** A second time does nothing. */
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
  const instance = await create(file, {
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
  let open = true
  return {
    connection,
    close() {
      if (!open) return
      open = false
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Whether DuckDB says that the file itself is at fault: not one of its files, of a form it does not know, or broken. */
export const isDamaged = (error: unknown): boolean =>
  error instanceof Error &&
  /not a valid DuckDB database|corrupt|checksum|failure while replaying WAL|storage version|newer version of DuckDB|^(Serialization|INTERNAL) Error/i.test(
    error.message,
  )

async function create(file: string, options: Record<string, string>): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(file, options)
  } catch (error) {
    if (!/could not set lock|conflicting lock/i.test((error as Error).message)) throw error
    throw new Error(
      `${file}: another process uses the columnar replica, a run for instance; try again when it has ended.\n${file}: تستخدم عملية أخرى النسخة العمودية، كعملية تشغيل مثلًا؛ أعد المحاولة بعد انتهائها.`,
      { cause: error },
    )
  }
}
