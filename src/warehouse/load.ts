/** One delivery of a registry, whole or in part: checked, staged and settled outside the lock, then switched in under it. */
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { dayNumber } from '../kernel/date.ts'
import { problem } from '../kernel/problem.ts'
import { PERSON_FIELD, rowCheck } from './check-row.ts'
import { batchWriter } from './loads/checked-batch.ts'
import { beginLoad, finishedLoad, loadProblem, type LoadMode, type LoadTotals, noteFailure, noteProgress } from './loads/load-store.ts'
import type { StagedBatch } from './loads/read-apart.ts'
import { resolveNumbers } from './loads/resolve-numbers.ts'
import { setAside } from './loads/set-aside.ts'
import { settleRows, takeDifference } from './loads/settle-rows.ts'
import { createStaging, dropStaging, stage, type Staging, stagingOf, sweepStaging, undivided } from './loads/staging.ts'
import { switchRows } from './loads/switch-rows.ts'
import type { RegistryDefinition } from './registry-definition.ts'

export type { LoadTotals } from './loads/load-store.ts'

export interface LoadRequest {
  /** The custodian's own id of the delivery: the same one is never loaded twice. */
  readonly id: string
  /** ISO date that the rows speak of. */
  readonly asOf: string
  /** Incremental unless said. */
  readonly mode?: LoadMode
  readonly removedPercentMax?: number
  readonly actor?: string
  readonly entity?: string
  /** In the transaction of the switch. */
  readonly onSwitched?: (client: Queryable, totals: LoadTotals) => Promise<void>
  /** Hears the load's number as soon as there is one. */
  readonly onBegun?: (loadId: number) => void
}

export interface Delivery extends LoadRequest {
  readonly rows: AsyncIterable<unknown> | Iterable<unknown>
}

export interface CheckedDelivery extends LoadRequest {
  readonly batches: AsyncIterable<StagedBatch>
}

const REMOVED_PERCENT_MAX = 10

/** Rows as objects, checked in this thread. */
export const loadDelivery = (database: Database, definition: RegistryDefinition, delivery: Delivery): Promise<LoadTotals> =>
  loadChecked(database, definition, { ...delivery, batches: checkedObjects(definition, delivery.rows) })

/** Good rows go in, bad ones are kept with their reasons inside the vault; the table must exist. A load that broke off is begun anew when it is sent again. */
export async function loadChecked(database: Database, definition: RegistryDefinition, delivery: CheckedDelivery): Promise<LoadTotals> {
  if (dayNumber(delivery.asOf) === null) throw new RangeError('asOf is not a date')
  const client = await database.pool.connect()
  const ignore = (): void => undefined
  client.on('error', ignore)
  try {
    await client.query(
      // Bitmaps, hashes and sorts of whole deliveries: the pool's settings are for the rows of one household.
      `SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET enable_bitmapscan = on;
       SET work_mem = '256MB'; SET maintenance_work_mem = '256MB'; SET plan_cache_mode = auto;
       SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0`,
    )
    const { id: deliveryId, asOf, mode = 'incremental', actor = null, entity = null } = delivery
    const loadId = await beginLoad(client, { registry: definition.id, deliveryId, asOf, mode, actor, entity })
    if (loadId === null) return await finishedLoad(database, definition.id, deliveryId)
    if (loadId === 'busy') throw problem('load-in-progress', { retryAfterSeconds: 10 })
    delivery.onBegun?.(loadId)
    const staging = stagingOf(loadId)
    try {
      return await perform(database, client, definition, delivery, { loadId, staging })
    } catch (error) {
      await noteFailure(database.pool, loadId, loadProblem(error)).catch(ignore)
      throw error
    } finally {
      // A connection that broke leaves this to `sweepStaging` of a later load.
      await dropStaging(client, staging).catch(ignore)
    }
  } finally {
    // The server may notice the end of a connection late; whoever sends the delivery again is not to wait for that.
    await client.query('SELECT pg_advisory_unlock_all()').catch(ignore)
    client.off('error', ignore)
    // With its end go settings that are not those of a request.
    client.release(true)
  }
}

interface Begun {
  readonly loadId: number
  readonly staging: Staging
}

async function perform(
  database: Database,
  client: Parameters<typeof stage>[0]['client'],
  definition: RegistryDefinition,
  delivery: CheckedDelivery,
  { loadId, staging: tables }: Begun,
): Promise<LoadTotals> {
  const { mode = 'incremental', removedPercentMax = REMOVED_PERCENT_MAX, asOf, onSwitched = async () => {} } = delivery
  await sweepStaging(client)
  await createStaging(client, definition, tables)
  const staged = await stage({ client, pool: database.pool, loadId, staging: tables, batches: delivery.batches })
  await noteProgress(database.pool, loadId, { ...staged, stage: 'resolving' })
  const differenceSeq = await placeOf(client, definition)
  const divides = mode === 'full' && differenceSeq !== null
  if (divides) await setAside(client, definition, tables, staged.received - staged.rejected)
  const staging = divides ? tables : undivided(tables)
  const ofOtherKind = await resolveNumbers(database, client, definition, staging, loadId)
  const repeated = await settleRows(client, definition, staging, loadId)
  if (differenceSeq !== null) await takeDifference(client, definition, staging, mode === 'full')
  const rejected = staged.rejected + ofOtherKind + repeated
  await noteProgress(database.pool, loadId, { ...staged, rejected, stage: 'switching' })
  return switchRows(client, {
    definition,
    staging,
    loadId,
    asOf,
    mode,
    received: staged.received,
    rejected,
    differenceSeq,
    removedPercentMax,
    onSwitched,
  })
}

/** The registry's place in the change sequence; null when it was never loaded. */
async function placeOf(client: Queryable, { id }: RegistryDefinition): Promise<number | null> {
  const { rows } = await client.query<{ seq: number }>('SELECT seq FROM warehouse.registry_state WHERE registry = $1', [id])
  return rows[0]?.seq ?? null
}

const BATCH_ROWS = 5_000

async function* checkedObjects(definition: RegistryDefinition, rows: Delivery['rows']): AsyncGenerator<StagedBatch> {
  const check = rowCheck(definition)
  const { add, take } = batchWriter(definition)
  let line = 0
  for await (const row of rows) {
    add(
      ++line,
      check(row),
      () => JSON.stringify(row) ?? 'undefined',
      (row as Readonly<Record<string, unknown>> | null | undefined)?.[PERSON_FIELD],
    )
    if (line % BATCH_ROWS === 0) yield { ...take(), bytes: 0 }
  }
  yield { ...take(), bytes: 0 }
}
