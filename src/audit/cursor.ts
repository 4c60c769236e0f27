/** Where a page of events ended, as text that clients hand back: bound to the filters, so that a sequence of pages is of one question. */
import { contentHash } from '../kernel/canonical.ts'

const keyOf = (filters: object): string => contentHash(filters).slice(0, 16)

export const writeCursor = (lastId: string, filters: object): string => Buffer.from(`${lastId}.${keyOf(filters)}`).toString('base64url')

/** The id of the last event of the page before; null for text that is not a cursor of these filters. */
export function openCursor(text: string, filters: object): string | null {
  const [, id, key] = /^([0-9a-f-]{36})\.([0-9a-f]{16})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  return id !== undefined && key === keyOf(filters) && /^\w{8}(-\w{4}){3}-\w{12}$/.test(id) ? id : null
}
