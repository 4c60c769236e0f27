/** What the audit chain was told of something, to hold it against what is stored. */
import type { Queryable } from '../db/queryable.ts'

/** Outcomes of the events that say so of one request, the oldest first. */
export async function outcomesOf(db: Queryable, action: string, requestId: string): Promise<string[]> {
  const { rows } = await db.query<{ outcome: string }>(
    `select body::jsonb ->> 'outcome' as outcome from audit_event where action = $1 and body::jsonb ->> 'requestId' = $2 order by id`,
    [action, requestId],
  )
  return rows.map(({ outcome }) => outcome)
}
