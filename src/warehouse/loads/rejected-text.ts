/** The refused rows of a load as a file: one JSON object a line, or CSV whose cells are safe to open in a spreadsheet. */
import type pg from 'pg'
import { type KeptRow, rejectedRows } from './load-store.ts'

export const rejectedFormats = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const
export type RejectedFormat = keyof typeof rejectedFormats

export async function* rejectedText(pool: pg.Pool, loadId: number, format: RejectedFormat): AsyncGenerator<string> {
  if (format === 'csv') yield 'line,reasons,content\r\n'
  const write = format === 'csv' ? csvLine : jsonLine
  for await (const rows of rejectedRows(pool, loadId)) yield rows.map(write).join('')
}

const jsonLine = ({ line, reasons, content }: KeptRow): string => `${JSON.stringify({ line, reasons, content })}\n`

const csvLine = ({ line, reasons, content }: KeptRow): string => `${line},${cell(reasons.join('; '))},${cell(content)}\r\n`

/** INVARIANT: no cell begins with what a spreadsheet takes for a formula. */
const cell = (text: string): string => `"${(/^[=+\-@\t\r\n\0]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
