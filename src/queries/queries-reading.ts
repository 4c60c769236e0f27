/** Saved queries that speak of a registry's columns: such a column cannot be taken out. */
import type { Principal } from '../access/principal.ts'
import type { Queryable } from '../db/queryable.ts'
import type { Words } from '../language/fact-space.ts'

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

export interface QueryReading {
  readonly id: string
  readonly name: Words
  readonly shared: boolean
  /** Of those asked for, as `registry.column`, in order. */
  readonly columns: readonly string[]
}

/** The principal's own, its entity's that are shared and those that name it as a caller, by their latest version; others are not there. */
export async function visibleQueriesReading(
  db: Queryable,
  columns: readonly string[],
  { entity, id }: Pick<Principal, 'entity' | 'id'>,
): Promise<QueryReading[]> {
  const { rows } = await db.query<QueryReading>(
    `select q.id, v.definition::jsonb -> 'name' as name, q.shared, array_agg(c.name order by c.name) as columns
     from saved_query q join saved_query_version v on v.query_id = q.id
       and v.version = (select max(version) from saved_query_version where query_id = q.id)
     cross join unnest($1::text[]) as c (name)
     where q.archived_at is null and q.entity = $2 and (q.shared or q.created_by = $3 or $3 = any (q.callers))
       and strpos(v.definition::text, '"' || c.name || '"') > 0
     group by q.id, v.definition, q.shared order by q.id`,
    [columns, entity, id],
  )
  return rows
}
