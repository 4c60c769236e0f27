/** A stream of bytes as blocks of whole lines of UTF-8 text, with no more in memory than a chunk and one line of bounded length. */
import { problem } from '../../kernel/problem.ts'

/** The longest line that is read; sixty columns of 500 characters of four bytes fit. A longer one is refused and skipped as it comes. */
export const LINE_BYTES_MAX = 256 * 1024
/** The longest row as text: a longer line is too long in every encoding, whether it came in one piece or in many. */
export const ROW_CHARACTERS_MAX = LINE_BYTES_MAX / 4
/** As much of a line as is kept when it is refused. */
export const KEPT_TEXT_MAX = 4_000

const NEWLINE = 10

export interface BlockReader {
  /** Whole lines, each with its line feed; only the last block of a stream may lack the last one. */
  readonly onText: (text: string) => void
  /** In place of text, where it is given: blocks that end with a line feed, as bytes. */
  readonly onBytes?: (block: Buffer) => void
  /** In place of a line that is longer than any row can be. */
  readonly onTooLong: (beginning: string) => void
}

export interface TextBlocks {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
}

/** A byte order mark of UTF-8 is left out, one of UTF-16 refused; bytes that are no UTF-8 become U+FFFD, by which readers know them. */
export function textBlocks({ onText, onBytes, onTooLong }: BlockReader): TextBlocks {
  let pending: Buffer = Buffer.alloc(0)
  let skipping = false
  let atStart = true
  const text = (bytes: Buffer): string => bytes.toString('utf8')
  const lines = onBytes ?? ((bytes: Buffer): void => onText(text(bytes)))
  const take = (bytes: Buffer): void => {
    let rest = bytes
    if (skipping) {
      const end = rest.indexOf(NEWLINE)
      if (end < 0) return
      skipping = false
      rest = rest.subarray(end + 1)
    }
    const last = rest.lastIndexOf(NEWLINE)
    if (last >= 0) lines(rest.subarray(0, last + 1))
    pending = Buffer.from(rest.subarray(last + 1))
    if (pending.length <= LINE_BYTES_MAX) return
    onTooLong(text(pending.subarray(0, KEPT_TEXT_MAX)))
    pending = Buffer.alloc(0)
    skipping = true
  }
  const start = (bytes: Buffer): Buffer => {
    atStart = false
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
      throw problem('load-encoding', { expected: 'UTF-8' })
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
  }
  return {
    push(chunk) {
      const bytes = pending.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([pending, chunk])
      // The mark may come in two pieces.
      if (atStart && bytes.length < 3) return void (pending = Buffer.from(bytes))
      take(atStart ? start(bytes) : bytes)
    },
    end() {
      const bytes = atStart ? start(pending) : pending
      if (bytes.length > 0) onText(text(bytes))
    },
  }
}
