/** The loader's core: a delivery of one registry, validated and staged outside the lock, then upserted under it with its place in the change sequence. */
import type pg from 'pg'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { dayNumber } from '../kernel/date.ts'
import { type CheckedRow, rowCheck } from './check-row.ts'
import { yieldToChanges } from './changes/yield-to-changes.ts'
import { type IdentifierKind, resolvePersons } from './identity-vault.ts'
import type { RegistryDefinition } from './registry-definition.ts'
import { quote, tableColumns, tableName } from './registry-table.ts'

export interface Delivery {
  /** The custodian's own id of the delivery: the same one is never loaded twice. */
  readonly id: string
  /** ISO date that the rows speak of. */
  readonly asOf: string
  readonly rows: AsyncIterable<unknown> | Iterable<unknown>
}

/** received = inserted + updated + unchanged + rejected. `repeated`: this delivery had been loaded before; nothing was done. */
export interface LoadTotals {
  readonly loadId: number
  readonly seq: number
  readonly received: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  readonly repeated: boolean
}

const BATCH_ROWS = 5_000
const REJECTED_TEXT_MAX = 4_000

interface Rejected {
  readonly line: number
  readonly reasons: readonly string[]
  readonly content: string
}

/** Good rows go in, bad ones are kept with their reasons inside the vault; the table must exist. */
export async function loadDelivery(database: Database, definition: RegistryDefinition, delivery: Delivery): Promise<LoadTotals> {
  if (dayNumber(delivery.asOf) === null) throw new RangeError('asOf is not a date')
  const loadId = await beginLoad(database, definition, delivery)
  if (loadId === null) return finishedLoad(database, definition, delivery)
  const client = await database.pool.connect()
  let broken = true
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0')
    await createStaging(client, definition)
    const { received, rejected } = await stage(database, client, definition, delivery, loadId)
    const totals = await publish(client, definition, delivery, loadId, received, rejected)
    await client.query('DROP TABLE staged; RESET statement_timeout; RESET lock_timeout')
    broken = false
    return totals
  } finally {
    client.release(broken)
  }
}

