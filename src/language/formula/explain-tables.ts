/** The tables after the sum in words: the band or the looked-up value, and between which others it may lie. */
import type { Voice } from '../messages.ts'
import { say } from '../messages.ts'
import { renderAmount } from '../render-value.ts'
import type { Score } from './compile.ts'
import type { Formula } from './formula.ts'
import { POINT_SCALE } from './formula.ts'
import { type TableEntry, readTables } from './score-tables.ts'
import { parseDecimal } from '../../kernel/decimal.ts'

export interface TableExplanation {
  readonly name: string
  readonly label: string
  /** Null without a point score. Band names as in the formula; decimals as texts. */
  readonly value: string | null
  readonly text: string
  readonly lowest: string | null
  readonly highest: string | null
  readonly sentence: string
}

export function explainTables(formula: Formula, score: Score, how: Voice): readonly TableExplanation[] {
  return readTables(formula, score).map((reading) => {
    const label = reading.label?.[how.language] ?? reading.name
    const text = reading.point ? entryText(reading.point, reading.unit, how) : say(how, 'value.unknown')
    return {
      name: reading.name,
      label,
      value: reading.point?.value ?? null,
      text,
      lowest: reading.lo?.value ?? null,
      highest: reading.hi?.value ?? null,
      sentence: say(how, 'score.table', { label, value: text }),
    }
  })
}

function entryText(entry: TableEntry, unit: string | null, how: Voice): string {
  if (entry.label) return entry.label[how.language]
  const scaled = parseDecimal(entry.value, POINT_SCALE)
  return scaled.ok ? renderAmount(scaled.value, POINT_SCALE, unit, how) : entry.value
}
