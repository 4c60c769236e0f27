/**
 * What an entity sees of a table: a view with every column, of which those that are not granted are always NULL and not readable, with the
 * rows that any of its grants reaches, and each column's value in the rows that its own grants reach. Row policies of PostgreSQL hold for
 * whole rows: they would show a column that is granted of one person wherever another column is granted of everybody. Of whoever is
 * sheltered an address is NULL.
 */
import { escapeIdentifier as quote, escapeLiteral } from 'pg'
import type { HeldGrant } from '../grant-store.ts'
import type { RowScope } from '../read-rights.ts'

export interface ViewedColumn {
  readonly name: string
  /** As `format_type` says it, with its collation. */
  readonly type: string
  /** Whether it tells where somebody lives. */
  readonly isAddress?: boolean
}

export interface ViewedTable {
  /** Also the view's name. */
  readonly name: string
  /** FROM: the table or the query behind it; its rows have `person` as their person. */
  readonly source: string
  readonly person: string
  /** Whether the row is of somebody whose address is kept from others. */
  readonly sheltered: string
  /** Columns that every reader has: what rows are joined or told apart by. */
  readonly keys: readonly ViewedColumn[]
  readonly columns: readonly ViewedColumn[]
}

export interface View {
  readonly name: string
  readonly text: string
  /** Columns that may be selected. */
  readonly readable: readonly string[]
}

/** How far one grant of a column reaches, until before a day. */
interface Reach {
  readonly rows: RowScope
  readonly to: string | null
}

/** Made of the grants that have begun; what ends does so by itself, whoever is awake that day. */
export function viewOf(table: ViewedTable, held: readonly HeldGrant[], day: string, timeZone: string): View {
  const reaches = new Map<string, Reach[]>()
  for (const { registry, items, rows, from, to } of held) {
    if (registry !== table.name || rows === null || from > day) continue
    for (const item of items) reaches.set(item, [...(reaches.get(item) ?? []), { rows, to }])
  }
  const known = table.columns.filter(({ name }) => reaches.has(name))
  const conditionOf = (list: readonly Reach[]): string => reachSql(list, table.person, timeZone)
  const all = conditionOf(known.flatMap(({ name }) => reaches.get(name) ?? []))
  const columns = table.columns.map(({ name, type, isAddress }) => {
    const list = reaches.get(name)
    if (!list) return `NULL::${type} AS ${quote(name)}`
    const own = conditionOf(list)
    const value = isAddress ? `(CASE WHEN ${table.sheltered} THEN NULL ELSE t.${quote(name)} END)` : `t.${quote(name)}`
    // What holds for all rows of the view need not be asked again in each.
    if (own === all && !isAddress) return value
    return `(${own === all ? value : `CASE WHEN ${own} THEN ${value} END`})::${type} AS ${quote(name)}`
  })
  const keys = table.keys.map(({ name }) => `t.${quote(name)}`)
  const where = all === 'TRUE' ? '' : `\nWHERE ${all}`
  return {
    name: table.name,
    text: `SELECT ${[...keys, ...columns].join(',\n  ')}\nFROM ${table.source} t${where}`,
    readable: [...table.keys, ...known].map(({ name }) => name),
  }
}

/** Of an entity's schema; registries' ids have no dot. */
export const FACTS_VIEW = '".facts"'

/** The facts that are granted, for sight or for use, as the entity's connection tells them. */
export function factsView(held: readonly HeldGrant[], day: string, timeZone: string): View {
  const rows = held.flatMap(({ registry, items, decideOnly, from, to }) =>
    registry !== null || from > day
      ? []
      : items.map((fact) => `(${escapeLiteral(fact)}, ${decideOnly}, ${to === null ? 'NULL' : escapeLiteral(to)}::date)`),
  )
  const values = [...new Set(rows)].toSorted()
  const listed = values.length > 0 ? `VALUES ${values.join(', ')}` : 'SELECT NULL::text, NULL::boolean, NULL::date WHERE FALSE'
  return {
    name: FACTS_VIEW.slice(1, -1),
    text: `SELECT DISTINCT fact, decide_only FROM (${listed}) AS f (fact, decide_only, until) WHERE until IS NULL OR ${todaySql(timeZone)} < until`,
    readable: ['fact', 'decide_only'],
  }
}

const todaySql = (timeZone: string): string => `(now() AT TIME ZONE ${escapeLiteral(timeZone)})::date`

/** The rows that any of these reaches, widest first; the same reaches give the same text. */
function reachSql(list: readonly Reach[], person: string, timeZone: string): string {
  const byDays = new Map<string, RowScope[]>()
  for (const { rows, to } of list) {
    if (rows.kind === 'none') continue
    const days = to === null ? '' : `${todaySql(timeZone)} < ${escapeLiteral(to)}::date`
    byDays.set(days, [...(byDays.get(days) ?? []), rows])
  }
  const always = byDays.get('') ?? []
  if (always.some(({ kind }) => kind === 'listing')) return 'TRUE'
  const parts = [...byDays]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([days, scopes]) => [...(days === '' ? [] : [days]), scopeSql(scopes, person)].join(' AND '))
  if (parts.length === 0) return 'FALSE'
  return parts.length === 1 ? (parts[0] as string) : parts.map((part) => `(${part})`).join(' OR ')
}

/** An array that is made once finds rows by index; a hashed list would read them all. */
function scopeSql(scopes: readonly RowScope[], person: string): string {
  if (scopes.some(({ kind }) => kind === 'listing')) return 'TRUE'
  const programmes = [...new Set(scopes.flatMap((scope) => (scope.kind === 'applicants' ? scope.programmes : [])))].toSorted()
  const list = `ARRAY[${programmes.map(escapeLiteral).join(', ')}]::text[]`
  return `t.${quote(person)} = ANY (ARRAY(SELECT public.persons_in_reach(${list})))`
}
