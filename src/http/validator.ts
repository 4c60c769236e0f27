/** Requests are validated without coercion; only query strings, which are text by nature, are converted. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, Options } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { isNationalId } from '../kernel/national-id.ts'
import { problem } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'

const options: Options = {
  allErrors: false,
  strict: true,
  allowUnionTypes: true,
  removeAdditional: false,
  useDefaults: true,
  verbose: true,
}

export function validatorCompiler(): FastifySchemaCompiler<object> {
  const strict = withFormats(new Ajv2020({ ...options, coerceTypes: false }))
  const textual = withFormats(new Ajv2020({ ...options, coerceTypes: true }))
  return ({ schema, httpPart }) => (httpPart === 'body' ? strict : textual).compile(schema)
}

/** Formats of ours besides the standard ones. */
export function withFormats(ajv: Ajv2020): Ajv2020 {
  ajv.addVocabulary(['x-label', 'x-codes', 'x-unit']) // of the intake form
  ;(addFormats as unknown as (ajv: Ajv2020, formats: string[]) => void)(ajv, ['date', 'date-time', 'uuid', 'email'])
  ajv.addFormat('national-id', { type: 'string', validate: isNationalId })
  return ajv
}

/** Ajv's first error as a problem: which place, what was expected; never the value that was sent. */
export function problemOfValidation(errors: readonly unknown[], context: string): Problem {
  const error = errors[0] as ErrorObject | undefined
  if (!error) return problem('request-invalid')
  if (context === 'body' && error.instancePath === '' && error.keyword === 'type' && (error.data === undefined || error.data === null)) {
    return problem('body-missing', { expected: 'a JSON object' })
  }
  const finding = diagnosticOf(error)
  const nationalId = finding.code === 'national-id-malformed'
  const place = context === 'body' ? finding.pointer : `${context}${finding.pointer}`
  return problem(nationalId ? 'national-id-malformed' : 'request-invalid', {
    pointer: place,
    detail: finding.message,
    ...(finding.expected === undefined ? {} : { expected: finding.expected }),
  })
}

/** How the intake form, which stands on its own, writes a National ID. */
const TEN_DIGITS = '^[0-9]{10}$'

/** One Ajv error as a diagnostic. */
export function diagnosticOf(error: ErrorObject): Diagnostic {
  const parent = (error.parentSchema ?? {}) as {
    format?: string
    pattern?: string
    description?: string
    enum?: unknown[]
    const?: unknown
  }
  if (parent.format === 'national-id' || parent.pattern === TEN_DIGITS) {
    return {
      code: 'national-id-malformed',
      pointer: error.instancePath,
      message: 'this is not a National ID',
      expected: 'JSON text of ten ASCII digits, such as "0123456789" (a number would lose leading zeros)',
      severity: 'error',
    }
  }
  const { pointer, message, expected } = spoken(error, parent)
  return { code: 'request-invalid', pointer, message, ...(expected ? { expected } : {}), severity: 'error' }
}

interface Spoken {
  readonly pointer: string
  readonly message: string
  readonly expected: string
}

function spoken(error: ErrorObject, parent: { enum?: unknown[]; const?: unknown; format?: string }): Spoken {
  const pointer = error.instancePath
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        pointer: at(pointer, String(params['additionalProperty'])),
        message: 'this key is not known here',
        expected: 'only documented keys',
      }
    case 'unevaluatedProperties':
      return {
        pointer: at(pointer, String(params['unevaluatedProperty'])),
        message: 'this key is not known here',
        expected: 'only documented keys',
      }
    case 'required':
      return { pointer: at(pointer, String(params['missingProperty'])), message: 'this is required', expected: 'a value' }
    case 'type':
      return { pointer, message: 'this has the wrong type', expected: [params['type']].flat().join(' or ') }
    case 'enum':
      return { pointer, message: 'this is not one of the codes', expected: `one of ${(parent.enum ?? []).join(', ')}` }
    case 'const':
      return { pointer, message: 'this must be the stated value', expected: JSON.stringify(parent.const) }
    case 'format':
      return { pointer, message: 'this text has another form', expected: formats[String(params['format'])] ?? String(params['format']) }
    default:
      return { pointer, message: error.message ?? 'this is not valid', expected: '' }
  }
}

const formats: Readonly<Record<string, string>> = {
  date: 'a date of the calendar as YYYY-MM-DD',
  'date-time': 'a time such as 2026-01-31T10:00:00Z',
  uuid: 'a UUID',
}
