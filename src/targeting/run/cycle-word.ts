/** The word of the tie-break: what it may consist of. */
import Type from 'typebox'
import Value from 'typebox/value'

export const CycleWord = Type.String({
  minLength: 1,
  maxLength: 100,
  // Shown words that look alike would be different ones: nothing that is not seen, no blank at an end, and something to be read.
  pattern: '^(?!\\p{Z})\\P{C}*[\\p{L}\\p{N}]\\P{C}*(?<!\\p{Z})$',
  description:
    'the published word of the tie-break, fixed before the data are read by the first run of the month of `asOf` that is to put lists in force, and taken unless named; with a letter or digit, without control characters',
})

/** Letters and their marks in one form only. */
export const isCycleWord = (word: string): boolean => Value.Check(CycleWord, word) && word === word.normalize('NFC')
