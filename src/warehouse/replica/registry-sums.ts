/** What a registry adds up to, in PostgreSQL and in the replica: counts, exact sums, and how often each code occurs, column by column. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import type { RegistryColumn } from '../../language/catalogue/registry-shape.ts'
import { quote } from '../registry-table.ts'
import { TEXT_PLACES } from './replica-columns.ts'
import { bucketOf, type ReplicatedRegistry } from './refresh-registry.ts'

/** A whole number as text under `column measure`, such as `wage sum`. */
export type Sums = ReadonlyMap<string, string>

export async function warehouseSums(client: pg.ClientBase, { id, columns }: ReplicatedRegistry): Promise<Sums> {
  const measures = [
    ['rows', 'count(*)'],
    ['persons', 'count(DISTINCT r.person_ref)'],
    ['person_ref sum', 'coalesce(sum(r.person_ref), 0)'],
    ...columns.flatMap((column) => sumsOf(column, inWarehouse(column))),
  ] as const
  const from = `FROM warehouse.${quote(id)} r`
  const { rows } = await client.query<string[]>({
    text: `SELECT ${measures.map(([, sql]) => `(${sql})::text`).join(', ')} ${from}`,
    rowMode: 'array',
  })
  const sums = new Map(measures.map(([name], at) => [name as string, String(rows[0]?.[at])]))
  for (const column of columns.filter(({ type }) => type === 'category')) {
    const found = await client.query<[string | null, string]>({
      text: `SELECT r.${quote(column.name)}, count(*)::text ${from} GROUP BY 1`,
      rowMode: 'array',
    })
    addCodes(sums, column, found.rows)
  }
  return sums
}

/** Every row of the registry counts once, whatever homes its person has. */
export async function replicaSums(connection: DuckDBConnection, { id, columns }: ReplicatedRegistry): Promise<Sums> {
  const measures = [
    ['rows', 'count(*)'],
    ['persons', 'count(DISTINCT r.person_ref)'],
    ['person_ref sum', 'coalesce(sum(r.person_ref), 0)'],
    ...columns.flatMap((column) => sumsOf(column, inReplica(column))),
  ] as const
  const from = `FROM ${quote(id)} r ANTI JOIN extra_home e ON e.person_ref = r.person_ref AND e.home = r.home`
  const [row] = (await connection.runAndReadAll(`SELECT ${measures.map(([, sql]) => `(${sql})::VARCHAR`).join(', ')} ${from}`)).getRows()
  const sums = new Map(measures.map(([name], at) => [name as string, String(row?.[at])]))
  for (const column of columns.filter(({ type }) => type === 'category')) {
    const found = await connection.runAndReadAll(`SELECT r.${quote(column.name)}, count(*)::VARCHAR ${from} GROUP BY 1`)
    addCodes(
      sums,
      column,
      found.getRows().map(([place, count]) => [place === null ? null : (column.codes?.[Number(place)] ?? OTHER), String(count)] as const),
    )
  }
  return sums
}

/** Rows that do not stand under their persons' homes, and homes that miss rows of their persons. */
export async function misplacedRows(connection: DuckDBConnection, { id }: ReplicatedRegistry): Promise<Sums> {
  const [row] = (
    await connection.runAndReadAll(`SELECT
      (SELECT count(*) FROM ${quote(id)} r LEFT JOIN member_home h ON h.person_ref = r.person_ref AND h.home = r.home
        WHERE h.home IS NULL AND (r.home <> ${bucketOf('r.person_ref')} OR r.person_ref IN (SELECT person_ref FROM member_home)))::VARCHAR,
      ((SELECT count(*) FROM ${quote(id)} m JOIN extra_home e ON e.person_ref = m.person_ref
          ANTI JOIN extra_home o ON o.person_ref = m.person_ref AND o.home = m.home)
       - (SELECT count(*) FROM ${quote(id)} r SEMI JOIN extra_home e ON e.person_ref = r.person_ref AND e.home = r.home))::VARCHAR`)
  ).getRows()
  return new Map([
    ['rows under another home', String(row?.[0])],
    ['rows missing under a second home', String(row?.[1])],
  ])
}

const OTHER = 'codes not in the list'

function sumsOf({ name, type }: RegistryColumn, sum: string): (readonly [string, string])[] {
  if (type === 'category') return []
  return [
    [`${name} unknown`, `count(*) FILTER (WHERE r.${quote(name)} IS NULL)`],
    [`${name} sum`, `coalesce(sum(${sum}), 0)`],
  ]
}

function inWarehouse({ name, type, scale }: RegistryColumn): string {
  const column = `r.${quote(name)}`
  if (type === 'date') return `${column} - DATE '1970-01-01'`
  if (type === 'boolean') return `${column}::int`
  if (type === 'text') return `('x' || left(md5(${column}), ${TEXT_PLACES}))::bit(${4 * TEXT_PLACES})::bigint`
  return type === 'decimal' ? `(${column} * ${10 ** scale})::numeric(30, 0)` : column
}

const inReplica = ({ name }: RegistryColumn): string => `r.${quote(name)}`

function addCodes(
  sums: Map<string, string>,
  { name, ...column }: RegistryColumn,
  rows: readonly (readonly [string | null, string])[],
): void {
  const codes = column.codes ?? []
  const counts = new Map<string, bigint>()
  for (const [code, count] of rows) {
    const key = code === null ? 'unknown' : codes.includes(code) ? code : OTHER
    counts.set(key, (counts.get(key) ?? 0n) + BigInt(count))
  }
  for (const code of ['unknown', ...codes, OTHER]) sums.set(`${name} ${code}`, String(counts.get(code) ?? 0n))
}
