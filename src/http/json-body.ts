/** The one body parser: UTF-8 JSON only, guarded against what the database or the language could not hold. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parse } from 'jsonc-parser'
import type { ParseError } from 'jsonc-parser'
import { at } from '../kernel/diagnostic.ts'
import { problem } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import { jsonFault } from './json-guard.ts'

export const MAX_JSON_DEPTH = 64

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's bytes as text, which an idempotency key is bound to. */
    bodyText: string
  }
}

export function registerJsonBody(app: FastifyInstance): void {
  app.decorateRequest('bodyText', '')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done) => {
    const outcome = parseBody(body, request.headers['content-type'] ?? '')
    if ('fault' in outcome) return done(outcome.fault)
    request.bodyText = outcome.text
    done(null, outcome.value)
  })
}

type Outcome = { readonly fault: Problem } | { readonly text: string; readonly value: unknown }

/** The parsed body and its text, or the problem to answer with. */
export function parseBody(body: Uint8Array, contentType: string): Outcome {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    return { fault: problem('content-type-unsupported', { pointer: 'Content-Type', expected: 'application/json in UTF-8' }) }
  }
  if (body.length === 0) return { fault: problem('body-missing', { expected: 'a JSON object' }) }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return { fault: problem('text-not-unicode', { expected: 'UTF-8' }) }
  }
  const fault = jsonFault(text, MAX_JSON_DEPTH)
  if (fault) {
    const expected = fault.code === 'json-too-deep' ? `at most ${MAX_JSON_DEPTH} levels` : 'each key once'
    return { fault: problem(fault.code, { pointer: fault.pointer, expected }) }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: problem('json-malformed', { detail: placeOfError(text), expected: 'JSON as in RFC 8259' }) }
  }
  const unstorable = text.includes('\\u') ? textFault(value, '') : null
  return unstorable ? { fault: problem(unstorable.code, { pointer: unstorable.pointer }) } : { text, value }
}

/** Where parsing stopped; never what stood there, since it may be a National ID. */
function placeOfError(text: string): string {
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true })
  const offset = errors[0]?.offset ?? text.length
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`
}

/** With the u flag a paired surrogate is one code point, so only lone ones match. */
const LONE_SURROGATE = /\p{Cs}/u

interface TextFault {
  readonly code: 'text-has-nul' | 'text-not-unicode'
  readonly pointer: string
}

const faultOf = (text: string, pointer: string): TextFault | null =>
  text.includes('\0') ? { code: 'text-has-nul', pointer } : LONE_SURROGATE.test(text) ? { code: 'text-not-unicode', pointer } : null

function textFault(value: unknown, pointer: string): TextFault | null {
  if (typeof value === 'string') return faultOf(value, pointer)
  if (typeof value !== 'object' || value === null) return null
  for (const [key, child] of Object.entries(value)) {
    const fault = faultOf(key, pointer) ?? textFault(child, at(pointer, key))
    if (fault) return fault
  }
  return null
}
