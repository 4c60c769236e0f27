/** Chains waiting events: SHA-256(previous hash ‖ event id ‖ body), one writer at a time, in batches. */
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { sha256 } from '../kernel/canonical.ts'

export const GENESIS = '0'.repeat(64)
const BATCH = 1_000
/** Any number that nothing else uses; the lock is released with its transaction. */
const LOCK = 7_240_301

/** The end of the chain: to be kept outside the database, or a rewritten tail passes unseen. */
export interface ChainHead {
  readonly seq: number
  readonly hash: string
}

export const linkHash = (previous: string, eventId: string, body: string): string => sha256(`${previous}\n${eventId}\n${body}`)

/** Chains everything that waits; returns the new head, or null when nothing waited or another process is at it. */
export async function chainPending(database: Database): Promise<ChainHead | null> {
  let head: ChainHead | null = null
  for (;;) {
    const { chained, end } = await chainBatch(database)
    head = end ?? head
    if (chained < BATCH) return head
  }
}

async function chainBatch(database: Database): Promise<{ chained: number; end: ChainHead | null }> {
  return database.transaction(async ({ client }) => {
    const lock = await client.query<{ held: boolean }>('select pg_try_advisory_xact_lock($1) as held', [LOCK])
    if (!lock.rows[0]?.held) return { chained: 0, end: null }
    const { rows: waiting } = await client.query<{ id: string; body: string }>(
      'select e.id, e.body from audit_pending p join audit_event e on e.id = p.event_id order by e.id limit $1',
      [BATCH],
    )
    if (waiting.length === 0) return { chained: 0, end: null }
    let { seq, hash } = await readHead(client)
    const seqs: number[] = []
    const previous: string[] = []
    const hashes: string[] = []
    for (const { id, body } of waiting) {
      previous.push(hash)
      hash = linkHash(hash, id, body)
      hashes.push(hash)
      seqs.push(++seq)
    }
    const ids = waiting.map(({ id }) => id)
    await client.query(
      `insert into audit_link (seq, event_id, prev_hash, hash)
       select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[])`,
      [seqs, ids, previous, hashes],
    )
    await client.query('delete from audit_pending where event_id = any($1::uuid[])', [ids])
    return { chained: waiting.length, end: { seq, hash } }
  })
}

export async function readHead(queryable: Queryable): Promise<ChainHead> {
  const { rows } = await queryable.query<ChainHead>('select seq, hash from audit_link order by seq desc limit 1')
  return rows[0] ?? { seq: 0, hash: GENESIS }
}

export interface Sequencer {
  /** Resolves when everything that waits is chained. */
  readonly stop: () => Promise<void>
}

/** Runs the sequencer every `everyMs` until stopped; each new head goes to `onHead` (the log is outside the database). */
export function startSequencer(
  database: Database,
  { everyMs, onHead, onError }: { everyMs: number; onHead: (head: ChainHead) => void; onError: (error: unknown) => void },
): Sequencer {
  let running: Promise<void> | null = null
  const tick = async (): Promise<void> => {
    try {
      const head = await chainPending(database)
      if (head) onHead(head)
    } catch (error) {
      onError(error)
    }
  }
  const timer = setInterval(() => {
    running ??= tick().finally(() => (running = null))
  }, everyMs)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
      await tick()
    },
  }
}
