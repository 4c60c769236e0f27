/** Rows of a sheet as XML: typed numbers and dates; text is always text, whatever it begins with. */
import { dayNumber } from '../../../kernel/date.ts'
import type { AnsweredUnit, UnitField } from '../unit-answer.ts'
import { exportColumns } from './export-columns.ts'
import { STYLE } from './xlsx-parts.ts'

/** Excel counts days from 30 December 1899, as far as days of this century go. */
const EXCEL_DAY_ZERO = 25_569

export const headerXml = (fields: readonly UnitField[], language: 'ar' | 'en'): string =>
  `<row r="1">${fields.map((field, index) => textCell(`${columnName(index)}1`, exportColumns[field].label[language], STYLE.header)).join('')}</row>`

export function rowXml(unit: AnsweredUnit, fields: readonly UnitField[], row: number): string {
  let cells = ''
  for (const [index, field] of fields.entries()) {
    const value = unit[field]
    if (value !== null) cells += cellXml(`${columnName(index)}${row}`, value, field)
  }
  return `<row r="${row}">${cells}</row>`
}

function cellXml(at: string, value: NonNullable<AnsweredUnit[UnitField]>, field: UnitField): string {
  const { kind } = exportColumns[field]
  switch (kind) {
    case 'boolean':
      return `<c r="${at}" t="b"><v>${value === true ? 1 : 0}</v></c>`
    case 'date':
      return number(at, String((dayNumber(String(value)) ?? NaN) + EXCEL_DAY_ZERO), STYLE.date)
    case 'points':
    case 'money':
      return number(at, String(value), STYLE[kind])
    case 'integer':
      return number(at, String(value), STYLE.integer)
    case 'codes':
      return textCell(at, (value as readonly string[]).join(' '), STYLE.text)
    // References of persons have up to sixteen digits, of which Excel would keep fifteen: a column is text from top to bottom.
    case 'reference':
    case 'text':
      return textCell(at, String(value), STYLE.text)
  }
}

const number = (at: string, digits: string, style: number): string => `<c r="${at}" s="${style}"><v>${digits}</v></c>`

/** The style says "quoted" too, so that a text stays one when somebody edits the cell. */
const textCell = (at: string, text: string, style: number): string =>
  `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`

/** Control characters and halves of characters, which XML cannot hold, are left out or marked. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

/** A, B, ... Z, AA, ... */
export const columnName = (index: number): string =>
  (index >= 26 ? columnName(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
