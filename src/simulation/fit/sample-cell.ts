/** One cell of an uploaded sample: its text → value, or the reason why not. */
import { parseDecimal } from '../../kernel/decimal.ts'
import { expectedOf, isFailure, readValue } from '../../language/condition/literal.ts'
import type { FactType } from '../../language/fact-space.ts'

/** Why a cell is refused; where the same thing is wrong the codes are those of literals. */
export type CellReason =
  | 'value-missing'
  | 'text-too-long'
  | 'digits-not-latin'
  | 'decimal-malformed'
  | 'negative'
  | 'literal-type'
  | 'literal-code'
  | 'literal-date'
  | 'literal-places'
  | 'literal-range'

export type Cell = { readonly value: number | string } | { readonly reason: CellReason; readonly expected: string }
/** Reads a cell; null is an unknown value. */
export type Reader = (text: string | null) => Cell

const PLACES = 6
const NAME_CHARACTERS_MAX = 200
/** Arabic and Persian digits, which spreadsheets write without being asked. */
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/
const otherDigits = { reason: 'digits-not-latin', expected: 'the digits 0 to 9' } as const
const decimal = `a decimal with at most ${PLACES} places, such as 123.45`

/** Any decimal; unknown is NaN. The double nearest to the decimal that is written. */
export const readWelfare: Reader = (text) => {
  if (text === null) return { value: NaN }
  if (parseDecimal(text, PLACES).ok) return { value: Number(text) }
  return OTHER_DIGITS.test(text) ? otherDigits : { reason: 'decimal-malformed', expected: decimal }
}

/** As `readWelfare`, 0 or more: what a household spends cannot be below nothing. */
export const readNonNegativeWelfare: Reader = (text) => {
  const cell = readWelfare(text)
  return 'value' in cell && (cell.value as number) < 0 ? { reason: 'negative', expected: '0 or more' } : cell
}

/** 0 or more. Survey weights are quotients and are written with many places: all are read. */
export const readWeight: Reader = (text) => {
  if (text === null) return { reason: 'value-missing', expected: 'a weight' }
  if (OTHER_DIGITS.test(text)) return otherDigits
  if (!/^-?\d{1,15}(\.\d{1,30})?$/.test(text)) return { reason: 'decimal-malformed', expected: 'a decimal, such as 123.45' }
  const value = Number(text)
  return value < 0 ? { reason: 'negative', expected: '0 or more' } : { value }
}

export const readName: Reader = (text) => {
  if (text === null) return { reason: 'value-missing', expected: 'a name' }
  return text.length > NAME_CHARACTERS_MAX
    ? { reason: 'text-too-long', expected: `at most ${NAME_CHARACTERS_MAX} characters` }
    : { value: text }
}

/** Reader of a fact: decimals and dates as texts of JSON write them, `true` and `false` or 1 and 0, codes as they are. */
export function factReader(type: FactType): Reader {
  const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false }
  return (text) => {
    if (text === null) return { value: NaN }
    const read = readValue(type, type.type === 'boolean' ? (booleans[text] ?? text) : text, '')
    if (!isFailure(read)) return { value: read.value }
    return OTHER_DIGITS.test(text) ? otherDigits : { reason: read.problem.code as CellReason, expected: expectedOf(type) }
  }
}
