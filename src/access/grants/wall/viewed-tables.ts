/** The tables that entities may be given views of, as PostgreSQL has them: registries, and the published list of a programme. */
import { escapeIdentifier as quote, escapeLiteral } from 'pg'
import type { Queryable } from '../../../db/queryable.ts'
import { isList, LIST, LIST_COLUMNS, LIST_PLACES } from '../ranked-lists.ts'
import type { ViewedColumn, ViewedTable } from './view-sql.ts'

/** Kept by the loader for itself. */
const OF_LOADER = ['load_id', 'seq']
const PERSON = 'person_ref'

/** PostgreSQL cuts longer names, and two that were cut might be taken for each other. */
const NAME_BYTES_MAX = 63
const LIST_PLACE = 'position'
/** The views' owner reads it, not the entity. Who lives with somebody sheltered has the same address. */
const SHELTERED = `EXISTS (SELECT FROM warehouse.address_kept s WHERE s.person_ref = t.${PERSON})`
const SHELTERED_HOUSEHOLD = 'EXISTS (SELECT FROM public.sheltered_household s WHERE s.household_ref = t.household_ref)'

/** Of the registries and lists named, those that there are; columns in the table's order, to which new ones are only ever added. */
export async function viewedTables(client: Queryable, names: readonly string[]): Promise<ViewedTable[]> {
  const { rows } = await client.query<ViewedColumn & { table: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod)
       || case when l.collname is null or l.collname = 'default' then '' else ' collate ' || quote_ident(l.collname) end as type,
       exists (select from warehouse.address_column d where d.registry = c.relname and d.column_name = a.attname) as "isAddress"
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_collation l on l.oid = a.attcollation
     where c.relnamespace = 'warehouse'::regnamespace and c.relkind in ('r', 'p') and c.relname = any ($1) or c.oid = 'public.ranked_unit'::regclass
     order by c.relname, a.attnum`,
    [names],
  )
  const columnsOf = (table: string): ViewedColumn[] => rows.filter((row) => row.table === table)
  return names.flatMap((name) => {
    if (Buffer.byteLength(name) > NAME_BYTES_MAX) return []
    if (isList(name)) return [listTable(name, columnsOf('ranked_unit'))]
    const all = columnsOf(name)
    const keys = all.filter((column) => column.name === PERSON)
    if (keys.length === 0) return []
    const columns = all.filter((column) => column.name !== PERSON && !OF_LOADER.includes(column.name))
    return [{ name, source: `warehouse.${quote(name)}`, person: PERSON, sheltered: SHELTERED, keys, columns }]
  })
}

/** The list that is in force, whatever is published next. Rows are units: they are granted as a list, or as aggregates alone. */
function listTable(name: string, all: readonly ViewedColumn[]): ViewedTable {
  const source = `(SELECT u.* FROM public.ranked_unit u JOIN public.published_list p USING (list_number) WHERE p.programme = ${escapeLiteral(name.slice(LIST.length))})`
  return {
    name,
    source,
    person: PERSON,
    sheltered: SHELTERED_HOUSEHOLD,
    keys: all.filter((column) => column.name === LIST_PLACE),
    columns: all.flatMap((column) => (LIST_COLUMNS.includes(column.name) ? [{ ...column, isAddress: LIST_PLACES.has(column.name) }] : [])),
  }
}
