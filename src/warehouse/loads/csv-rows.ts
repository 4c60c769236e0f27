/** Rows of CSV (RFC 4180, comma, UTF-8) by hand: a broken row is told with its line and costs no other row. Why no library: docs/adr/0026-loads.md. */
import type { LineReason } from '../check-row.ts'
import type { PlainLines } from './plain-lines.ts'
import { ROW_CHARACTERS_MAX, type TextBlocks, textBlocks } from './text-blocks.ts'

export interface RowReader<Fields> {
  /** `text` is the row as it was sent. */
  readonly onRow: (line: number, fields: Fields, text: () => string) => void
  readonly onBad: (line: number, reason: LineReason, text: string) => void
}

export interface CsvReader extends RowReader<string[]> {
  /** Takes plain lines as bytes before they are read as text; null as long as the header is not known. */
  readonly plain: () => PlainLines | null
}

const DAMAGED = '\ufffd'
const QUOTE = 34
const COMMA = 44
const LINE_FEED = 10
const RETURN = 13
const OPEN = -1
const MALFORMED = -2

/** The header is the first row; blank lines are no rows. Line numbers are those of an editor. */
export function csvRows({ onRow, onBad, plain }: CsvReader): TextBlocks {
  /** A row whose quote is still open, and the line on which it begins. */
  let open = ''
  let line = 1
  /** Whether the block holds bytes that were no UTF-8. */
  let isDamaged = false
  const read = (block: string, isLast: boolean): void => {
    let at = 0
    let quote = block.indexOf('"')
    isDamaged = block.includes(DAMAGED)
    while (at < block.length) {
      const feed = block.indexOf('\n', at)
      const end = feed < 0 ? block.length : feed
      if (end - at > ROW_CHARACTERS_MAX) {
        onBad(line++, 'row-too-long', block.slice(at, end))
        at = end + 1
        continue
      }
      if (quote >= 0 && quote < at) quote = block.indexOf('"', at)
      if (quote < 0 || quote > end) {
        plainRow(block, at, end)
        line++
        at = end + 1
        continue
      }
      const fields: string[] = []
      const next = quotedRow(block, at, fields)
      // A quote that nothing closes would swallow the rows behind it: after the longest row it is given up.
      if (next === OPEN && !isLast && block.length - at <= ROW_CHARACTERS_MAX) {
        open = block.slice(at)
        return
      }
      if (next < 0 || next - at > ROW_CHARACTERS_MAX) {
        onBad(line++, 'quote-misplaced', block.slice(at, end))
        at = end + 1
        continue
      }
      const from = at
      emit(fields, () => block.slice(from, next))
      line += linesIn(block, at, next)
      at = next
    }
  }
  const plainRow = (block: string, from: number, end: number): void => {
    const to = end > from && block.charCodeAt(end - 1) === RETURN ? end - 1 : end
    if (to === from) return
    const text = block.slice(from, to)
    emit(text.split(','), () => text)
  }
  const emit = (fields: string[], text: () => string): void => {
    if (isDamaged && fields.some((field) => field.includes(DAMAGED))) onBad(line, 'text-not-unicode', text())
    else onRow(line, fields, text)
  }
  const resume = (more: string, isLast: boolean): void => {
    const block = open + more
    open = ''
    read(block, isLast)
  }
  const readBytes = (block: Buffer): void => {
    let lines: PlainLines | null = null
    for (let at = 0; at < block.length;) {
      // A row that began before, or begins here and goes on, is text, and so is what follows it in this block.
      if (open !== '') return resume(block.toString('utf8', at), false)
      if (lines === null) {
        lines = plain()
        lines?.begin(block)
      }
      const next = lines?.take(at, line) ?? -1
      if (next >= 0) {
        line++
        at = next
        continue
      }
      const end = block.indexOf(LINE_FEED, at) + 1
      resume(block.toString('utf8', at, end), false)
      at = end
    }
  }
  const blocks = textBlocks({
    onBytes: readBytes,
    onText: (text) => resume(text, false),
    onTooLong(beginning) {
      resume('', true)
      onBad(line++, 'row-too-long', beginning)
    },
  })
  return {
    push: blocks.push,
    end() {
      blocks.end()
      resume('', true)
    },
  }
}

/** Where the row after this one begins; OPEN when its text ends within quotes, MALFORMED when a quote stands where none may. */
function quotedRow(block: string, start: number, fields: string[]): number {
  let at = start
  for (;;) {
    if (block.charCodeAt(at) === QUOTE) {
      let value = ''
      let from = at + 1
      for (;;) {
        const quote = block.indexOf('"', from)
        if (quote < 0) return OPEN
        if (block.charCodeAt(quote + 1) !== QUOTE) {
          fields.push(value + block.slice(from, quote))
          at = quote + 1
          break
        }
        value += block.slice(from, quote + 1)
        from = quote + 2
      }
    } else {
      const from = at
      for (; at < block.length; at++) {
        const code = block.charCodeAt(at)
        if (code === COMMA || code === LINE_FEED) break
        if (code === QUOTE) return MALFORMED
      }
      const isReturn = block.charCodeAt(at) !== COMMA && at > from && block.charCodeAt(at - 1) === RETURN
      fields.push(block.slice(from, isReturn ? at - 1 : at))
    }
    if (block.charCodeAt(at) === COMMA) {
      at++
      continue
    }
    if (at >= block.length) return at
    if (block.charCodeAt(at) === LINE_FEED) return at + 1
    if (block.charCodeAt(at) === RETURN && (block.charCodeAt(at + 1) === LINE_FEED || at + 1 === block.length)) return at + 2
    return MALFORMED
  }
}

function linesIn(block: string, from: number, to: number): number {
  let count = 0
  for (let at = block.indexOf('\n', from); at >= 0 && at < to; at = block.indexOf('\n', at + 1)) count++
  return count
}
