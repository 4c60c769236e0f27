/** Walks the audit chain from its first link and says where it breaks. */
import type { Queryable } from '../db/queryable.ts'
import { GENESIS, linkHash } from './sequencer.ts'
import type { ChainHead } from './sequencer.ts'

export interface ChainReport {
  readonly intact: boolean
  readonly links: number
  /** Events that the sequencer has not taken up yet. */
  readonly waiting: number
  readonly head: ChainHead
  readonly broken: { readonly seq: number; readonly reason: 'gap' | 'previous' | 'hash' | 'checkpoint' } | null
}

const PAGE = 5_000

/** `checkpoint`: a head kept outside the database, which the chain must still contain. */
export async function verifyChain(queryable: Queryable, checkpoint?: ChainHead): Promise<ChainReport> {
  let head: ChainHead = { seq: 0, hash: GENESIS }
  let broken: ChainReport['broken'] = null
  for (;;) {
    const { rows } = await queryable.query<{ seq: number; prev_hash: string; hash: string; id: string; body: string | null }>(
      `select l.seq, l.prev_hash, l.hash, l.event_id as id, e.body from audit_link l left join audit_event e on e.id = l.event_id
       where l.seq > $1 order by l.seq limit $2`,
      [head.seq, PAGE],
    )
    for (const row of rows) {
      const { seq } = row
      if (seq !== head.seq + 1) broken = { seq, reason: 'gap' }
      else if (row.prev_hash !== head.hash) broken = { seq, reason: 'previous' }
      else if (row.body === null || row.hash !== linkHash(head.hash, row.id, row.body)) broken = { seq, reason: 'hash' }
      else if (checkpoint?.seq === seq && checkpoint.hash !== row.hash) broken = { seq, reason: 'checkpoint' }
      if (broken) break
      head = { seq, hash: row.hash }
    }
    if (broken || rows.length < PAGE) break
  }
  if (!broken && checkpoint && checkpoint.seq > head.seq) broken = { seq: head.seq + 1, reason: 'checkpoint' }
  const { rows } = await queryable.query<{ waiting: number }>('select count(*) as waiting from audit_pending')
  return { intact: broken === null, links: head.seq, waiting: rows[0]?.waiting ?? 0, head, broken }
}
