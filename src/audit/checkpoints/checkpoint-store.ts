/** Checkpoints as they are stored: the only SQL on their table. */
import type { Queryable } from '../../db/queryable.ts'
import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts'

interface Row {
  readonly signed: string
  readonly signature: string
  readonly publicKey: string
}

const columns = 'signed, signature, public_key as "publicKey"'

/** Throws for a text that is none: only tampering brings one into the table, and `verify` reads the texts themselves. */
const checkpointOf = (row: Row): SignedCheckpoint => ({ ...row, checkpoint: JSON.parse(row.signed) as Checkpoint })

export async function latestCheckpoint(db: Queryable): Promise<SignedCheckpoint | null> {
  const { rows } = await db.query<Row>(`select ${columns} from audit_checkpoint order by number desc limit 1`)
  return rows[0] ? checkpointOf(rows[0]) : null
}

/** The first one that covers the link: whose place is at or after it. */
export async function checkpointCovering(db: Queryable, seq: number): Promise<SignedCheckpoint | null> {
  const { rows } = await db.query<Row>(`select ${columns} from audit_checkpoint where seq >= $1 order by seq limit 1`, [seq])
  return rows[0] ? checkpointOf(rows[0]) : null
}

export async function checkpointsAfter(db: Queryable, number: number, limit: number): Promise<SignedCheckpoint[]> {
  const { rows } = await db.query<Row>(`select ${columns} from audit_checkpoint where number > $1 order by number limit $2`, [
    number,
    limit,
  ])
  return rows.map(checkpointOf)
}

/** The texts as they stand, whatever became of them. */
export async function storedTexts(db: Queryable): Promise<readonly Row[]> {
  const { rows } = await db.query<Row>(`select ${columns} from audit_checkpoint order by number`)
  return rows
}

export async function storeCheckpoint(client: Queryable, { checkpoint, signed, signature, publicKey }: SignedCheckpoint): Promise<void> {
  const { number, seq, keyId, at } = checkpoint
  await client.query(
    'insert into audit_checkpoint (number, seq, signed, signature, key_id, public_key, made_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [number, seq, signed, signature, keyId, publicKey, at],
  )
}

export interface PublishedKey {
  readonly keyId: string
  readonly publicKey: string
  readonly firstSeq: number
  readonly lastSeq: number
}

/** The keys that signed, with the first and the last link that each vouched for. */
export async function signersOf(db: Queryable): Promise<PublishedKey[]> {
  const { rows } = await db.query<PublishedKey>(
    `select key_id as "keyId", public_key as "publicKey", min(seq) as "firstSeq", max(seq) as "lastSeq" from audit_checkpoint
     group by key_id, public_key order by min(number)`,
  )
  return rows
}
