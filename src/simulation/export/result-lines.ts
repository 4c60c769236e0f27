/** Rows of a result as lines of CSV, some hundred at a time. */
import { setImmediate } from 'node:timers/promises'
import type { rawCell } from '../../kernel/csv-cell.ts'
import type { ToldResult } from '../result.ts'
import { RESULT_COLUMNS } from './result-row.ts'
import { resultRows } from './result-rows.ts'

/** Rows at a time: some milliseconds of the loop. */
const ROWS = 1_000

export interface LineForm {
  readonly cell: typeof rawCell
  readonly ending: '\n' | '\r\n'
}

/** Others have their turn between two pieces. Whoever wants a header puts it in front. */
export async function* resultLines(told: ToldResult, { cell, ending }: LineForm): AsyncGenerator<string> {
  let lines = ''
  let rows = 0
  for (const row of resultRows(told)) {
    lines += `${RESULT_COLUMNS.map((column) => cell(row[column])).join(',')}${ending}`
    if (++rows % ROWS > 0) continue
    yield lines
    lines = ''
    await setImmediate()
  }
  if (lines !== '') yield lines
}
