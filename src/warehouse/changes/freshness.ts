/** How old each registry is, and how far its stream of changes lags behind its source. */
import type { Queryable } from '../../db/queryable.ts'

export interface RegistryNow {
  readonly registry: string
  readonly asOf: string | null
  readonly rows: number | null
  readonly sourceAt: Date | null
  readonly appliedAt: Date | null
}

/** Of registries that were loaded or of which changes came; the others are not in the answer. */
export async function registriesNow(db: Queryable): Promise<RegistryNow[]> {
  const { rows } = await db.query<RegistryNow>(
    `SELECT coalesce(r.registry, c.registry) AS registry, r.as_of AS "asOf", r.row_count AS rows, c.source_at AS "sourceAt", c.applied_at AS "appliedAt"
     FROM warehouse.registry_state r FULL JOIN warehouse.change_stream c ON c.registry = r.registry`,
  )
  return rows
}

/** The civil day of a moment in a time zone; offsets change on quarters of an hour, so that a day is worked out once for each. */
export function daysIn(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone })
  const known = new Map<number, string>()
  return (ms) => {
    const quarter = Math.floor(ms / 900_000)
    const day = known.get(quarter) ?? format.format(quarter * 900_000)
    if (known.size > 1_000) known.clear()
    known.set(quarter, day)
    return day
  }
}
