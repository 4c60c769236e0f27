/** The tables that entities may be given views of, as PostgreSQL has them. */
import { escapeIdentifier as quote } from 'pg'
import type { Queryable } from '../../../db/queryable.ts'
import type { ViewedColumn, ViewedTable } from './view-sql.ts'

/** Kept by the loader for itself. */
const OF_LOADER = ['load_id', 'seq']
const PERSON = 'person_ref'

/** Of the registries named, those whose table there is; columns in the table's order, to which new ones are only ever added. */
export async function viewedTables(client: Queryable, registries: readonly string[]): Promise<ViewedTable[]> {
  const { rows } = await client.query<ViewedColumn & { table: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod)
       || case when l.collname is null or l.collname = 'default' then '' else ' collate ' || quote_ident(l.collname) end as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_collation l on l.oid = a.attcollation
     where c.relnamespace = 'warehouse'::regnamespace and c.relkind in ('r', 'p') and c.relname = any ($1)
     order by c.relname, a.attnum`,
    [registries],
  )
  return registries.flatMap((name) => {
    const all = rows.filter(({ table }) => table === name)
    const keys = all.filter((column) => column.name === PERSON)
    if (keys.length === 0) return []
    const columns = all.filter((column) => column.name !== PERSON && !OF_LOADER.includes(column.name))
    return [{ name, source: `warehouse.${quote(name)}`, person: PERSON, keys, columns }]
  })
}
