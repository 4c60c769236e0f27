/** The switch: under the lock, in one transaction, the load's place in the sequence, its rows, its totals. Readers see all of before or all of after. */
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import { mayBeTakenOut, yieldToChanges } from '../changes/yield-to-changes.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { tableName } from '../registry-table.ts'
import { writeRemoved, writeRows } from '../write-rows.ts'
import { lockWarehouse } from '../write-lock.ts'
import { finishLoad, type LoadMode, type LoadTotals } from './load-store.ts'
import { noteLoad } from './loads-to-follow.ts'
import { keyOf } from './resolved-rows.ts'
import { takeBack, unnamedSince } from './set-aside.ts'
import { gone } from './settle-rows.ts'
import { isDivided, type Staging } from './staging.ts'

export interface SwitchRequest {
  readonly definition: RegistryDefinition
  readonly staging: Staging
  readonly loadId: number
  readonly asOf: string
  readonly mode: LoadMode
  readonly received: number
  readonly rejected: number
  /** Where in the sequence the difference was taken; null when there is none. */
  readonly differenceSeq: number | null
  /** A full load that would take out a greater share of the registry is refused. */
  readonly removedPercentMax: number
  /** In the same transaction, an audit event for instance. */
  readonly onSwitched: (client: Queryable, totals: LoadTotals) => Promise<void>
}

export async function switchRows(client: Queryable, request: SwitchRequest): Promise<LoadTotals> {
  await client.query('BEGIN')
  try {
    await lockWarehouse(client)
    const totals = await write(client, request)
    await request.onSwitched(client, totals)
    await client.query('COMMIT')
    return totals
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function write(client: Queryable, request: SwitchRequest): Promise<LoadTotals> {
  const { definition, staging, loadId, asOf, received } = request
  const { rows } = await client.query<{ seq: number }>(
    `SELECT nextval('change_seq') AS seq FROM warehouse.load WHERE id = $1 AND loaded_at IS NULL`,
    [loadId],
  )
  if (rows[0] === undefined) throw new Error(`load ${loadId} was finished by another process`)
  const { seq } = rows[0]
  const held = await stateOf(client, definition)
  const isLate = (held?.deliveredAsOf ?? asOf) > asOf
  // The difference holds as long as nothing was written since it was taken; else every row that was not set aside is held against the table again.
  const isCurrent = held !== null && held.seq === request.differenceSeq
  const refused =
    !isCurrent && isDivided(staging) ? await takeBack(client, definition, staging, { seq: request.differenceSeq as number, loadId }) : 0
  const rejected = request.rejected + refused
  const source = isCurrent ? staging.differing : staging.rows
  await yieldToChanges(client, definition, asOf, source)
  const isEmpty = held === null && (await client.query(`SELECT FROM ${tableName(definition)} LIMIT 1`)).rowCount === 0
  const told = { source, held: isCurrent ? 'told' : isEmpty ? 'new' : 'unknown', loadId, seq, mayOverwrite: !isLate } as const
  const { inserted, updated } = await writeRows(client, definition, told)
  const removed =
    request.mode === 'full' && held !== null && !isLate ? await remove(client, request, { seq, isCurrent, rowCount: held.rowCount }) : 0
  const unchanged = received - rejected - inserted - updated
  // INVARIANT: every received row is in exactly one total; the table's own CHECK says the same.
  if (unchanged < 0) throw new Error('the totals of the load do not add up')
  const totals = { loadId, seq, received, inserted, updated, unchanged, rejected, removed }
  await finishLoad(client, definition.id, { asOf, fullAsOf: request.mode === 'full' && !isLate ? asOf : null }, totals)
  if (inserted + updated + removed > 0) await noteLoad(client, definition, seq)
  return { ...totals, repeated: false }
}

/** A cut file that is sent as full would empty a registry, and its persons would count as having nothing. */
async function remove(
  client: Queryable,
  { definition, staging, asOf, differenceSeq, removedPercentMax }: SwitchRequest,
  { seq, isCurrent, rowCount }: { readonly seq: number; readonly isCurrent: boolean; readonly rowCount: number },
): Promise<number> {
  const candidates = isDivided(staging) ? unnamedSince(definition, staging, differenceSeq as number) : tableName(definition)
  const noLongerNamed = isCurrent ? `SELECT ${keyOf(definition).join(', ')} FROM ${staging.gone}` : gone(definition, staging, candidates)
  // Rows that yielded to a change are missing among the staged ones; the same change keeps them from being taken out.
  const keys = `SELECT g.* FROM (${noLongerNamed}) g WHERE ${mayBeTakenOut(definition, 'g', `'${asOf}'::date`)}`
  const removed = await writeRemoved(client, definition, { keys, seq })
  if (removed * 100 > rowCount * removedPercentMax)
    throw problem('load-removes-too-much', { detail: `${removed} of ${rowCount} rows`, expected: `at most ${removedPercentMax} percent` })
  return removed
}

/**
 * A delivery is late when one of a later day is in: then it adds rows, overwrites none and takes none out. Changes of later days do not make it
 * late, since it yields to each of them (`yieldToChanges`), and a heartbeat says nothing of rows.
 */
async function stateOf(client: Queryable, { id }: RegistryDefinition) {
  const { rows } = await client.query<{ seq: number; deliveredAsOf: string | null; rowCount: number }>(
    `SELECT seq, row_count AS "rowCount",
       (SELECT max(as_of) FROM warehouse.load WHERE registry = $1 AND kind <> 'changes' AND loaded_at IS NOT NULL) AS "deliveredAsOf"
     FROM warehouse.registry_state WHERE registry = $1`,
    [id],
  )
  return rows[0] ?? null
}
