/** A list read some thousand units at a time, as whoever writes a file of it takes them. */
import type { Queryable } from '../../../db/queryable.ts'
import type { ListedUnit, ListFilters } from '../list-store.ts'
import { type ShownList, shownPage } from '../shown-page.ts'

export interface Exported {
  readonly db: Queryable
  readonly list: ShownList
  readonly filters: ListFilters
  /** Of sheltered persons too; not unless it is said. */
  readonly mayReadAddresses?: boolean
  /** Aborts when nobody wants the file any more. */
  readonly signal: AbortSignal
}

/** Units at a time: their text takes a few milliseconds of the loop. */
const UNITS = 1_000

/** At least one batch, the last one shorter; no connection is held between two. */
export async function* unitBatches({
  db,
  list,
  filters,
  mayReadAddresses = false,
  signal,
}: Exported): AsyncGenerator<readonly ListedUnit[]> {
  let after = 0
  for (;;) {
    signal.throwIfAborted()
    const units = await shownPage(db, { list, filters, after, limit: UNITS, mayReadAddresses })
    yield units
    if (units.length < UNITS) return
    after = (units.at(-1) as ListedUnit).position
  }
}
