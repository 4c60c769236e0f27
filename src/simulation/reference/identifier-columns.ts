/** Columns that hold numbers of persons: a sample is fitted without knowing who answered, so such a file is refused as a whole. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'

const DIGITS = 10
/** Ten digits that stand alone, with the `.0` that programs add to whole numbers; neither part of a longer number nor decimal places. */
const TEN_ALONE = /(?<![\d.,])\d{10}(?![\d,]|\.0*[1-9])/
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/
const ALL_OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g

/** Digits of other scripts count as digits. */
export function holdsIdentifier(text: string): boolean {
  if (text.length < DIGITS) return false
  return TEN_ALONE.test(text) || (OTHER_DIGITS.test(text) && TEN_ALONE.test(text.replaceAll(ALL_OTHER_DIGITS, latin)))
}

/** Both blocks begin at a multiple of 16. */
const latin = (digit: string): string => String((digit.codePointAt(0) as number) % 16)

/** Hears every record, the header first. */
export function identifierWatch(): {
  readonly hear: (record: readonly string[], line: number) => void
  readonly found: () => Diagnostic[]
} {
  let header: readonly string[] = []
  /** First line with such a number, by place of the column. */
  const lines = new Map<number, number>()
  let records = 0
  return {
    hear: (record, line) => {
      if (records++ === 0) header = record
      for (let place = 0; place < record.length; place++)
        if (holdsIdentifier(record[place] as string) && !lines.has(place)) lines.set(place, line)
    },
    found: () =>
      [...lines]
        .toSorted(([a], [b]) => a - b)
        .map(([place, line]) => {
          const name = header[place]
          const called = name === undefined || holdsIdentifier(name) ? '' : ` ${quote(name)}`
          return fitFinding('sample-identifier', '', `column ${place + 1}${called} holds a number of ten digits, first on line ${line}`, {
            expected: 'no National IDs, personal IDs or telephone numbers',
            hint: 'leave the column out; give clusters and strata codes of another length',
          })
        }),
  }
}
