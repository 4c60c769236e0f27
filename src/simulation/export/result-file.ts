/** A told result as a file: CSV that is safe to open in a spreadsheet, or Parquet with types. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { csvCell, rawCell } from '../../kernel/csv-cell.ts'
import { writeParquetFile } from '../../targeting/lists/exports/parquet-file.ts'
import type { ToldResult } from '../result.ts'
import { resultLines } from './result-lines.ts'
import { RESULT_COLUMNS, resultColumns } from './result-row.ts'

export async function* resultCsv(told: ToldResult): AsyncGenerator<string> {
  yield `${RESULT_COLUMNS.join(',')}\r\n`
  yield* resultLines(told, { cell: csvCell, ending: '\r\n' })
}

export interface ParquetPlace {
  readonly simulation: string
  readonly dataDirectory: string
  readonly signal: AbortSignal
}

/** The file itself is gone when the stream closes. */
export async function resultParquet(told: ToldResult, { simulation, dataDirectory, signal }: ParquetPlace): Promise<Readable> {
  const { run, asOf, snapshot, versionSet, reference } = told
  const file = await writeParquetFile({
    columns: RESULT_COLUMNS.map((name) => ({ name, type: resultColumns[name] })),
    lines: resultLines(told, { cell: rawCell, ending: '\n' }),
    folder: join(dataDirectory, 'tmp', 'exports'),
    about: {
      simulation,
      run,
      asOf,
      snapshot,
      versionSet,
      exact: String(told.exact),
      ...(reference ? { reference: reference.kind, notice: `${reference.notice.en} ${reference.notice.ar}` } : {}),
    },
    signal,
  })
  return createReadStream(file.path).once('close', () => void file.remove())
}
