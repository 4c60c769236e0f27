/** A list as one Parquet file, with types. */
import { answeredUnit, type UnitField } from '../unit-answer.ts'
import { rawCell } from '../../../kernel/csv-cell.ts'
import { csvLine } from './csv.ts'
import { type ExportColumn, exportColumns } from './export-columns.ts'
import { type TemporaryFile, writeParquetFile } from './parquet-file.ts'
import { type Exported, unitBatches } from './unit-batches.ts'

export interface ParquetRequest extends Exported {
  readonly fields: readonly UnitField[]
  /** Folder for temporary files. */
  readonly folder: string
  /** What the file says about itself: keys and texts. */
  readonly about: Readonly<Record<string, string>>
}

const TYPES: Readonly<Record<ExportColumn['kind'], string>> = {
  integer: 'INTEGER',
  reference: 'BIGINT',
  points: 'DECIMAL(18,6)',
  money: 'DECIMAL(18,3)',
  date: 'DATE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  codes: 'codes',
}

/** Leaves nothing behind when it throws, which it does once `signal` aborts. */
export const writeParquet = ({ fields, folder, about, ...exported }: ParquetRequest): Promise<TemporaryFile> =>
  writeParquetFile({
    columns: fields.map((name) => ({ name, type: TYPES[exportColumns[name].kind] })),
    lines: rowLines(exported, fields),
    folder,
    about,
    signal: exported.signal,
  })

async function* rowLines(exported: Exported, fields: readonly UnitField[]): AsyncGenerator<string> {
  for await (const units of unitBatches(exported)) yield units.map((unit) => `${csvLine(answeredUnit(unit), fields, rawCell)}\n`).join('')
}
