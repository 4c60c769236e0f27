/** The word of the tie-break: what it may consist of. */
import Type from 'typebox'
import Value from 'typebox/value'

export const CycleWord = Type.String({
  minLength: 1,
  maxLength: 100,
  // Shown words that look alike would be different ones: no control characters, and something to be read.
  pattern: '^\\P{Cc}*[\\p{L}\\p{N}]\\P{Cc}*$',
  description:
    'the published word of the tie-break, fixed before the data are read by the first run of the month of `asOf` that is to put lists in force, and taken unless named; with a letter or digit, without control characters',
})

export const isCycleWord = (word: string): boolean => Value.Check(CycleWord, word)
