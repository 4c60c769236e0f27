/** Writes a synthetic population into the vault and the registries by COPY, builds keys and indexes afterwards, and records the loads. */
import { setImmediate as breathe } from 'node:timers/promises'
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { isoOfDay } from '../../kernel/date.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { createKeys, dropKeys, ensureRegistryTables, quote, tableColumns, tableName } from '../registry-table.ts'
import { dropVaultKeys } from '../vault-keys.ts'
import { type OpenTables, openTables, type TargetTable } from './copy-tables.ts'
import { demonstrationFamilies } from './demonstration-families.ts'
import { registryStates } from './dirt.ts'
import { identityRows, welfareRows } from './identity-rows.ts'
import { type Household, SLOTS } from './person.ts'
import { openPopulation, syntheticKey } from './population.ts'
import { registryRows } from './registry-rows.ts'

export interface PopulationRequest {
  readonly households: number
  readonly seed: number
  readonly asOfDay: number
  readonly definitions: readonly RegistryDefinition[]
  /** Most connections at once; each pass fills that many tables. Small populations need few, the nation one for every table. */
  readonly connections: number
  readonly onProgress?: (stage: string, done: number, total: number) => void
  readonly observe?: (table: string, chunk: Uint8Array) => void
}

interface Load {
  readonly id: number
  readonly seq: number
  readonly asOfDay: number
}

/** What was written, and the step that declares it loaded, to be taken when keys and membership stand too. */
export interface LoadedPopulation {
  /** Rows of each table. */
  readonly counts: ReadonlyMap<string, number>
  readonly record: () => Promise<void>
}

/** Replaces whatever the vault and the registries hold; until `record`, every registry counts as never loaded. */
export async function loadPopulation(database: Database, request: PopulationRequest): Promise<LoadedPopulation> {
  const { households, definitions, connections, onProgress = () => {} } = request
  await ensureRegistryTables(database, definitions)
  const loaded = definitions.filter(({ id }) => id !== registryStates.neverLoaded.registry)
  const { key, loads } = await prepare(database, request, definitions, loaded)
  const targets = [...registryTargets(loaded), identifierTable, personTable, welfareTable]
  const counts = new Map<string, number>()
  for (let first = 0; first < targets.length; first += connections) {
    const pass = targets.slice(first, first + connections)
    const tables = await openTables(database.pool.options, pass, request.observe)
    try {
      await writeAll(request, key, loaded, loads, tables, (done) =>
        onProgress('rows', first * households + done * pass.length, targets.length * households),
      )
      for (const [table, rows] of await tables.finish()) counts.set(table, rows)
    } catch (error) {
      await tables.abandon()
      throw error
    }
  }
  return { counts, record: () => record(database, loaded, loads, counts) }
}

const identifierTable: TargetTable = { table: 'identity.identifier', columns: ['number', 'kind', 'person_ref', 'superseded_by'] }
const personTable: TargetTable = { table: 'warehouse.person', columns: ['person_ref', 'is_jordanian'] }
const welfareTable: TargetTable = {
  table: 'synthetic.welfare_of_record',
  columns: ['household_basis', 'record_no', 'percentile', 'expenditure_per_capita'],
}

const registryTargets = (definitions: readonly RegistryDefinition[]): TargetTable[] =>
  definitions.map((definition) => ({ table: tableName(definition), columns: tableColumns(definition).map(({ name }) => quote(name)) }))

/** Empties, drops keys, and takes a number and a place in the change sequence for each registry's load. */
async function prepare(
  database: Database,
  { households, seed, asOfDay }: PopulationRequest,
  definitions: readonly RegistryDefinition[],
  loaded: readonly RegistryDefinition[],
) {
  const key = syntheticKey(seed)
  const loads = await database.transaction(async ({ client }) => {
    await client.query('SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0')
    await client.query([...definitions.flatMap(dropKeys), ...dropVaultKeys].join(';'))
    await client.query(`TRUNCATE ${definitions.map(tableName).join(', ')}`)
    await client.query(`TRUNCATE identity.vault_key, identity.rejected_row, warehouse.load, warehouse.registry_state;
      DROP TABLE IF EXISTS synthetic.welfare_of_record;
      CREATE TABLE synthetic.welfare_of_record (household_basis text COLLATE "C", record_no text COLLATE "C", percentile double precision, expenditure_per_capita numeric(18,3))`)
    await client.query('INSERT INTO identity.vault_key (key) VALUES ($1)', [Buffer.from(key)])
    await client.query("SELECT setval('identity.person_counter', $1)", [(households + demonstrationFamilies.length + 1) * SLOTS])
    return takeLoads(client, seed, asOfDay, loaded)
  })
  return { key, loads }
}

