/** Whether bytes are text in UTF-8, and if not, what they look like and where it shows. */
import { isUtf8 } from 'node:buffer'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'

const expected = 'CSV in UTF-8'
const saveAs = 'save the table as "CSV UTF-8"'

/** What files that are not text begin with. */
const BEGINNINGS: readonly (readonly [bytes: readonly number[], message: string, hint: string])[] = [
  [[0xff, 0xfe], 'the file is in UTF-16', saveAs],
  [[0xfe, 0xff], 'the file is in UTF-16', saveAs],
  [[0x50, 0x4b, 0x03, 0x04], 'the file is a workbook or an archive', saveAs],
  [[0x1f, 0x8b], 'the file is compressed', 'send it as it is'],
  [[0x50, 0x41, 0x52, 0x31], 'the file is Parquet', 'send it with Content-Type: application/vnd.apache.parquet'],
]

export function textFault(bytes: Uint8Array): Diagnostic | null {
  const fault = (message: string, hint: string): Diagnostic => fitFinding('sample-encoding', '', message, { expected, hint })
  for (const [beginning, message, hint] of BEGINNINGS)
    if (beginning.every((byte, place) => bytes[place] === byte)) return fault(message, hint)
  const nul = bytes.indexOf(0)
  if (nul >= 0) return fault(`line ${lineAt(bytes, nul)} holds a byte that is zero`, saveAs)
  if (isUtf8(bytes)) return null
  const line = firstLineNot(bytes)
  return fault(`line ${line} is not UTF-8`, `${saveAs}; Windows-1256 and other encodings are not guessed`)
}

const LINE_END = 10

function lineAt(bytes: Uint8Array, place: number): number {
  let line = 1
  for (let at = bytes.indexOf(LINE_END); at >= 0 && at < place; at = bytes.indexOf(LINE_END, at + 1)) line++
  return line
}

/** A line's end is never inside a character. */
function firstLineNot(bytes: Uint8Array): number {
  let [line, from] = [1, 0]
  for (let to = bytes.indexOf(LINE_END); to >= 0; to = bytes.indexOf(LINE_END, from)) {
    if (!isUtf8(bytes.subarray(from, to))) break
    from = to + 1
    line++
  }
  return line
}
