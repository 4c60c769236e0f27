/** A list as CSV (RFC 4180): read page by page as the client takes it, each cell safe to open in a spreadsheet. */
import type { Queryable } from '../../db/queryable.ts'
import { listPage, type ListFilters } from './list-store.ts'
import { type AnsweredUnit, answeredUnit, type UnitField } from './unit-answer.ts'

/** Rows at a time: their text takes a few milliseconds of the loop. */
const ROWS = 1_000

/** The header first, then some thousand lines at a time; whoever stops taking them stops the reading. */
export async function* csvLines(db: Queryable, list: number, filters: ListFilters, fields: readonly UnitField[]): AsyncGenerator<string> {
  let after = 0
  let lines = [fields.join(',')]
  for (;;) {
    const units = await listPage(db, list, filters, after, ROWS)
    for (const unit of units) {
      const answer = answeredUnit(unit)
      lines.push(fields.map((field) => csvCell(answer[field])).join(','))
    }
    if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`
    lines = []
    if (units.length < ROWS) return
    after = (units.at(-1) as { position: number }).position
  }
}

const NUMBER = /^-?\d+(\.\d+)?$/

/** INVARIANT: no cell begins with what a spreadsheet takes for a formula, unless it is a number. */
export function csvCell(value: AnsweredUnit[UnitField]): string {
  if (value === null) return ''
  const text = Array.isArray(value) ? value.join(' ') : String(value)
  const safe = /^[=+\-@\t\r\n\0]/.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
