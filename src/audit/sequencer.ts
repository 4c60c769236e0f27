/** Chains waiting events: SHA-256(previous hash ‖ event id ‖ event as it is exported), one writer at a time, in batches. */
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { exportedText, readSubjectHash } from './subjects.ts'
import { type ChainHead, GENESIS, linkHash } from './walk-chain.ts'

const BATCH = 1_000
/** Any number that nothing else uses; the lock is released with its transaction. */
export const CHAIN_LOCK = 7_240_301
/** What is hashed: the event as it is exported (`audit_link.form`). */
const FORM = 2

/** Chains everything that waits; returns the new head, or null when nothing waited or another process is at it. */
export async function chainPending(database: Database): Promise<ChainHead | null> {
  // Most looks find nothing: one statement, no transaction.
  const { rows } = await database.pool.query<{ waits: boolean }>({
    name: 'audit_waits',
    text: 'select exists (select from audit_pending) as waits',
  })
  if (!rows[0]?.waits) return null
  let head: ChainHead | null = null
  for (;;) {
    const { chained, end } = await chainBatch(database)
    head = end ?? head
    if (chained < BATCH) return head
  }
}

async function chainBatch(database: Database): Promise<{ chained: number; end: ChainHead | null }> {
  return database.transaction(async ({ client }) => {
    const lock = await client.query<{ held: boolean }>('select pg_try_advisory_xact_lock($1) as held', [CHAIN_LOCK])
    if (!lock.rows[0]?.held) return { chained: 0, end: null }
    const { rows: waiting } = await client.query<{ id: string; body: string }>(
      'select e.id, e.body from audit_pending p join audit_event e on e.id = p.event_id order by e.id limit $1',
      [BATCH],
    )
    if (waiting.length === 0) return { chained: 0, end: null }
    const subject = await readSubjectHash(client)
    let { seq, hash } = await readHead(client)
    const seqs: number[] = []
    const previous: string[] = []
    const hashes: string[] = []
    for (const { id, body } of waiting) {
      previous.push(hash)
      hash = linkHash(hash, id, exportedText(body, subject))
      hashes.push(hash)
      seqs.push(++seq)
    }
    const ids = waiting.map(({ id }) => id)
    await client.query(
      `insert into audit_link (seq, event_id, prev_hash, hash, form, chained_at)
       select seq, event_id, prev_hash, hash, $5, clock_timestamp() from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[]) as link (seq, event_id, prev_hash, hash)`,
      [seqs, ids, previous, hashes, FORM],
    )
    await client.query('delete from audit_pending where event_id = any($1::uuid[])', [ids])
    return { chained: waiting.length, end: { seq, hash } }
  })
}

export async function readHead(queryable: Queryable): Promise<ChainHead> {
  const { rows } = await queryable.query<ChainHead>('select seq, hash from audit_link order by seq desc limit 1')
  return rows[0] ?? { seq: 0, hash: GENESIS }
}
