/** The words by which a cycle tells equal units apart: the first 64 bits of SHA-256 over `cycle:reference`, of many references at once. */
import { hash } from 'node:crypto'
import { BLOCK_WORDS, LANES, openSha256Lanes, type Sha256Lanes } from './sha256-lanes.ts'

/** The upper and lower 32 bits, aligned with what was asked for. */
export interface TieWords {
  readonly high: Uint32Array
  readonly low: Uint32Array
}

/** Of whole numbers below 2^53. */
const DIGITS_MOST = 16
/** A block holds the message, a bit that ends it, and its length in 64 bits. */
const PREFIX_BYTES_MOST = BLOCK_WORDS * 4 - 8 - 1 - DIGITS_MOST

/** Opened when first asked for: most threads order nothing. */
let opened: Sha256Lanes | null | undefined

/** Of the references of some rows, whole numbers from 0. */
export function hashReferences(cycle: string, reference: Float64Array, rows: Uint32Array): TieWords {
  const words = { high: new Uint32Array(rows.length), low: new Uint32Array(rows.length) }
  const prefix = Buffer.from(`${cycle}:`)
  const lanes = prefix.length > PREFIX_BYTES_MOST || rows.length === 0 ? null : (opened ??= openSha256Lanes())
  if (lanes) inLanes(lanes, prefix, reference, rows, words)
  else oneByOne(cycle, reference, rows, words)
  return words
}

/** As the tie-break is published; of cycles with long names. */
function oneByOne(cycle: string, reference: Float64Array, rows: Uint32Array, { high, low }: TieWords): void {
  for (let i = 0; i < rows.length; i++) {
    const digest = hash('sha256', `${cycle}:${reference[rows[i] as number]}`)
    high[i] = Number.parseInt(digest.slice(0, 8), 16)
    low[i] = Number.parseInt(digest.slice(8, 16), 16)
  }
}

function inLanes(
  { messages, digests, digest }: Sha256Lanes,
  prefix: Uint8Array,
  reference: Float64Array,
  rows: Uint32Array,
  { high, low }: TieWords,
): void {
  const write = messageWriter(messages, prefix)
  for (let from = 0; from < rows.length; from += LANES) {
    const filled = Math.min(LANES, rows.length - from)
    for (let lane = 0; lane < filled; lane++) write(lane, reference[rows[from + lane] as number] as number)
    digest()
    for (let lane = 0; lane < filled; lane++) {
      high[from + lane] = digests[lane] as number
      low[from + lane] = digests[LANES + lane] as number
    }
  }
}

/** `'0000'`, and the pairs of digits as they are written, first digit uppermost. */
const NO_DIGITS = 0x30303030
const PAIRS = Uint32Array.from({ length: 100 }, (_, pair) => ((0x30 + Math.floor(pair / 10)) << 8) | (0x30 + (pair % 10)))
const END_OF_MESSAGE = 0x8000_0000
const WORD_BITS = 32

/** Puts the prefix into every lane, and then writes a reference behind it, by its digits, with what ends the message. */
function messageWriter(messages: Uint32Array, prefix: Uint8Array): (lane: number, reference: number) => void {
  const firstWords = Buffer.alloc(BLOCK_WORDS * 4)
  firstWords.set(prefix)
  for (let at = 0; at < messages.length; at++) messages[at] = firstWords.readUInt32BE(4 * Math.floor(at / LANES))
  const start = (prefix.length >> 2) * LANES
  const started = messages[start] as number
  const right = (prefix.length & 3) * 8
  const length = (BLOCK_WORDS - 1) * LANES
  // Sixteen digits, what ends them, and noughts for as far as digits that are left out reach.
  const digits = new Uint32Array(10)
  digits[4] = END_OF_MESSAGE
  return (lane, reference) => {
    const upper = Math.floor(reference / 1e8) | 0
    const lower = (reference - upper * 1e8) | 0
    writeEight(digits, 0, upper)
    writeEight(digits, 2, lower)
    let leading = 0
    while (leading < 3 && digits[leading] === NO_DIGITS) leading++
    const left = Math.min(Math.clz32((digits[leading] as number) ^ NO_DIGITS) >> 3, 3) * 8
    let before = 0
    for (let at = 0; at < 6; at++) {
      // A shift by 32 bits would shift by none.
      const next =
        at > 4
          ? 0
          : left === 0
            ? (digits[leading + at] as number)
            : ((digits[leading + at] as number) << left) | ((digits[leading + at + 1] as number) >>> (WORD_BITS - left))
      const moved = right === 0 ? next : (next >>> right) | (before << (WORD_BITS - right))
      messages[start + at * LANES + lane] = at === 0 ? started | moved : moved
      before = next
    }
    messages[length + lane] = (prefix.length + DIGITS_MOST - 4 * leading - left / 8) * 8
  }
}

function writeEight(digits: Uint32Array, at: number, number: number): void {
  const upper = (number / 10_000) | 0
  const lower = (number - upper * 10_000) | 0
  const [one, three] = [(upper / 100) | 0, (lower / 100) | 0]
  digits[at] = ((PAIRS[one] as number) << 16) | (PAIRS[upper - one * 100] as number)
  digits[at + 1] = ((PAIRS[three] as number) << 16) | (PAIRS[lower - three * 100] as number)
}
