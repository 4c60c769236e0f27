/** A list as CSV (RFC 4180): read as the client takes it, each cell safe to open in a spreadsheet. */
import { csvCell } from '../../../kernel/csv-cell.ts'
import { type AnsweredUnit, answeredUnit, type UnitField } from '../unit-answer.ts'
import { type Exported, unitBatches } from './unit-batches.ts'

/** The header first, then some thousand lines at a time; whoever stops taking them stops the reading. */
export async function* csvLines(exported: Exported, fields: readonly UnitField[]): AsyncGenerator<string> {
  let header = `${fields.join(',')}\r\n`
  for await (const units of unitBatches(exported)) {
    const lines = units.map((unit) => `${csvLine(answeredUnit(unit), fields, csvCell)}\r\n`).join('')
    if (header !== '' || lines !== '') yield header + lines
    header = ''
  }
}

export const csvLine = (unit: AnsweredUnit, fields: readonly UnitField[], cell: (value: AnsweredUnit[UnitField]) => string): string =>
  fields.map((field) => cell(unit[field])).join(',')
