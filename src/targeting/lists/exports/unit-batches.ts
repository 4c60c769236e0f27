/** A list read some thousand units at a time, as whoever writes a file of it takes them. */
import type { Queryable } from '../../../db/queryable.ts'
import { type ListedUnit, type ListFilters, listPage } from '../list-store.ts'

export interface Exported {
  readonly db: Queryable
  readonly list: number
  readonly filters: ListFilters
  /** Aborts when nobody wants the file any more. */
  readonly signal: AbortSignal
}

/** Units at a time: their text takes a few milliseconds of the loop. */
const UNITS = 1_000

/** At least one batch, the last one shorter; no connection is held between two. */
export async function* unitBatches({ db, list, filters, signal }: Exported): AsyncGenerator<readonly ListedUnit[]> {
  let after = 0
  for (;;) {
    signal.throwIfAborted()
    const units = await listPage(db, list, filters, after, UNITS)
    yield units
    if (units.length < UNITS) return
    after = (units.at(-1) as ListedUnit).position
  }
}
