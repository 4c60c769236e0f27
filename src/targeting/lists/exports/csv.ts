/** A list as CSV (RFC 4180): read as the client takes it, each cell safe to open in a spreadsheet. */
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

const NUMBER = /^-?\d+(\.\d+)?$/

/** INVARIANT: no cell begins with what a spreadsheet takes for a formula, unless it is a number. */
export function csvCell(value: AnsweredUnit[UnitField]): string {
  const text = cellText(value)
  const isNumber = typeof value === 'number' || NUMBER.test(text)
  return quoted(/^[=+\-@\t\r\n\0]/.test(text) && !isNumber ? `'${text}` : text)
}

/** As it stands, for programs that read types; '' where there is nothing. */
export const rawCell = (value: AnsweredUnit[UnitField]): string => quoted(cellText(value))

const cellText = (value: AnsweredUnit[UnitField]): string => (value === null ? '' : Array.isArray(value) ? value.join(' ') : String(value))

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
