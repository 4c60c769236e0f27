/** The only SQL on reference samples. */
import type { Queryable } from '../../db/queryable.ts'

export interface NewSample {
  readonly id: string
  readonly actor: string
  readonly entity: string
  readonly name: string
  readonly source: string
  readonly synthetic: boolean
  /** Canonical JSON. */
  readonly columns: string
}

/** All null until the rows are there. */
export interface SampleRows {
  readonly storedAt: string
  readonly contentHash: string
  readonly faultsHash: string
  readonly fileHash: string
  readonly fileBytes: number
  readonly rowsUsed: number
  readonly rowsFaulty: number
  readonly faultCounts: string
  readonly versionSet: string
}

export type StoredSample = NewSample & { readonly createdAt: string } & (SampleRows | { readonly [K in keyof SampleRows]: null })

export async function storeSample(db: Queryable, { id, actor, entity, name, source, synthetic, columns }: NewSample): Promise<void> {
  await db.query('insert into reference_sample (id, actor, entity, name, source, synthetic, columns) values ($1, $2, $3, $4, $5, $6, $7)', [
    id,
    actor,
    entity,
    name,
    source,
    synthetic,
    columns,
  ])
}

/** False when the sample has its rows already: they never change. */
export async function storeSampleRows(db: Queryable, id: string, rows: Omit<SampleRows, 'storedAt'>): Promise<boolean> {
  const { rowCount } = await db.query(
    `update reference_sample set stored_at = now(), content_hash = $2, faults_hash = $3, file_hash = $4, file_bytes = $5, rows_used = $6,
       rows_faulty = $7, fault_counts = $8, version_set = $9
     where id = $1 and stored_at is null`,
    [
      id,
      rows.contentHash,
      rows.faultsHash,
      rows.fileHash,
      rows.fileBytes,
      rows.rowsUsed,
      rows.rowsFaulty,
      rows.faultCounts,
      rows.versionSet,
    ],
  )
  return rowCount === 1
}

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
const COLUMNS = `id, actor, entity, name, source, synthetic, columns, ${utc('created_at')} as "createdAt", ${utc('stored_at')} as "storedAt",
  content_hash as "contentHash", faults_hash as "faultsHash", file_hash as "fileHash", file_bytes::int as "fileBytes", rows_used as "rowsUsed",
  rows_faulty as "rowsFaulty", fault_counts as "faultCounts", version_set as "versionSet"`

export async function readSample(db: Queryable, id: string): Promise<StoredSample | null> {
  const { rows } = await db.query<StoredSample>(`select ${COLUMNS} from reference_sample where id = $1`, [id])
  return rows[0] ?? null
}

/** An entity's, the newest first. */
export async function readSamples(db: Queryable, entity: string, limit: number): Promise<StoredSample[]> {
  const text = `select ${COLUMNS} from reference_sample where entity = $1 order by created_at desc, id limit $2`
  return (await db.query<StoredSample>(text, [entity, limit])).rows
}

/** How many of an actor's samples wait for their rows. */
export async function awaitingRowsOf(db: Queryable, actor: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from reference_sample where actor = $1 and stored_at is null',
    [actor],
  )
  return rows[0]?.count ?? 0
}
