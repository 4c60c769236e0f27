/** Rows of NDJSON: one JSON object a line; a broken line is told with its number and costs no other. */
import type { RowReader } from './csv-rows.ts'
import { ROW_CHARACTERS_MAX, type TextBlocks, textBlocks } from './text-blocks.ts'

export function ndjsonRows({ onRow, onBad }: RowReader<unknown>): TextBlocks {
  let line = 1
  const read = (text: string): void => {
    const at = line++
    if (text.trim() === '') return
    if (text.length > ROW_CHARACTERS_MAX) return onBad(at, 'row-too-long', text)
    if (text.includes('\ufffd')) return onBad(at, 'text-not-unicode', text)
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      return onBad(at, 'json-malformed', text)
    }
    onRow(at, row, () => text)
  }
  return textBlocks({
    onText(block) {
      for (let from = 0; from < block.length;) {
        const feed = block.indexOf('\n', from)
        const end = feed < 0 ? block.length : feed
        read(block.slice(from, end))
        from = end + 1
      }
    },
    onTooLong: (beginning) => onBad(line++, 'row-too-long', beginning),
  })
}
