/** The tables of a load that is under way: rows as they came in by COPY, outside the lock, unlogged and dropped at its end. */
import { once } from 'node:events'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote, tableColumns } from '../registry-table.ts'
import type { RejectedRow } from './checked-batch.ts'
import { freeLoadLock, keepRejected, noteProgress, tryLoadLock } from './load-store.ts'
import type { StagedBatch } from './read-apart.ts'

/** Names of a load's tables; made of its number alone. */
export interface Staging {
  /** Rows as delivered: persons are numbers. Its own columns begin with _, which no registry's do. */
  readonly raw: string
  /** Of a full delivery: what is not exactly as the registry holds it, on either side; lines of rows that repeat each other. */
  readonly compared: string
  readonly repeated: string
  /** Rows as delivered that are to be settled; and the registry's keys that a full delivery does not name. */
  readonly left: string
  readonly unnamed: string
  /** Persons whom refused rows speak of. */
  readonly spared: string
  /** Numbers that the vault did not know, and references for them. */
  readonly unknown: string
  readonly references: string
  /** Rows as they go in: persons are references, each key once. */
  readonly rows: string
  /** Of those, the ones that differ from what the registry held; and what it held and the delivery does not name. */
  readonly differing: string
  readonly gone: string
}

export const stagingOf = (loadId: number): Staging => {
  const name = (part: string): string => `staging.load_${loadId}_${part}`
  return {
    raw: name('raw'),
    compared: name('compared'),
    repeated: name('repeated'),
    left: name('left'),
    unnamed: name('unnamed'),
    spared: name('spared'),
    unknown: name('unknown'),
    references: name('references'),
    rows: name('rows'),
    differing: name('differing'),
    gone: name('gone'),
  }
}

/** The tables of a delivery of which nothing is set aside: all that came is to be settled. */
export const undivided = (staging: Staging): Staging => ({ ...staging, left: staging.raw })
export const isDivided = ({ left, raw }: Staging): boolean => left !== raw

/** What a load that broke off may have left is dropped first. */
export async function createStaging(client: Queryable, definition: RegistryDefinition, staging: Staging): Promise<void> {
  await dropStaging(client, staging)
  const types = tableColumns(definition).slice(1, -2)
  const columns = types.map(
    ({ name, sqlType }, index) => `${quote(name)} ${definition.columns[index]?.type === 'person' ? 'text COLLATE "C"' : sqlType}`,
  )
  await client.query(`CREATE UNLOGGED TABLE ${staging.raw} (_line bigint NOT NULL, _number text COLLATE "C" NOT NULL, ${columns.join(', ')});
    CREATE UNLOGGED TABLE ${staging.spared} (number text COLLATE "C" NOT NULL)`)
}

export const dropStaging = async (client: Queryable, staging: Staging): Promise<void> =>
  void (await client.query(`DROP TABLE IF EXISTS ${Object.values(staging).join(', ')}`))

/** Drops what loads left whose process or connection broke: those whose lock nobody holds. */
export async function sweepStaging(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT DISTINCT substring(relname FROM '^load_([0-9]+)_')::bigint AS id FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relname ~ '^load_[0-9]+_'`,
  )
  for (const { id } of rows)
    if (await tryLoadLock(client, id)) await dropStaging(client, stagingOf(id)).finally(() => freeLoadLock(client, id))
}

export interface StageRequest {
  readonly client: pg.PoolClient
  /** Where progress and refused rows are written while the COPY goes on. */
  readonly pool: Queryable
  readonly loadId: number
  readonly staging: Staging
  readonly batches: AsyncIterable<StagedBatch>
}

export interface Staged {
  readonly received: number
  readonly rejected: number
  readonly bytes: number
}

const PROGRESS_EVERY_MS = 1_000

/** One COPY over the whole delivery; whoever sends waits for the database. */
export async function stage({ client, pool, loadId, staging, batches }: StageRequest): Promise<Staged> {
  const stream = client.query(copyFrom(`COPY ${staging.raw} FROM STDIN`, { highWaterMark: 1 << 20 }))
  const failed = new Promise<never>((_, reject) => stream.on('error', reject))
  failed.catch(() => {})
  let staged: Staged = { received: 0, rejected: 0, bytes: 0 }
  let noted = performance.now()
  try {
    for await (const { copy, received, rejected, bytes } of batches) {
      staged = { received: staged.received + received, rejected: staged.rejected + rejected.length, bytes: staged.bytes + bytes }
      await keepRefused(pool, loadId, staging, rejected)
      if (copy.length > 0 && !stream.write(copy)) await Promise.race([once(stream, 'drain'), failed])
      if (performance.now() - noted < PROGRESS_EVERY_MS) continue
      noted = performance.now()
      await noteProgress(pool, loadId, { stage: 'receiving', ...staged })
    }
  } catch (error) {
    // A copy that a dead connection never began cannot be told to fail.
    if ((stream as unknown as { readonly connection: unknown }).connection) stream.destroy(error as Error)
    throw error
  }
  stream.end()
  await Promise.race([once(stream, 'finish'), failed])
  return staged
}

async function keepRefused(pool: Queryable, loadId: number, { spared }: Staging, rejected: readonly RejectedRow[]): Promise<void> {
  await keepRejected(pool, loadId, rejected)
  const numbers = rejected.flatMap(({ number }) => number ?? [])
  if (numbers.length > 0) await pool.query(`INSERT INTO ${spared} SELECT unnest($1::text[])`, [numbers])
}
