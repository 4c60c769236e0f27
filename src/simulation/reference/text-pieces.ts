/** A text that is written line by line and kept in gzipped pieces, each of which can be read alone. */
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'

export interface TextPieces {
  /** SHA-256 of the whole text. */
  readonly hash: string
  readonly bytes: number
  readonly pieces: readonly Uint8Array[]
}

const PIECE_CHARACTERS = 1 << 20

export function textPieces(): { readonly add: (text: string) => void; readonly end: () => TextPieces } {
  const hash = createHash('sha256')
  const pieces: Uint8Array[] = []
  let [waiting, bytes] = ['', 0]
  const flush = (): void => {
    const piece = Buffer.from(waiting)
    hash.update(piece)
    bytes += piece.byteLength
    pieces.push(Uint8Array.from(gzipSync(piece)))
    waiting = ''
  }
  return {
    add: (text) => {
      waiting += text
      if (waiting.length >= PIECE_CHARACTERS) flush()
    },
    end: () => {
      if (waiting !== '' || pieces.length === 0) flush()
      return { hash: hash.digest('hex'), bytes, pieces }
    },
  }
}

export const piecesText = (pieces: readonly Uint8Array[]): Buffer => Buffer.concat(pieces.map((piece) => gunzipSync(piece)))
