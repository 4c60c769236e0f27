/** A delivery as a stream of bytes in any of its formats, loaded. */
import type { Database } from '../../db/database.ts'
import { type LoadRequest, loadChecked } from '../load.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import type { LoadTotals } from './load-store.ts'
import { parquetAsCsv } from './parquet-bytes.ts'
import { readApart } from './read-apart.ts'

export const loadFormats = ['csv', 'ndjson', 'parquet'] as const
export type LoadFormat = (typeof loadFormats)[number]

export interface StreamedDelivery extends LoadRequest {
  readonly format: LoadFormat
  readonly body: AsyncIterable<Uint8Array>
  readonly bytesMax: number
  readonly dataDirectory: string
}

export function loadStream(database: Database, definition: RegistryDefinition, delivery: StreamedDelivery): Promise<LoadTotals> {
  const { format, body, bytesMax, dataDirectory } = delivery
  const batches =
    format === 'parquet'
      ? // Text takes more room than the columns it came from.
        readApart({ definition, format: 'csv', body: parquetAsCsv(body, bytesMax, dataDirectory), bytesMax: Number.MAX_SAFE_INTEGER })
      : readApart({ definition, format, body, bytesMax })
  return loadChecked(database, definition, { ...delivery, batches })
}