/** The id of a load that is ours to do; null when the delivery was loaded before. One that broke off is begun again. */
async function beginLoad({ pool }: Database, { id }: RegistryDefinition, delivery: Delivery): Promise<number | null> {
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO warehouse.load (registry, kind, delivery_id, as_of) VALUES ($1, 'delivery', $2, $3)
     ON CONFLICT (registry, delivery_id) DO UPDATE SET started_at = now(), as_of = EXCLUDED.as_of WHERE load.loaded_at IS NULL
     RETURNING id`,
    [id, delivery.id, delivery.asOf],
  )
  const loadId = rows[0]?.id ?? null
  if (loadId !== null) await pool.query('DELETE FROM identity.rejected_row WHERE load_id = $1', [loadId])
  return loadId
}

async function finishedLoad({ pool }: Database, { id }: RegistryDefinition, delivery: Delivery): Promise<LoadTotals> {
  const { rows } = await pool.query<Omit<LoadTotals, 'repeated'>>(
    `SELECT id AS "loadId", seq, received, inserted, updated, unchanged, rejected FROM warehouse.load WHERE registry = $1 AND delivery_id = $2`,
    [id, delivery.id],
  )
  return { ...(rows[0] as Omit<LoadTotals, 'repeated'>), repeated: true }
}

async function createStaging(client: Queryable, definition: RegistryDefinition): Promise<void> {
  const columns = tableColumns(definition)
    .slice(0, -2)
    .map(({ name, sqlType }) => `${quote(name)} ${sqlType}`)
  await client.query(`DROP TABLE IF EXISTS staged; CREATE TEMP TABLE staged (line bigint, content text, ${columns.join(', ')})`)
}

/** Validates, resolves numbers and stages, batch by batch; each batch's new persons are committed at once, so that no other load waits for them. */
async function stage(database: Database, client: pg.PoolClient, definition: RegistryDefinition, { rows }: Delivery, loadId: number) {
  const check = rowCheck(definition)
  let received = 0
  let rejected = 0
  let batch: { line: number; row: unknown }[] = []
  const flush = async (): Promise<void> => {
    rejected += await stageBatch(
      database,
      client,
      definition,
      batch.map(({ line, row }) => ({ line, row, checked: check(row) })),
      loadId,
    )
    batch = []
  }
  for await (const row of rows) {
    batch.push({ line: ++received, row })
    if (batch.length === BATCH_ROWS) await flush()
  }
  if (batch.length > 0) await flush()
  return { received, rejected: rejected + (await rejectRepeats(client, definition, loadId)) }
}

interface BatchRow {
  readonly line: number
  readonly row: unknown
  readonly checked: CheckedRow
}

async function stageBatch(
  database: Database,
  client: Queryable,
  definition: RegistryDefinition,
  batch: readonly BatchRow[],
  loadId: number,
): Promise<number> {
  const good = batch.flatMap(({ line, row, checked }) => (checked.ok ? [{ line, row, ...checked }] : []))
  const bad = batch.flatMap(({ line, row, checked }): Rejected[] =>
    checked.ok ? [] : [{ line, reasons: checked.reasons, content: contentOf(row) }],
  )
  const named = definition.columns.flatMap(({ type }, index) => (type === 'person' ? [index] : []))
  const { own, others } = await database.transaction(async (transaction) => ({
    own: await resolvePersons(
      transaction.client,
      good.map(({ number }) => number),
      kindOf(definition),
    ),
    others: await resolvePersons(
      transaction.client,
      good.flatMap(({ values }) => named.flatMap((index) => values[index] ?? [])),
      null,
    ),
  }))
  const staged: (string | number | null)[][] = []
  for (const { line, row, number, values } of good) {
    const personRef = own.get(number)
    if (personRef === undefined) bad.push({ line, reasons: ['national_number: number-of-other-kind'], content: contentOf(row) })
    else
      staged.push([
        line,
        contentOf(row),
        personRef,
        ...values.map((value, index) => (named.includes(index) && value !== null ? (others.get(value) as number) : value)),
      ])
  }
  await insertStaged(client, definition, staged)
  await keepRejected(database.pool, loadId, bad)
  return bad.length
}

/** A registry of Jordanians tells that a number is a National ID, one of non-Jordanians that it is a personal ID. */
const kindOf = ({ population }: RegistryDefinition): IdentifierKind =>
  population === 'jordanians' ? 'national' : population === 'nonJordanians' ? 'personal' : null

async function insertStaged(client: Queryable, definition: RegistryDefinition, rows: readonly (readonly unknown[])[]): Promise<void> {
  if (rows.length === 0) return
  const types = [
    'bigint',
    'text',
    ...tableColumns(definition)
      .slice(0, -2)
      .map(({ sqlType }) => sqlType.replace(' COLLATE "C"', '')),
  ]
  const arrays = types.map((_, column) => rows.map((row) => row[column]))
  await client.query(
    `INSERT INTO staged SELECT * FROM unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})`,
    arrays,
  )
}

/** Two rows of one delivery that mean the same row: which is right cannot be known, so the first stands and the others are refused. */
async function rejectRepeats(client: Queryable, definition: RegistryDefinition, loadId: number): Promise<number> {
  const key = ['person_ref', ...definition.key].map(quote).join(', ')
  const { rowCount } = await client.query(
    `WITH repeats AS (
       DELETE FROM staged WHERE line IN (SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY ${key} ORDER BY line) AS place FROM staged) AS placed WHERE place > 1)
       RETURNING line, content)
     INSERT INTO identity.rejected_row (load_id, line, reasons, content) SELECT $1, line, ARRAY['row-repeats'], content FROM repeats`,
    [loadId],
  )
  return rowCount ?? 0
}

async function keepRejected(db: Queryable, loadId: number, rejected: readonly Rejected[]): Promise<void> {
  if (rejected.length === 0) return
  await db.query(
    `INSERT INTO identity.rejected_row (load_id, line, reasons, content)
     SELECT $1, line, string_to_array(reasons, E'\\n'), content FROM unnest($2::bigint[], $3::text[], $4::text[]) AS bad (line, reasons, content)`,
    [loadId, rejected.map(({ line }) => line), rejected.map(({ reasons }) => reasons.join('\n')), rejected.map(({ content }) => content)],
  )
}

/** JSON text escapes NUL and lone surrogates, so that anything can be kept. */
const contentOf = (row: unknown): string => (JSON.stringify(row) ?? 'undefined').slice(0, REJECTED_TEXT_MAX).toWellFormed()

/** Under the lock: the place in the sequence, the rows, the registry's state. Commit order is sequence order. */
async function publish(
  client: pg.PoolClient,
  definition: RegistryDefinition,
  delivery: Delivery,
  loadId: number,
  received: number,
  rejected: number,
): Promise<LoadTotals> {
  await client.query('BEGIN')
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('warehouse writes'))")
    const { rows } = await client.query<{ seq: number }>(
      `SELECT nextval('change_seq') AS seq FROM warehouse.load WHERE id = $1 AND loaded_at IS NULL`,
      [loadId],
    )
    if (rows[0] === undefined) throw new Error(`load ${loadId} was finished by another process`)
    const { seq } = rows[0]
    await yieldToChanges(client, definition, delivery.asOf)
    const { inserted, updated } = await upsert(client, definition, { loadId, seq, isLate: await isLate(client, definition, delivery) })
    const unchanged = received - rejected - inserted - updated
    // INVARIANT: every received row is in exactly one total; the table's own CHECK says the same.
    if (unchanged < 0) throw new Error('the totals of the load do not add up')
    await client.query(
      `UPDATE warehouse.load SET seq = $2, received = $3, inserted = $4, updated = $5, unchanged = $6, rejected = $7, loaded_at = now() WHERE id = $1`,
      [loadId, seq, received, inserted, updated, unchanged, rejected],
    )
    await client.query(
      `INSERT INTO warehouse.registry_state AS state (registry, load_id, as_of, loaded_at, seq, row_count) VALUES ($1, $2, $3, now(), $4, $5)
       ON CONFLICT (registry) DO UPDATE SET load_id = $2, as_of = greatest(state.as_of, $3), loaded_at = now(), seq = $4, row_count = state.row_count + $5`,
      [definition.id, loadId, delivery.asOf, seq, inserted],
    )
    await client.query('COMMIT')
    return { loadId, seq, received, inserted, updated, unchanged, rejected, repeated: false }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** Whether the table speaks of a later day already: such a delivery adds rows and overwrites none. */
async function isLate(client: Queryable, { id }: RegistryDefinition, { asOf }: Delivery): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM warehouse.registry_state WHERE registry = $1 AND as_of > $2', [id, asOf])
  return rowCount === 1
}

async function upsert(
  client: Queryable,
  definition: RegistryDefinition,
  { loadId, seq, isLate }: { readonly loadId: number; readonly seq: number; readonly isLate: boolean },
): Promise<{ inserted: number; updated: number }> {
  const columns = ['person_ref', ...definition.columns.map(({ name }) => name)].map(quote)
  const free = definition.columns.filter(({ name }) => !definition.key.includes(name)).map(({ name }) => quote(name))
  const changes = [...free.map((name) => `${name} = EXCLUDED.${name}`), 'load_id = EXCLUDED.load_id', 'seq = EXCLUDED.seq'].join(', ')
  const differs = `(${free.map((name) => `held.${name}`).join(', ')}) IS DISTINCT FROM (${free.map((name) => `EXCLUDED.${name}`).join(', ')})`
  const { rows } = await client.query<{ inserted: number; updated: number }>(
    `WITH written AS (
       INSERT INTO ${tableName(definition)} AS held (${columns.join(', ')}, load_id, seq)
       SELECT ${columns.join(', ')}, $1, $2 FROM staged
       ON CONFLICT (${['person_ref', ...definition.key].map(quote).join(', ')}) ${free.length === 0 || isLate ? 'DO NOTHING' : `DO UPDATE SET ${changes} WHERE ${differs}`}
       RETURNING held.xmax = 0 AS new)
     SELECT count(*) FILTER (WHERE new) AS inserted, count(*) FILTER (WHERE NOT new) AS updated FROM written`,
    [loadId, seq],
  )
  return rows[0] as { inserted: number; updated: number }
}
