/** The published tie-break: the first 64 bits of SHA-256 over `cycle:unitReference`, then the reference; hashed only where units are tied. */
import { hash } from 'node:crypto'
import { KnownWords } from './known-words.ts'

/** The upper and lower 32 bits of tie words, aligned with the rows they were asked for. */
export interface TieWords {
  readonly high: Uint32Array
  readonly low: Uint32Array
}

/** How equal units are told apart: the words of some rows, and the reference by row (whole numbers, each one once). */
export interface TieBreak {
  readonly reference: Float64Array
  readonly wordsOf: (rows: Uint32Array) => TieWords
}

/** The tie-break of a cycle; hashes only the rows that it is asked for. */
export function tieBreakOfCycle(cycle: string, reference: Float64Array): TieBreak {
  return { reference, wordsOf: (rows) => hashed(cycle, reference, rows, wordsKnownOf(cycle)) }
}

/** The same tie-break over words that are at hand for every row, as a replay or a published list has them. */
export function tieBreakOfWords(words: TieWords, reference: Float64Array): TieBreak {
  return {
    reference,
    wordsOf: (rows) => ({
      high: Uint32Array.from(rows, (row) => words.high[row] as number),
      low: Uint32Array.from(rows, (row) => words.low[row] as number),
    }),
  }
}

/** Of the cycle asked for last: simulations of one run ask for the words of the same units again and again, and hashing is most of ordering them. */
let known: { readonly cycle: string; readonly words: KnownWords } | null = null

function wordsKnownOf(cycle: string): KnownWords {
  if (known?.cycle !== cycle) known = { cycle, words: new KnownWords() }
  return known.words
}

function hashed(cycle: string, reference: Float64Array, rows: Uint32Array, words: KnownWords): TieWords {
  const high = new Uint32Array(rows.length)
  const low = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const unit = reference[rows[i] as number] as number
    let at = words.placeOf(unit)
    if (!words.has(at)) {
      const digest = hash('sha256', `${cycle}:${unit}`)
      at = words.add(at, unit, Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16))
    }
    high[i] = words.high[at] as number
    low[i] = words.low[at] as number
  }
  return { high, low }
}
