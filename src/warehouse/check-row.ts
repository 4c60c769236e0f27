/** One delivered row against its registry definition: typed values, or every reason why it cannot be taken. */
import { dayNumber } from '../kernel/date.ts'
import { formatDecimal, parseDecimal, scaledOfNumber } from '../kernel/decimal.ts'
import { isNationalId } from '../kernel/national-id.ts'
import type { RegistryColumn, RegistryDefinition } from './registry-definition.ts'

/** Field of a delivered row that holds the National ID or personal ID of the person the row is about. */
export const PERSON_FIELD = 'national_number'

export const TEXT_LENGTH_MAX = 500
/** Dates of other years are mistakes. */
export const YEAR_FIRST = 1850
export const YEAR_LAST = 2200
const DATE_MIN = `${YEAR_FIRST}-01-01`
const DATE_MAX = `${YEAR_LAST}-12-31`

/** Why a value is refused; kept with the row as `column: reason`. */
export type RowReason =
  | 'row-not-an-object'
  | 'column-unknown'
  | 'value-missing'
  | 'national-id-malformed'
  | 'integer-malformed'
  | 'decimal-malformed'
  | 'decimal-places'
  | 'number-out-of-range'
  | 'boolean-malformed'
  | 'date-malformed'
  | 'date-out-of-range'
  | 'code-unknown'
  | 'text-malformed'
  | 'text-has-nul'
  | 'text-not-unicode'
  | 'text-too-long'
  | 'number-of-other-kind'
  | 'row-repeats'

export type CheckedRow =
  | {
      readonly ok: true
      readonly number: string
      /** As PostgreSQL reads them, in the order of the columns; persons still as numbers. */ readonly values: readonly (string | null)[]
    }
  | { readonly ok: false; readonly reasons: readonly string[] }

type Checked = { readonly value: string | null } | { readonly reason: RowReason }

/** What is wrong with the text of a row before it has fields: kept as the row's only reason. */
export type LineReason = 'row-too-long' | 'row-fields' | 'quote-misplaced' | 'json-malformed' | 'text-not-unicode'

/** The check of a registry's rows; an absent field, null and an empty text are no value. */
export function rowCheck(definition: RegistryDefinition): (row: unknown) => CheckedRow {
  const names = new Set([PERSON_FIELD, ...definition.columns.map(({ name }) => name)])
  const checkFields = fieldsCheck(definition)
  return (row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return { ok: false, reasons: ['row-not-an-object'] }
    const fields = row as Readonly<Record<string, unknown>>
    const reasons = Object.keys(fields)
      .filter((name) => !names.has(name))
      .map((name) => `${printable(name)}: column-unknown`)
    const values = definition.columns.map(({ name }) => (Object.hasOwn(fields, name) ? fields[name] : undefined))
    return checkFields(Object.hasOwn(fields, PERSON_FIELD) ? fields[PERSON_FIELD] : undefined, values, reasons)
  }
}

/** The check of a row's values in the order of the columns; `reasons` holds what was found before. */
export function fieldsCheck(
  definition: RegistryDefinition,
): (number: unknown, given: readonly unknown[], reasons?: readonly string[]) => CheckedRow {
  const { columns, key } = definition
  const needed = columns.map(({ name, required }) => required === true || key.includes(name))
  const codes = columns.map((column) => new Set(Object.keys(column.codes ?? {})))
  return (number, given, before = []) => {
    const reasons = [...before]
    if (!isNationalId(number))
      reasons.push(
        `${PERSON_FIELD}: ${number === undefined || number === null || number === '' ? 'value-missing' : 'national-id-malformed'}`,
      )
    const values = columns.map((column, index) => {
      const checked = checkValue(given[index], column, codes[index] as Set<string>)
      if ('reason' in checked) reasons.push(`${column.name}: ${checked.reason}`)
      else if (checked.value === null && needed[index]) reasons.push(`${column.name}: value-missing`)
      return 'reason' in checked ? null : checked.value
    })
    return reasons.length > 0 ? { ok: false, reasons } : { ok: true, number: number as string, values }
  }
}

function checkValue(given: unknown, column: RegistryColumn, codes: ReadonlySet<string>): Checked {
  if (given === undefined || given === null || given === '') return { value: null }
  switch (column.type) {
    case 'integer':
      return checkNumber(given, column, 0, 'integer-malformed')
    case 'decimal':
      return checkNumber(given, column, column.scale ?? 0, 'decimal-malformed')
    case 'boolean':
      return checkBoolean(given)
    case 'date':
      return checkDate(given)
    case 'category':
      return typeof given === 'string' && codes.has(given) ? { value: given } : { reason: 'code-unknown' }
    case 'person':
      return isNationalId(given) ? { value: given } : { reason: 'national-id-malformed' }
    case 'text':
      return checkText(given)
  }
}

/** JSON numbers and plain decimal texts alike; never a thousands separator, an exponent in a text or a digit that is not ASCII. */
function checkNumber(given: unknown, { min, max }: RegistryColumn, scale: number, malformed: RowReason): Checked {
  if (typeof given !== 'number' && typeof given !== 'string') return { reason: malformed }
  const scaled = typeof given === 'number' ? scaledOfNumber(given, scale) : parseDecimal(given, scale)
  if (!scaled.ok) {
    if (scaled.error === 'out-of-range') return { reason: 'number-out-of-range' }
    return { reason: scaled.error === 'too-many-places' && scale > 0 ? 'decimal-places' : malformed }
  }
  const factor = 10 ** scale
  const outside =
    (min !== undefined && scaled.value < Math.round(min * factor)) || (max !== undefined && scaled.value > Math.round(max * factor))
  return outside ? { reason: 'number-out-of-range' } : { value: formatDecimal(scaled.value, scale) }
}

function checkBoolean(given: unknown): Checked {
  if (given === true || given === 'true') return { value: 'true' }
  return given === false || given === 'false' ? { value: 'false' } : { reason: 'boolean-malformed' }
}

function checkDate(given: unknown): Checked {
  if (typeof given !== 'string' || dayNumber(given) === null) return { reason: 'date-malformed' }
  return given < DATE_MIN || given > DATE_MAX ? { reason: 'date-out-of-range' } : { value: given }
}

function checkText(given: unknown): Checked {
  if (typeof given !== 'string') return { reason: 'text-malformed' }
  if (given.includes('\0')) return { reason: 'text-has-nul' }
  if (!given.isWellFormed()) return { reason: 'text-not-unicode' }
  return given.length > TEXT_LENGTH_MAX ? { reason: 'text-too-long' } : { value: given }
}

/** A field's name as it may be kept: a sender can write anything there, a National ID too. */
export const printable = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name) ? name : '(unreadable)')
