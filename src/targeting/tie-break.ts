/** The published tie-break: the first 64 bits of SHA-256 over `cycle:unitReference`, then the reference; hashed only where units are tied. */
import { hashReferences, type TieWords } from './tie-words/hash-references.ts'

/** How equal units are told apart: the words of some rows, and the reference by row (whole numbers, each one once). */
export interface TieBreak {
  readonly reference: Float64Array
  readonly wordsOf: (rows: Uint32Array) => TieWords
}

/** The tie-break of a cycle; hashes only the rows that it is asked for. */
export function tieBreakOfCycle(cycle: string, reference: Float64Array): TieBreak {
  return { reference, wordsOf: (rows) => hashReferences(cycle, reference, rows) }
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
