/** Where a page ended, as text that clients hand back: bound to its list and filters, so that a sequence of pages is one list's. */
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import type { ListFilters } from './list-store.ts'

export interface Cursor {
  readonly list: number
  readonly after: number
}

const filtersKey = (filters: ListFilters): string => sha256(canonicalJson(filters)).slice(0, 16)

export const writeCursor = ({ list, after }: Cursor, filters: ListFilters): string =>
  Buffer.from(`${list}.${after}.${filtersKey(filters)}`).toString('base64url')

/** Null for text that is not a cursor of these filters. */
export function readCursor(text: string, filters: ListFilters): Cursor | null {
  const [, list, after, key] = /^(\d{1,9})\.(\d{1,9})\.([0-9a-f]{16})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  return key === filtersKey(filters) ? { list: Number(list), after: Number(after) } : null
}
