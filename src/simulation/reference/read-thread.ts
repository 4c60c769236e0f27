/** A thread that reads one uploaded file: parsing it would hold up other requests. */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { factSpace } from '../../language/fact-space.ts'
import { parquetText } from './parquet-text.ts'
import type { ReadTask } from './read-apart.ts'
import { readUpload, type ReadUpload } from './read-upload.ts'

const { path, format, columns, synthetic, space } = workerData as ReadTask

async function read(): Promise<ReadUpload> {
  const types = factSpace(space.name, space.types)
  if (format === 'csv') return readUpload(readFileSync(path), { columns, synthetic }, types)
  const fault = await parquetText(path, `${path}.csv`)
  if (fault) return { diagnostics: [fault] }
  return readUpload(readFileSync(`${path}.csv`), { columns: { ...columns, delimiter: ',' }, synthetic }, types)
}

parentPort?.postMessage(await read())
