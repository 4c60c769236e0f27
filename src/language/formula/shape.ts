/**
 * Checks a JSON value against the plain schemas of this folder and says every difference in words, with a pointer and the
 * nearest known key. A general validator stops at eight errors and cannot name what a misspelt key was meant to be.
 */
import type { TSchema } from 'typebox'
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../diagnostic-codes.ts'
import { nearest } from '../nearest.ts'
import type { Report } from './formula-diagnostics.ts'

/** The keywords of JSON Schema that the schemas of this folder use. */
interface PlainSchema {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly PlainSchema[]
  readonly properties?: Readonly<Record<string, PlainSchema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, PlainSchema>>
  readonly items?: PlainSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** True when the value has the shape; otherwise every error is in `out`. */
export const checkShape = (value: unknown, schema: TSchema, pointer: string, out: Report): boolean => check(value, schema as PlainSchema, pointer, out)

function check(value: unknown, schema: PlainSchema, pointer: string, out: Report): boolean {
  if (schema.anyOf) return checkAlternatives(value, schema.anyOf, pointer, out)
  if (schema.const !== undefined) return value === schema.const || wrong(value, schema, pointer, out)
  if (schema.type === 'object') return isObject(value) ? checkObject(value, schema, pointer, out) : wrong(value, schema, pointer, out)
  if (schema.type === 'array') return Array.isArray(value) ? checkArray(value, schema, pointer, out) : wrong(value, schema, pointer, out)
  return isScalar(value, schema) || wrong(value, schema, pointer, out)
}

function isScalar(value: unknown, schema: PlainSchema): boolean {
  if (schema.type === 'string') {
    if (typeof value !== 'string' || value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? Infinity)) return false
    return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value)
  }
  if (schema.type === 'integer') return Number.isSafeInteger(value) && Number(value) >= (schema.minimum ?? -Infinity)
  if (schema.type === 'number') return typeof value === 'number' && Number.isFinite(value)
  if (schema.type === 'boolean') return typeof value === 'boolean'
  return schema.type === undefined
}

function checkObject(value: Readonly<Record<string, unknown>>, schema: PlainSchema, pointer: string, out: Report): boolean {
  const before = out.list.length
  const properties = schema.properties ?? {}
  const entries = Object.values(schema.patternProperties ?? {})[0]
  for (const [key, child] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : entries
    if (known) check(child, known, at(pointer, key), out)
    else {
      const near = nearest(key, Object.keys(properties).filter((name) => !Object.hasOwn(value, name)))
      const hint = near ? `write ${quote(near)}` : 'remove it'
      out.error('unknown-key', at(pointer, key), `${quote(key)} is not a key here`, { expected: Object.keys(properties).join(', '), hint })
    }
  }
  for (const key of schema.required ?? []) {
    if (Object.hasOwn(value, key)) continue
    out.error('missing-key', pointer, `${quote(key)} is missing`, { expected: describe(properties[key] ?? {}), hint: `add ${quote(key)}` })
  }
  return out.list.length === before
}

function checkArray(value: readonly unknown[], schema: PlainSchema, pointer: string, out: Report): boolean {
  const before = out.list.length
  const { minItems = 0, maxItems = Infinity, items } = schema
  if (value.length < minItems || value.length > maxItems) wrong(value, schema, pointer, out)
  else if (items) value.forEach((entry, index) => check(entry, items, at(pointer, index), out))
  return out.list.length === before
}

function checkAlternatives(value: unknown, alternatives: readonly PlainSchema[], pointer: string, out: Report): boolean {
  const object = isObject(value) ? alternatives.find((schema) => schema.type === 'object') : undefined
  if (object) return check(value, object, pointer, out)
  if (alternatives.some((schema) => schema.const !== undefined && schema.const === value)) return true
  return wrong(value, { anyOf: alternatives }, pointer, out)
}

function wrong(value: unknown, schema: PlainSchema, pointer: string, out: Report): false {
  const constants = (schema.anyOf ?? [schema]).flatMap((option) => (typeof option.const === 'string' ? [option.const] : []))
  const near = typeof value === 'string' ? nearest(value, constants) : undefined
  const expected = describe(schema)
  out.error('wrong-type', pointer, `${quote(value)} stands where ${expected} is needed`, near ? { expected, hint: `write ${quote(near)}` } : { expected })
  return false
}

/** A schema in words, for "expected". */
function describe(schema: PlainSchema): string {
  if (schema.anyOf) return schema.anyOf.map(describe).join(' or ')
  if (schema.const !== undefined) return quote(schema.const)
  if (schema.type === 'object') return schema.required ? `an object with ${schema.required.join(', ')}` : 'an object'
  if (schema.type === 'array') return schema.minItems === schema.maxItems ? `a list of ${schema.minItems}` : `a list of ${schema.minItems ?? 0} to ${schema.maxItems ?? 'any number'}`
  if (schema.pattern === '^\\d{4}-\\d{2}-\\d{2}$') return 'a date YYYY-MM-DD'
  if (schema.pattern !== undefined) return 'a name of letters, digits and hyphens that begins with a small letter'
  return { string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false' }[schema.type ?? ''] ?? 'a value'
}
