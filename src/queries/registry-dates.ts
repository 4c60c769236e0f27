/** As of when each registry's rows speak, read at most once a second: every answer says it, and it changes with a load. */
import type { Queryable } from '../db/queryable.ts'

/** By registry; those that were never loaded are not there. */
export type RegistryDates = () => Promise<ReadonlyMap<string, string>>

const REMEMBERED_MS = 1_000

export function registryDates(db: Queryable, now: () => number = Date.now): RegistryDates {
  let read: { readonly dates: Promise<ReadonlyMap<string, string>>; readonly until: number } | null = null
  return async () => {
    if (read && read.until > now()) return read.dates
    const dates = datesOf(db)
    read = { dates, until: now() + REMEMBERED_MS }
    try {
      return await dates
    } catch (error) {
      read = null
      throw error
    }
  }
}

async function datesOf(db: Queryable): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ registry: string; as_of: string }>('select registry, as_of from warehouse.registry_state')
  return new Map(rows.map((row) => [row.registry, row.as_of]))
}
