/** A request for a token, read from the form and the header; and the refusals of RFC 6749. */
import type { ProblemCode } from '../../kernel/problem.ts'
import { problemKinds } from '../../kernel/problem-table.ts'
import type { TokenRequest } from './tokens.ts'

const refusal = (code: ProblemCode, description: string) =>
  ({ error_description: description, code, status: problemKinds[code].status, hint: problemKinds[code].hint.en }) as const

export const tokenErrors = {
  invalid_request: refusal('token-request-refused', 'The form, or the header, cannot be read, or names something twice.'),
  unsupported_grant_type: refusal('token-request-refused', 'grant_type must be client_credentials.'),
  invalid_scope: refusal('token-request-refused', 'scope must name some of the permissions of the client, with spaces between them.'),
  invalid_client: refusal('client-refused', 'The client or its secret is not valid.'),
} as const

export function readTokenRequest(body: unknown, authorization: string | undefined): TokenRequest | keyof typeof tokenErrors {
  if (typeof body !== 'string') return 'invalid_request'
  const form = new URLSearchParams(body)
  // RFC 6749, 3.2: no parameter more than once.
  if ([...form.keys()].length !== new Set(form.keys()).size) return 'invalid_request'
  if (form.get('grant_type') === null) return 'invalid_request'
  if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type'
  const inForm = form.get('client_id') !== null || form.get('client_secret') !== null
  // RFC 6749, 2.3: one way of proving who asks.
  if (authorization !== undefined && inForm) return 'invalid_request'
  const [client, secret] = authorization === undefined ? [form.get('client_id'), form.get('client_secret')] : basicOf(authorization)
  // The database takes no NUL, and no client of ours has one.
  if (!client || !secret || secret.length > 200 || client.includes('\0')) return 'invalid_client'
  const scope = form.get('scope')?.trim()
  return { client, secret, scope: scope === undefined || scope === '' ? null : [...new Set(scope.split(/ +/))] }
}

/** Both halves are form-encoded before they are put together (RFC 6749, 2.3.1). */
function basicOf(header: string): readonly [string, string] | readonly [null, null] {
  const encoded = /^Basic ([A-Za-z0-9+/]{1,2000}={0,2})$/i.exec(header)?.[1]
  const [client, secret, ...more] = encoded === undefined ? [] : Buffer.from(encoded, 'base64').toString('utf8').split(':')
  if (client === undefined || secret === undefined || more.length > 0) return [null, null]
  const read = (text: string): string => new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? ''
  return [read(client), read(secret)]
}
