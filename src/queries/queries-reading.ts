/** Saved queries that speak of a registry's columns: such a column cannot be taken out. */
import type { Queryable } from '../db/queryable.ts'

/** In any version of a query that is not archived, since each can be called. */
export async function queriesReading(
  db: Queryable,
  registry: string,
  columns: readonly string[],
): Promise<{ readonly column: string; readonly by: string }[]> {
  const { rows } = await db.query<{ column: string; query: string }>(
    `select distinct c.name as "column", q.id as query from saved_query q join saved_query_version v on v.query_id = q.id
     cross join unnest($2::text[]) as c (name)
     where q.archived_at is null and strpos(v.definition::text, '"' || $1 || '.' || c.name || '"') > 0 order by 1, 2`,
    [registry, columns],
  )
  return rows.map(({ column, query }) => ({ column, by: `saved query ${query}` }))
}
