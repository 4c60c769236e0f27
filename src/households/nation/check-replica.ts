/** Compares the replica with PostgreSQL: what each registry, membership, persons and kin add up to, and tells every difference. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { Catalogue, Relation } from '../../language/catalogue/catalogue.ts'
import { relationPairs } from '../../language/catalogue/sql/relatives-sql.ts'
import { misplacedRows, replicaSums, type Sums, warehouseSums } from '../../warehouse/replica/registry-sums.ts'
import { readHeld } from '../../warehouse/replica/replica-state.ts'
import { replicatedRegistries } from './replicated-registries.ts'
import { inSnapshot, sourceOf } from './source-snapshot.ts'
import { KIN_REGISTRIES, kinTable } from './replica-kin.ts'

export interface ReplicaDifference {
  /** A registry, or `membership`, `persons`, `kin`. */
  readonly table: string
  /** Column and measure. */
  readonly measure: string
  readonly warehouse: string
  readonly replica: string
}

export interface ReplicaCheck {
  readonly registries: number
  /** Numbers that were compared. */
  readonly compared: number
  readonly differences: readonly ReplicaDifference[]
}

/** One snapshot of PostgreSQL against the replica as it is; a replica that is behind differs in its place in the change sequence too. */
export async function checkReplica(
  {
    database,
    catalogue,
    connection,
  }: { readonly database: Database; readonly catalogue: Catalogue; readonly connection: DuckDBConnection },
  onProgress: (done: number, total: number, what: string) => void = () => {},
): Promise<ReplicaCheck> {
  return inSnapshot(database, async (client) => {
    const registries = replicatedRegistries(catalogue)
    const differences: ReplicaDifference[] = []
    let [compared, done] = [0, 0]
    const compare = (table: string, warehouse: Sums, replica: Sums): void => {
      for (const measure of new Set([...warehouse.keys(), ...replica.keys()])) {
        compared++
        const [a, b] = [warehouse.get(measure) ?? 'none', replica.get(measure) ?? 'none']
        if (a !== b) differences.push({ table, measure, warehouse: a, replica: b })
      }
      onProgress(Math.min(++done, registries.length + 3), registries.length + 3, table)
    }
    const { source, held } = await readHeld(connection)
    const here = await sourceOf(client)
    if (held === null || source !== here)
      return {
        registries: 0,
        compared: 1,
        differences: [{ table: 'replica', measure: 'source', warehouse: here, replica: source ?? 'none' }],
      }
    const places = await warehousePlaces(client)
    for (const registry of registries) {
      const own = held.registries[registry.id]
      if (!own) {
        differences.push({ table: registry.id, measure: 'table', warehouse: 'there', replica: 'none' })
        continue
      }
      const place = new Map([['place in the change sequence', String(own.seq)]])
      const nought = new Map([...(await misplacedRows(connection, registry))].map(([measure]) => [measure, '0']))
      compare(
        registry.id,
        new Map([
          ...(await warehouseSums(client, registry)),
          ...nought,
          ['place in the change sequence', places.get(registry.id) ?? 'null'],
        ]),
        new Map([...(await replicaSums(connection, registry)), ...(await misplacedRows(connection, registry)), ...place]),
      )
    }
    compare('membership', await numbersOf(client, MEMBERSHIP.warehouse), await numbersOf(connection, MEMBERSHIP.replica))
    compare('persons', await numbersOf(client, PERSONS.warehouse), await numbersOf(connection, PERSONS.replica))
    compare('kin', ...(await kinNumbers(client, connection, catalogue)))
    return { registries: registries.length, compared, differences }
  })
}

async function warehousePlaces(client: pg.ClientBase): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ registry: string; seq: string }>('SELECT registry, seq::text AS seq FROM warehouse.registry_state')
  return new Map(rows.map(({ registry, seq }) => [registry, seq]))
}

/** Answers of a query of (measure, whole number) on either side. */
async function numbersOf(from: pg.ClientBase | DuckDBConnection, sql: string): Promise<Sums> {
  if ('runAndReadAll' in from)
    return new Map((await from.runAndReadAll(sql)).getRows().map(([measure, value]) => [String(measure), String(value)]))
  const { rows } = await from.query<[string, string]>({ text: sql, rowMode: 'array' })
  return new Map(rows)
}

const text = (sql: string): string => `(${sql})::VARCHAR`

