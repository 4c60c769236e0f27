/** The body of a batch: a JSON array of events, one event, or NDJSON; a line that cannot be read stops no other. */
import { problem } from '../../kernel/problem.ts'
import { UnreadableLine } from './read-event.ts'

/** Tells what of a text JSON.parse would let through; null when nothing. */
export type JsonGuard = (
  text: string,
) => { readonly code: 'json-too-deep' | 'json-duplicate-key' | 'json-key-forbidden'; readonly pointer: string } | null

export function readNdjson(body: Uint8Array, guard: JsonGuard): unknown[] {
  return utf8(body, false)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      if (guard(line) !== null) return new UnreadableLine(line)
      try {
        return JSON.parse(line) as unknown
      } catch {
        return new UnreadableLine(line)
      }
    })
}

/** Texts that the database cannot hold are left to the check of each row: here they would stop the whole batch, again and again. */
export function readJson(body: Uint8Array, guard: JsonGuard): unknown[] {
  const text = utf8(body, true)
  const fault = guard(text)
  if (fault) throw problem(fault.code, { pointer: fault.pointer })
  try {
    const value = JSON.parse(text) as unknown
    return Array.isArray(value) ? value : [value]
  } catch {
    throw problem('json-malformed', { expected: 'JSON as in RFC 8259' })
  }
}

/** In NDJSON a byte that is no UTF-8 becomes U+FFFD, and the line is refused or kept with it; it is not this line's neighbours' fault. */
function utf8(body: Uint8Array, fatal: boolean): string {
  if (body.length === 0) throw problem('body-missing', { expected: 'change events' })
  try {
    return new TextDecoder('utf-8', { fatal }).decode(body)
  } catch {
    throw problem('text-not-unicode', { expected: 'UTF-8' })
  }
}
