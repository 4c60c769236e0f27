/** One call of a service-bus operation about one person: rows that passed the check of the registry, or why there are none. */
import type { Silence } from '../../language/rule/requirement.ts'
import type { CheckedRow } from '../check-row.ts'
import { PERSON_FIELD } from '../check-row.ts'
import type { Connector } from '../registry-schema.ts'

/** Why a person's registry did not answer; never what it said. */
export type Unanswered = Silence

export type Answer = { readonly rows: readonly (readonly (string | null)[])[] } | { readonly unanswered: Unanswered }

export interface Bus {
  /** Without a slash at the end. */
  readonly url: string
  readonly token: string | undefined
}

const ANSWER_BYTES_MAX = 1 << 20
const ROWS_MAX = 1_000

export interface Asking {
  readonly bus: Bus
  readonly connector: Connector
  readonly check: (row: unknown) => CheckedRow
  readonly number: string
}

/** The number travels in the body alone. Whatever goes wrong is an answer. */
export async function ask({ bus, connector, check, number }: Asking): Promise<Answer> {
  const signal = AbortSignal.timeout(connector.timeoutMs)
  try {
    const response = await fetch(`${bus.url}${connector.path}`, {
      method: 'POST',
      // Another address is not the one that was agreed upon, and would be sent the number.
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(bus.token === undefined ? {} : { authorization: `Bearer ${bus.token}` }),
      },
      body: JSON.stringify({ [connector.numberField]: number }),
      signal,
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      return response.status === 404 ? { rows: [] } : { unanswered: 'refused' }
    }
    const text = await textOf(response)
    return text === null ? { unanswered: 'malformed' } : rowsOf(text, connector, check, number)
  } catch {
    return { unanswered: signal.aborted ? 'timed-out' : 'refused' }
  }
}

/** Null for one that is too long or not UTF-8. */
async function textOf(response: Response): Promise<string | null> {
  if (response.body === null) return null
  const parts: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop cancels what is left of the body.
  for await (const part of response.body) {
    bytes += part.length
    if (bytes > ANSWER_BYTES_MAX) return null
    parts.push(part)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    return null
  }
}

/** All rows or none: of half an answer nobody knows the other half. */
function rowsOf(text: string, connector: Connector, check: Asking['check'], number: string): Answer {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return { unanswered: 'malformed' }
  }
  if (typeof answer !== 'object' || answer === null) return { unanswered: 'malformed' }
  const { notFound, rowsAt = '' } = connector
  if (notFound && valueAt(answer, notFound.at) === notFound.equals) return { rows: [] }
  const found = valueAt(answer, rowsAt)
  if (found === undefined || found === null) return { rows: [] }
  const list: readonly unknown[] = Array.isArray(found) ? found : [found]
  if (list.length > ROWS_MAX) return { unanswered: 'malformed' }
  const rows: (readonly (string | null)[])[] = []
  for (const one of list) {
    const row = Object.fromEntries(Object.entries(connector.columns).map(([name, pointer]) => [name, valueAt(one, pointer)]))
    const checked = check({ ...row, [PERSON_FIELD]: number })
    if (typeof one !== 'object' || one === null || !checked.ok) return { unanswered: 'malformed' }
    rows.push(checked.values)
  }
  return { rows }
}

/** What a JSON Pointer names; undefined where there is nothing. Own members only. */
export function valueAt(value: unknown, pointer: string): unknown {
  let here = value
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Readonly<Record<string, unknown>>)[key]
  }
  return here
}