/** The rows of `m`, told as (measure, number): how many, and what their columns add up to in all and for each word. */
const memberNumbers = (m: string, from: string, until: string): string => `
  WITH m AS (${m}), total AS (
    SELECT count(*) AS n, count(DISTINCT person_ref) AS persons, count(DISTINCT home) AS homes, sum(home) AS home_sum, sum(person_ref) AS person_sum,
      sum(is_head) AS heads, sum(${from}) AS from_sum, count(${until}) AS ended, sum(${until}) AS until_sum, sum(is_jordanian) AS jordanians, count(is_jordanian) AS told FROM m)
  SELECT measure, coalesce(value, '0') FROM (
    SELECT 'rows' AS measure, ${text('n')} AS value FROM total UNION ALL SELECT 'persons', ${text('persons')} FROM total
    UNION ALL SELECT 'households', ${text('homes')} FROM total UNION ALL SELECT 'household_ref sum', ${text('home_sum')} FROM total
    UNION ALL SELECT 'person_ref sum', ${text('person_sum')} FROM total UNION ALL SELECT 'heads', ${text('heads')} FROM total
    UNION ALL SELECT 'valid_from sum', ${text('from_sum')} FROM total UNION ALL SELECT 'valid_to known', ${text('ended')} FROM total
    UNION ALL SELECT 'valid_to sum', ${text('until_sum')} FROM total UNION ALL SELECT 'Jordanians', ${text('jordanians')} FROM total
    UNION ALL SELECT 'nationality known', ${text('told')} FROM total
    UNION ALL SELECT 'relationship ' || relationship, ${text('count(*)')} FROM m GROUP BY relationship
    UNION ALL SELECT 'basis ' || basis, ${text('count(*)')} FROM m GROUP BY basis) AS numbers`

const MEMBERSHIP = {
  warehouse: memberNumbers(
    `SELECT m.household_ref AS home, m.person_ref, m.is_head::int AS is_head, m.relationship, h.basis, m.valid_from - DATE '1970-01-01' AS first_day,
      m.valid_to - DATE '1970-01-01' AS end_day, w.is_jordanian::int AS is_jordanian FROM household_member m JOIN household h ON h.household_ref = m.household_ref
      LEFT JOIN warehouse.person w ON w.person_ref = m.person_ref`,
    'first_day',
    'end_day',
  ),
  replica: memberNumbers('SELECT * FROM member', 'valid_from', 'valid_to'),
}

const personNumbers = (from: string): string => `
  SELECT 'rows', ${text('count(*)')} FROM ${from} UNION ALL SELECT 'person_ref sum', ${text('coalesce(sum(person_ref), 0)')} FROM ${from}
  UNION ALL SELECT 'Jordanians', ${text('count(*) FILTER (WHERE is_jordanian::int = 1)')} FROM ${from}
  UNION ALL SELECT 'others', ${text('count(*) FILTER (WHERE is_jordanian::int = 0)')} FROM ${from}`
const PERSONS = { warehouse: personNumbers('warehouse.person'), replica: personNumbers('person') }

/** Pairs of relatives under each home: found once more by the statement of one household's assembly, for everybody. */
async function kinNumbers(client: pg.ClientBase, connection: DuckDBConnection, catalogue: Catalogue): Promise<[Sums, Sums]> {
  const { anywhere, within } = readsOf(catalogue, null)
  const named = (relation: Relation, reach: string, pairs: string): string => `
    SELECT '${relation} ${reach} pairs', ${text('count(*)')} FROM ${pairs} UNION ALL SELECT '${relation} ${reach} person_ref sum', ${text('coalesce(sum(k.person_ref), 0)')} FROM ${pairs}
    UNION ALL SELECT '${relation} ${reach} relative_ref sum', ${text('coalesce(sum(k.relative_ref), 0)')} FROM ${pairs}
    UNION ALL SELECT '${relation} ${reach} home sum', ${text('coalesce(sum(k.home), 0)')} FROM ${pairs}`
  const [warehouse, replica] = [new Map<string, string>(), new Map<string, string>()]
  const add = (to: Map<string, string>, sums: Sums): void => {
    for (const [measure, value] of sums) to.set(measure, value)
  }
  for (const [relation, reach] of [
    ...anywhere.map((one) => [one, 'anywhere'] as const),
    ...within.map((one) => [one, 'within'] as const),
  ]) {
    const inHome = 'JOIN home o ON o.home = h.home AND o.person_ref = p.relative_ref AND p.relative_ref <> p.person_ref'
    add(
      warehouse,
      await numbersOf(
        client,
        `WITH home AS MATERIALIZED (SELECT DISTINCT person_ref, household_ref AS home FROM household_member),
          members AS (SELECT DISTINCT person_ref FROM home), ${KIN_REGISTRIES.map((id) => `${id} AS (SELECT * FROM warehouse.${id})`).join(', ')},
          k AS MATERIALIZED (SELECT h.home, p.person_ref, p.relative_ref FROM (${relationPairs(relation)}) p JOIN home h ON h.person_ref = p.person_ref ${reach === 'within' ? inHome : ''})
          ${named(relation, reach, 'k')}`,
      ),
    )
    const pairs =
      reach === 'within'
        ? `${kinTable(relation, reach)} k`
        : `(SELECT k.home, k.person_ref, r.person_ref AS relative_ref FROM ${kinTable(relation, reach)} k JOIN relative r ON r.place = k.place) k`
    add(replica, await numbersOf(connection, named(relation, reach, pairs)))
  }
  return [warehouse, replica]
}
