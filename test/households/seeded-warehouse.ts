/** A small seeded population with all its dirt, and its rows as records and as DuckDB tables: the same households three ways. */
import { DuckDBInstance, type DuckDBConnection, DuckDBListValue } from '@duckdb/node-api'
import type { Test } from 'tap'
import type { Database } from '../../src/db/database.ts'
import type { Records } from '../../src/households/assemble-records.ts'
import { type AssembledHousehold, type AssembledMember, factValues, type PackedCells } from '../../src/households/assembled.ts'
import { declaredFacts, declaredRows } from '../../src/households/declared.ts'
import { type Freshness, isUsable, readSourceStates } from '../../src/households/registry-state.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import type { Catalogue } from '../../src/language/catalogue/catalogue.ts'
import { assemblySql } from '../../src/language/catalogue/sql/assembly-sql.ts'
import { duckdb } from '../../src/language/catalogue/sql/dialect.ts'
import type { FactValues } from '../../src/language/fact-space.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { testDatabase } from '../support/database.ts'

export const freshness: readonly Freshness[] = loadRegistryDefinitions().map(({ id, custodian, freshness: age }) => ({
  registry: id,
  custodian,
  ...age,
}))

type Row = Readonly<Record<string, unknown>>
type Declared = Records['declared']

/** A database with a population of `households` drawn ones and the demonstration families, as of `asOf`. */
export async function seededWarehouse(t: Pick<Test, 'teardown'>, households: number, asOf: string): Promise<Database> {
  const database = await testDatabase(t)
  await seedPopulation(database, { households, seed: 11, asOf })
  return database
}

/** Households in which somebody lives. */
export async function livingHouseholds(database: Database): Promise<number[]> {
  const { rows } = await database.pool.query<{ ref: string }>(
    `SELECT DISTINCT m.household_ref AS ref FROM household_member m WHERE m.valid_to IS NULL
       AND NOT EXISTS (SELECT FROM warehouse.cspd_death_info d WHERE d.person_ref = m.person_ref) ORDER BY 1`,
  )
  return rows.map(({ ref }) => Number(ref))
}

const MEMBERS = `SELECT m.household_ref, m.person_ref, m.is_head, m.relationship AS relationship_code, h.basis AS basis_code, w.is_jordanian
  FROM household_member m JOIN household h USING (household_ref) LEFT JOIN warehouse.person w ON w.person_ref = m.person_ref
  WHERE m.valid_from <= $1 AND (m.valid_to IS NULL OR m.valid_to > $1)
    AND NOT EXISTS (SELECT FROM warehouse.cspd_death_info d WHERE d.person_ref = m.person_ref AND d.death_date <= $1)`

/** Everything that the facts of one household may be made of, read by plain queries. */
export async function recordsOf(
  database: Database,
  catalogue: Catalogue,
  request: { readonly householdRef: number; readonly asOf: number; readonly declared: Declared },
): Promise<Records> {
  const { householdRef, asOf, declared } = request
  const members = (await json(database, `${MEMBERS} AND m.household_ref = $2`, [
    isoOfDay(asOf),
    householdRef,
  ])) as Records['members'][number][]
  const own = members.map(({ person_ref }) => person_ref)
  const { rows } = await database.pool.query<{ ref: string }>(
    `WITH l AS (SELECT * FROM warehouse.cspd_lineage), own AS (SELECT * FROM l WHERE person_ref = ANY ($1))
     SELECT father_ref AS ref FROM own UNION SELECT mother_ref FROM own UNION SELECT person_ref FROM l WHERE father_ref = ANY ($1) OR mother_ref = ANY ($1)
     UNION SELECT l.person_ref FROM l JOIN own ON l.father_ref = own.father_ref OR l.mother_ref = own.mother_ref
     UNION SELECT spouse_ref FROM warehouse.cspd_marriage_info WHERE person_ref = ANY ($1)`,
    [own],
  )
  const persons = [...new Set([...own, ...rows.flatMap(({ ref }) => (ref === null ? [] : [Number(ref)]))])]
  const relatives = await json(database, 'SELECT person_ref, is_jordanian FROM warehouse.person WHERE person_ref = ANY ($1)', [persons])
  const states = await readSourceStates(database.pool, freshness, asOf)
  const registries = new Map<string, Row[]>()
  for (const { registry, state } of states) {
    if (state === 'missing') continue
    registries.set(registry, await json(database, `SELECT * FROM warehouse.${registry} WHERE person_ref = ANY ($1)`, [persons]))
  }
  const answers = declared.get(householdRef)
  return {
    asOf,
    members,
    relatives: relatives as unknown as NonNullable<Records['relatives']>,
    registries: new Map([...registries].filter(([id]) => catalogue.registries.has(id))),
    states: new Map(states.map(({ registry, state }) => [registry, state])),
    declared: answers ? new Map([[householdRef, answers]]) : new Map(),
  }
}

