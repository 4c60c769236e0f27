import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** RFC 8785 canonical JSON, the text that every hash is taken of. */
export function canonicalJson(value: unknown): string {
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(value)
  if (text === undefined) throw new TypeError('only JSON values have a canonical form')
  return text
}

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')

/** Content address of a JSON value: SHA-256 of its canonical form, in hex. */
export const contentHash = (value: unknown): string => sha256(canonicalJson(value))
