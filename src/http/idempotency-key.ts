/** The header by which a request that is sent again is known as the same. */
import { problem } from '../kernel/problem.ts'

/** Read by us, and not by the validator, so that each fault has its own code. */
const IDEMPOTENCY_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function idempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined || header === '') throw problem('idempotency-key-missing', { pointer: 'Idempotency-Key', expected: 'a UUID' })
  if (typeof header !== 'string' || !IDEMPOTENCY_KEY.test(header))
    throw problem('idempotency-key-malformed', { pointer: 'Idempotency-Key', expected: 'a UUID' })
  return header.toLowerCase()
}