/** Rows as JSON, as somebody would send them. */
async function json(database: Database, query: string, values: unknown[]): Promise<Row[]> {
  const { rows } = await database.pool.query<{ rows: Row[] | null }>(`SELECT json_agg(row_to_json(q)) AS rows FROM (${query}) q`, values)
  return rows[0]?.rows ?? []
}

/** The whole warehouse as tables of a DuckDB in memory, with everybody's membership and answers. */
export async function columnarReplica(
  t: Pick<Test, 'teardown'>,
  database: Database,
  catalogue: Catalogue,
  { asOf, declared }: { readonly asOf: number; readonly declared: Declared },
): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create()).connect()
  t.teardown(() => connection.closeSync())
  const table = async (name: string, columns: Readonly<Record<string, string>>, rows: readonly Row[]): Promise<void> => {
    const shape = Object.entries(columns)
    await connection.run(`CREATE TABLE "${name}" (${shape.map(([column, type]) => `"${column}" ${type}`).join(', ')})`)
    for (let start = 0; start < rows.length; start += 400) {
      const values = rows.slice(start, start + 400).map((row) => `(${shape.map(([column]) => literal(row[column])).join(', ')})`)
      await connection.run(`INSERT INTO "${name}" VALUES ${values.join(', ')}`)
    }
  }
  for (const { id, columns } of catalogue.registries.values()) {
    const shape = { person_ref: 'BIGINT', ...Object.fromEntries(columns.map(({ name, type, scale }) => [name, duckdbType(type, scale)])) }
    await table(id, shape, await json(database, `SELECT * FROM warehouse.${id}`, []))
  }
  await table(
    'members',
    {
      household_ref: 'BIGINT',
      person_ref: 'BIGINT',
      is_head: 'BOOLEAN',
      relationship_code: 'VARCHAR',
      basis_code: 'VARCHAR',
      is_jordanian: 'BOOLEAN',
    },
    await json(database, MEMBERS, [isoOfDay(asOf)]),
  )
  await table(
    'person',
    { person_ref: 'BIGINT', is_jordanian: 'BOOLEAN' },
    await json(database, 'SELECT person_ref, is_jordanian FROM warehouse.person', []),
  )
  const answers = [...declared].map(([householdRef, one]) => declaredRows(catalogue, householdRef, one))
  for (const entity of ['household', 'person'] as const) {
    const facts = declaredFacts(catalogue, entity).map(({ id, type, codes }) => [
      id,
      codes ? 'VARCHAR' : duckdbType(type === 'decimal' ? 'integer' : type, 0),
    ])
    await table(
      `declared_${entity}`,
      { household_ref: 'BIGINT', ...(entity === 'person' ? { person_ref: 'BIGINT' } : {}), ...Object.fromEntries(facts) },
      answers.flatMap((one) => one[entity]),
    )
  }
  return connection
}

const duckdbType = (type: string, scale: number): string =>
  ({ decimal: `DECIMAL(18,${scale})`, integer: 'BIGINT', person: 'BIGINT', boolean: 'BOOLEAN', date: 'DATE' })[type] ?? 'VARCHAR'

const literal = (value: unknown): string =>
  value === null || value === undefined ? 'NULL' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value)

export type Facts = Pick<AssembledHousehold, 'householdRef' | 'household'> & {
  readonly members: readonly Pick<AssembledMember, 'personRef' | 'facts'>[]
}

/** Every household of the replica by one statement: the bulk form. */
export async function assembleAll(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  { asOf, usable }: { readonly asOf: number; readonly usable: ReadonlySet<string> },
): Promise<Map<number, Facts>> {
  const sql = assemblySql(catalogue, duckdb, {
    ctes: [],
    asOf: `DATE '${isoOfDay(asOf)}'`,
    asOfDay: asOf,
    usable: (id) => (usable.has(id) ? 'TRUE' : 'FALSE'),
    isJordanian: (ref) => `(SELECT w.is_jordanian FROM person w WHERE w.person_ref = ${ref})`,
  })
  const households = new Map<number, Facts & { members: { personRef: number; facts: FactValues }[] }>()
  for (const cells of (await connection.runAndReadAll(sql.text)).getRows()) {
    const packs = cells
      .slice(4)
      .map((cell): PackedCells =>
        cell instanceof DuckDBListValue
          ? cell.items.map((item) => (typeof item === 'bigint' ? Number(item) : (item as string | null)))
          : null,
      )
    const householdRef = Number(cells[0])
    const household = households.get(householdRef) ?? {
      householdRef,
      household: factValues(catalogue.household, sql.household, packs.slice(sql.person.length * 2)),
      members: [],
    }
    household.members.push({ personRef: Number(cells[1]), facts: factValues(catalogue.person, sql.person, packs) })
    households.set(householdRef, household)
  }
  return households
}

/** Registries that count as of a day. */
export async function usableRegistries(database: Database, asOf: number): Promise<ReadonlySet<string>> {
  return new Set(
    (await readSourceStates(database.pool, freshness, asOf)).filter(({ state }) => isUsable(state)).map(({ registry }) => registry),
  )
}
