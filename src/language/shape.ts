/**
 * Holds a JSON value against a TypeBox schema and says in our own diagnostics, all at once, where it does not fit.
 *
 * General validators stop early, cannot suggest the nearest key, and report every branch of a union; these files are
 * written by people, so their messages are worth a walker of our own. It knows the keywords that our schemas use.
 */
import type { TSchema } from 'typebox'
import { dayNumber } from '../kernel/date.ts'
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { finding, quote } from './diagnostic-codes.ts'
import { textProblem } from './json-text.ts'
import { didYouMean } from './nearest.ts'

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly minimum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxLength?: number
}

const IDENTIFIER = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/

/** Everything in which `value` does not fit `schema`; empty when it fits. */
export function shapeDiagnostics(schema: TSchema, value: unknown, pointer = ''): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  walk(schema as Schema, value, pointer, diagnostics)
  return diagnostics
}

function walk(schema: Schema, value: unknown, pointer: string, out: Diagnostic[]): void {
  if (schema.anyOf) return walk(variantFor(schema.anyOf, value), value, pointer, out)
  if (schema.const !== undefined || schema.enum) return walkChoice(schema, value, pointer, out)
  switch (schema.type) {
    case 'object':
      return walkObject(schema, value, pointer, out)
    case 'array':
      return walkArray(schema, value, pointer, out)
    case 'string':
      return walkString(schema, value, pointer, out)
    case 'integer':
    case 'number':
      return walkNumber(schema, value, pointer, out)
    case 'boolean':
      if (typeof value !== 'boolean') out.push(wrongType(value, pointer, 'true or false'))
      return
    case 'null':
      if (value !== null) out.push(wrongType(value, pointer, 'null'))
  }
}

function walkObject(schema: Schema, value: unknown, pointer: string, out: Diagnostic[]): void {
  if (!isObject(value)) return void out.push(wrongType(value, pointer, 'an object'))
  const { properties = {} } = schema
  const [open] = Object.values(schema.patternProperties ?? {})
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key))
      out.push(finding('missing-key', pointer, `${quote(key)} is missing`, { expected: Object.keys(properties).join(', ') }))
  }
  for (const [key, item] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, key) ? properties[key] : open
    if (inner) walk(inner, item, at(pointer, key), out)
    else {
      const names = Object.keys(properties)
      out.push(
        finding('unknown-key', at(pointer, key), `${quote(key)} means nothing here`, {
          expected: names.join(', '),
          hint: didYouMean(key, names),
        }),
      )
    }
  }
}

function walkArray(schema: Schema, value: unknown, pointer: string, out: Diagnostic[]): void {
  if (!Array.isArray(value)) return void out.push(wrongType(value, pointer, 'a list'))
  const { minItems = 0, maxItems = 10_000 } = schema
  if (value.length < minItems || value.length > maxItems) {
    out.push(finding('wrong-value', pointer, `the list has ${value.length} items`, { expected: `between ${minItems} and ${maxItems}` }))
  }
  value.slice(0, maxItems).forEach((item, index) => walk(schema.items ?? {}, item, at(pointer, index), out))
}

function walkString(schema: Schema, value: unknown, pointer: string, out: Diagnostic[]): void {
  if (typeof value !== 'string') return void out.push(wrongType(value, pointer, 'a text'))
  const problem = textProblem(value)
  if (problem) return void out.push(finding('text-invalid', pointer, `the text ${quote(value)} is refused: ${problem}`))
  const expected = stringProblem(schema, value)
  if (expected) out.push(finding('wrong-value', pointer, `${quote(value)} is not allowed here`, { expected }))
}

function stringProblem(schema: Schema, value: string): string | null {
  if (schema.format === 'date') return dayNumber(value) === null ? 'a date of the calendar, written YYYY-MM-DD' : null
  if (schema.format === 'identifier')
    return IDENTIFIER.test(value) ? null : 'a name of ASCII letters, digits, _ and -, at most 64, beginning with a letter'
  if (value.trim() === '') return 'a text that is not empty'
  return value.length > (schema.maxLength ?? 4000) ? `at most ${schema.maxLength ?? 4000} characters` : null
}

function walkNumber(schema: Schema, value: unknown, pointer: string, out: Diagnostic[]): void {
  const expected = `a ${schema.type === 'integer' ? 'whole ' : ''}number${schema.minimum === undefined ? '' : `, at least ${schema.minimum}`}`
  if (typeof value !== 'number') return void out.push(wrongType(value, pointer, expected))
  const fits = schema.type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (!fits || value < (schema.minimum ?? -Infinity))
    out.push(finding('wrong-value', pointer, `${quote(value)} is not allowed here`, { expected }))
}

function walkChoice(schema: Schema, value: unknown, pointer: string, out: Diagnostic[]): void {
  const choices = schema.enum ?? [schema.const]
  if (choices.includes(value)) return
  const hint = didYouMean(
    value,
    choices.filter((choice) => typeof choice === 'string'),
  )
  out.push(finding('wrong-value', pointer, `${quote(value)} is not allowed here`, { expected: choices.map(quote).join(', '), hint }))
}

/** The variant of a union that somebody probably meant: the one that shares most of the keys, or fits best. */
function variantFor(variants: readonly Schema[], value: unknown): Schema {
  if (variants.every((variant) => variant.const !== undefined)) return { enum: variants.map((variant) => variant.const) }
  const score = (variant: Schema): number => {
    const problems: Diagnostic[] = []
    walk(variant, value, '', problems)
    if (problems.length === 0) return Infinity
    const shared = isObject(value) ? Object.keys(value).filter((key) => Object.hasOwn(variant.properties ?? {}, key)).length : 0
    return shared * 1000 - problems.length
  }
  const scores = variants.map(score)
  return variants[scores.indexOf(Math.max(...scores))] as Schema
}

const wrongType = (value: unknown, pointer: string, expected: string): Diagnostic =>
  finding('wrong-type', pointer, `${quote(value)} is not ${expected}`, { expected })

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
