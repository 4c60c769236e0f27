/** One cell of CSV (RFC 4180): safe to open in a spreadsheet, or as it stands for programs that read types. */

export type CellValue = string | number | boolean | null | readonly string[]

const NUMBER = /^-?\d+(\.\d+)?$/

/** INVARIANT: no cell begins with what a spreadsheet takes for a formula, unless it is a number. */
export function csvCell(value: CellValue): string {
  const text = cellText(value)
  const isNumber = typeof value === 'number' || NUMBER.test(text)
  return quoted(/^[=+\-@\t\r\n\0]/.test(text) && !isNumber ? `'${text}` : text)
}

/** As it stands, for programs that read types; '' where there is nothing. */
export const rawCell = (value: CellValue): string => quoted(cellText(value))

const cellText = (value: CellValue): string => (value === null ? '' : Array.isArray(value) ? value.join(' ') : String(value))

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