async function takeLoads(
  client: Queryable,
  seed: number,
  asOfDay: number,
  loaded: readonly RegistryDefinition[],
): Promise<Map<string, Load>> {
  const loads = new Map<string, Load>()
  for (const definition of loaded) {
    const registryDay = asOfDay - daysBehind(definition)
    const { rows } = await client.query<{ id: number; seq: number }>(
      `INSERT INTO warehouse.load (registry, kind, delivery_id, as_of, seq) VALUES ($1, 'synthetic', $2, $3, nextval('change_seq')) RETURNING id, seq`,
      [definition.id, `synthetic ${seed}`, isoOfDay(registryDay)],
    )
    loads.set(definition.id, { ...(rows[0] as { id: number; seq: number }), asOfDay: registryDay })
  }
  return loads
}

/** Fresh registries are a few days behind, as deliveries are; the civil core is of the very day. */
function daysBehind({ id, freshness }: RegistryDefinition): number {
  if (id === registryStates.stale.registry) return registryStates.stale.daysOld
  if (id === registryStates.inGrace.registry) return freshness.maxAgeDays + Math.floor(freshness.graceDays / 2)
  return Math.min(10, Math.floor(freshness.maxAgeDays / 10))
}

async function writeAll(
  { households, seed, asOfDay }: PopulationRequest,
  key: Uint8Array,
  loaded: readonly RegistryDefinition[],
  loads: ReadonlyMap<string, Load>,
  tables: OpenTables,
  onHousehold: (done: number) => void,
): Promise<void> {
  const writers: ((household: Household) => void)[] = loaded.flatMap((definition) => {
    const bytes = tables.rows.get(tableName(definition))
    const load = loads.get(definition.id) as Load
    return bytes === undefined ? [] : [registryRows(definition, { bytes, seed, asOfDay: load.asOfDay, loadId: load.id, seq: load.seq })]
  })
  const at = (table: TargetTable) => tables.rows.get(table.table)
  const [identifiers, persons, welfare] = [at(identifierTable), at(personTable), at(welfareTable)]
  if (identifiers || persons) writers.push(identityRows(seed, identifiers, persons))
  if (welfare) writers.push(welfareRows(welfare))
  const population = openPopulation({ households, seed, asOfDay, key })
  for (let index = 0; index < households; index++) {
    const household = population.at(index)
    for (const write of writers) write(household)
    if (index % 64 === 63) {
      if (index % 1024 === 1023) {
        onHousehold(index + 1)
        await breathe()
      }
      await tables.settle()
    }
  }
  for (const family of demonstrationFamilies) {
    const household = population.demonstrate(family)
    for (const write of writers) write(household)
  }
  onHousehold(households)
}

async function record(
  database: Database,
  loaded: readonly RegistryDefinition[],
  loads: ReadonlyMap<string, Load>,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  await database.transaction(async ({ client }) => {
    for (const definition of loaded) {
      const { id, seq, asOfDay } = loads.get(definition.id) as Load
      const rows = counts.get(tableName(definition)) ?? 0
      await client.query('UPDATE warehouse.load SET received = $2, inserted = $2, loaded_at = now() WHERE id = $1', [id, rows])
      await client.query(
        'INSERT INTO warehouse.registry_state (registry, load_id, as_of, loaded_at, seq, row_count) VALUES ($1, $2, $3, now(), $4, $5)',
        [definition.id, id, isoOfDay(asOfDay), seq, rows],
      )
    }
  })
}

/** What gives registries their keys and statistics, the longest first; each inner list is one table's, since its statements lock each other out. */
export function registryKeys(definitions: readonly RegistryDefinition[], counts: ReadonlyMap<string, number>): string[][] {
  const rowsOf = (definition: RegistryDefinition): number => counts.get(tableName(definition)) ?? 0
  return definitions
    .toSorted((a, b) => rowsOf(b) - rowsOf(a))
    .map((definition) => [...createKeys(definition), `ANALYZE ${tableName(definition)}`])
}

/** Runs lists of statements over several connections, each taking the next list. */
export async function runOver(pool: pg.Pool, lists: readonly (readonly string[])[], connections: number): Promise<void> {
  const queue = [...lists]
  const work = async (): Promise<void> => {
    const client = await pool.connect()
    try {
      await client.query(
        "SET statement_timeout = 0; SET lock_timeout = 0; SET maintenance_work_mem = '768MB'; SET max_parallel_maintenance_workers = 0",
      )
      for (let list = queue.shift(); list !== undefined; list = queue.shift()) for (const statement of list) await client.query(statement)
    } finally {
      // Its settings are not those of a request: the connection is not given back.
      client.release(true)
    }
  }
  await Promise.all(Array.from({ length: Math.min(connections, lists.length) }, work))
}
