/** Reads the literals of conditions and cases: JSON value of a fact's type → exact integer, or the reason why not. */
import { dayNumber } from '../../kernel/date.ts'
import { parseDecimal, scaledOfNumber } from '../../kernel/decimal.ts'
import type { DecimalError } from '../../kernel/decimal.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactType } from '../fact-space.ts'
import { didYouMean } from '../nearest.ts'

export type Literal = { readonly value: number } | { readonly problem: Diagnostic }

export const isFailure = (literal: Literal): literal is { readonly problem: Diagnostic } => 'problem' in literal

/** A literal as the policy side writes it: decimals are JSON numbers. */
export function readLiteral(type: FactType, json: unknown, pointer: string): Literal {
  if (json === null) {
    return {
      problem: finding('literal-null', pointer, `null cannot be compared with ${quote(type.id)}`, {
        expected: expectedOf(type),
        hint: 'to ask whether it is known, write {"operator": "isKnown", "value": true}',
      }),
    }
  }
  switch (type.type) {
    case 'boolean':
      return typeof json === 'boolean' ? { value: json ? 1 : 0 } : wrongType(type, json, pointer)
    case 'integer':
    case 'decimal':
      return typeof json === 'number' ? readNumber(type, json, pointer) : wrongType(type, json, pointer)
    case 'date':
      return typeof json === 'string' ? readDate(type, json, pointer) : wrongType(type, json, pointer)
    case 'category':
      return typeof json === 'string' ? readCode(type, json, pointer) : wrongType(type, json, pointer)
  }
}

/** Like `readLiteral`, and decimals may also be texts, as the API's answers write them. */
export function readValue(type: FactType, json: unknown, pointer: string): Literal {
  if (typeof json !== 'string' || (type.type !== 'decimal' && type.type !== 'integer')) return readLiteral(type, json, pointer)
  const scaled = parseDecimal(json, type.scale)
  return scaled.ok ? { value: scaled.value } : numberProblem(type, json, pointer, scaled.error)
}

/** What a literal of this type looks like, for messages. */
export function expectedOf(type: FactType): string {
  const unit = type.unit === null ? '' : ` in ${type.unit}`
  switch (type.type) {
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number${unit}`
    case 'decimal':
      return `a number with at most ${type.scale} decimal places${unit}`
    case 'date':
      return 'a date written YYYY-MM-DD'
    case 'category':
      return `one of the codes ${(type.codes ?? []).slice(0, 12).map(quote).join(', ')}${(type.codes?.length ?? 0) > 12 ? ', ...' : ''}`
  }
}

function readNumber(type: FactType, json: number, pointer: string): Literal {
  if (type.type === 'integer' && Number.isSafeInteger(json)) return { value: json === 0 ? 0 : json }
  const scaled = scaledOfNumber(json, type.scale)
  return scaled.ok ? { value: scaled.value } : numberProblem(type, json, pointer, scaled.error)
}

function numberProblem(type: FactType, json: unknown, pointer: string, error: DecimalError): Literal {
  const expected = expectedOf(type)
  if (error === 'not-a-decimal') return wrongType(type, json, pointer)
  if (error === 'too-many-places') {
    const places = type.scale === 0 ? 'no decimal places' : `${type.scale} decimal places`
    return {
      problem: finding('literal-places', pointer, `${quote(json)} has more places than ${quote(type.id)}, which has ${places}`, {
        expected,
      }),
    }
  }
  return { problem: finding('literal-range', pointer, `${quote(json)} is outside the exact range of ${quote(type.id)}`, { expected }) }
}

function readDate(type: FactType, json: string, pointer: string): Literal {
  const day = json.startsWith('0000') ? null : dayNumber(json)
  if (day !== null) return { value: day }
  return { problem: finding('literal-date', pointer, `${quote(json)} is not a date of the calendar`, { expected: expectedOf(type) }) }
}

function readCode(type: FactType, json: string, pointer: string): Literal {
  const codes = type.codes ?? []
  const index = codes.indexOf(json)
  if (index >= 0) return { value: index }
  return {
    problem: finding('literal-code', pointer, `${quote(json)} is not a code of ${quote(type.id)}`, {
      expected: expectedOf(type),
      hint: didYouMean(json, codes),
    }),
  }
}

function wrongType(type: FactType, json: unknown, pointer: string): Literal {
  return {
    problem: finding(
      'literal-type',
      pointer,
      `${quote(json)} is not a value of ${quote(type.id)}, which is ${type.type === 'integer' ? 'an' : 'a'} ${type.type}`,
      {
        expected: expectedOf(type),
      },
    ),
  }
}
