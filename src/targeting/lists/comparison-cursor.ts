/** Where a page of a comparison ended, bound to both lists and to the kind of change. */
import type { Change, ComparisonPlace } from './compare-lists.ts'

export interface Compared {
  readonly here: number
  readonly there: number
  readonly change: Change | undefined
}

export const writeComparisonCursor = ({ here, there, change }: Compared, { among, after }: ComparisonPlace): string =>
  Buffer.from([here, there, change ?? 'any', among, after].join('.')).toString('base64url')

/** Null for text that is not a cursor of this comparison. */
export function readComparisonCursor(text: string, compared: Compared): ComparisonPlace | null {
  const [, among, after] = /\.(here|left)\.(\d{1,9})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  const place: ComparisonPlace = { among: among === 'left' ? 'left' : 'here', after: Number(after) }
  return among !== undefined && writeComparisonCursor(compared, place) === text ? place : null
}
