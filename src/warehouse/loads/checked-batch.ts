/** Checked rows on their way into the staging table: the good ones as text of COPY, the bad ones with their reasons. */
import { isNationalId } from '../../kernel/national-id.ts'
import type { CheckedRow } from '../check-row.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { CopyText } from './copy-text.ts'
import { KEPT_TEXT_MAX } from './text-blocks.ts'

export interface RejectedRow {
  readonly line: number
  readonly reasons: readonly string[]
  /** As it was sent, cut; NUL and lone surrogates are written as JSON writes them, so that anything can be kept. */
  readonly content: string
  /** Whom the row speaks of, when that can be read: a full load takes nothing of such a person out. */
  readonly number: string | null
}

export interface CheckedBatch {
  /** Lines of COPY: line, number, then the columns; persons as numbers. */
  readonly copy: Uint8Array
  readonly received: number
  readonly rejected: readonly RejectedRow[]
}

export interface BatchWriter {
  /** Where a row that is checked already may be written; then it is to be counted. */
  readonly out: CopyText
  readonly count: () => void
  readonly add: (line: number, checked: CheckedRow, content: () => string, number: unknown) => void
  readonly reject: (line: number, reason: string, content: string) => void
  /** What came since the last call. */
  readonly take: () => CheckedBatch
}

export function batchWriter({ columns }: RegistryDefinition): BatchWriter {
  const isText = columns.map(({ type }) => type === 'text' || type === 'category')
  const out = new CopyText()
  let received = 0
  let rejected: RejectedRow[] = []
  return {
    out,
    count: () => void received++,
    add(line, checked, content, number) {
      received++
      if (!checked.ok) {
        rejected.push({ line, reasons: checked.reasons, content: kept(content()), number: isNationalId(number) ? number : null })
        return
      }
      let text = `${line}\t${checked.number}`
      const { values } = checked
      for (let index = 0; index < values.length; index++) {
        const value = values[index]
        text += value === null || value === undefined ? '\t\\N' : `\t${isText[index] ? escaped(value) : value}`
      }
      out.text(`${text}\n`)
    },
    reject(line, reason, content) {
      received++
      rejected.push({ line, reasons: [reason], content: kept(content), number: null })
    },
    take() {
      const batch = { copy: out.take(), received, rejected }
      received = 0
      rejected = []
      return batch
    },
  }
}

const SPECIAL = /[\\\t\n\r]/
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escaped = (value: string): string => (SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (sign) => escapes[sign] as string) : value)

const kept = (text: string): string => text.slice(0, KEPT_TEXT_MAX).toWellFormed().replaceAll('\0', '\\u0000')
