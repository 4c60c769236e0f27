/** Refuses rows that are staged already: kept with their reason like the others, and their persons spared by a full load. */
import type { Queryable } from '../../db/queryable.ts'
import type { Staging } from './staging.ts'

export interface Refusal {
  readonly staging: Staging
  readonly loadId: number
  readonly reason: string
  /** Joined to `raw`, the rows as delivered: which of them. */
  readonly which: string
}

/** Returns how many. Content is the row's values as JSON, since its text is no longer there. */
export async function rejectStaged(client: Queryable, { staging, loadId, reason, which }: Refusal): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `WITH refused AS (
       INSERT INTO identity.rejected_row (load_id, line, reasons, content)
       SELECT $1, raw._line, ARRAY[$2], (json_strip_nulls(row_to_json(raw))::jsonb - '_line' - '_number' || jsonb_build_object('national_number', raw._number))::text
       FROM ${staging.left} AS raw ${which} RETURNING line),
     spared AS (INSERT INTO ${staging.spared} SELECT raw._number FROM ${staging.left} AS raw WHERE raw._line IN (SELECT line FROM refused))
     SELECT count(*) FROM refused`,
    [loadId, reason],
  )
  return rows[0]?.count ?? 0
}
