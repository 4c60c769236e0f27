/** The links of the database, in order, with the text that each was hashed over. */
import type { Queryable } from '../db/queryable.ts'
import { canonicalJson } from '../kernel/canonical.ts'
import { exportedText, type SubjectHash } from './subjects.ts'
import type { ChainHead, Link } from './walk-chain.ts'

const PAGE = 2_000
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

interface Row extends ChainHead {
  readonly previous: string
  readonly id: string
  readonly form: 1 | 2
  readonly body: string | null
}

/** `through`: the last link wanted. By place and event, so that a second link in one place is not passed over. */
export async function* storedLinks(
  db: Queryable,
  hash: SubjectHash,
  { after = 0, through = Number.MAX_SAFE_INTEGER }: { readonly after?: number; readonly through?: number } = {},
): AsyncGenerator<Link, void, void> {
  // Whatever somebody put before the first place comes first.
  let place: [seq: number, id: string] = after === 0 ? [Number.MIN_SAFE_INTEGER, LAST_ID] : [after, LAST_ID]
  for (;;) {
    const { rows } = await db.query<Row>(
      `select l.seq, l.prev_hash as previous, l.hash, l.event_id as id, l.form, e.body from audit_link l left join audit_event e on e.id = l.event_id
       where (l.seq, l.event_id) > ($1, $2::uuid) and l.seq <= $3 order by l.seq, l.event_id limit $4`,
      [...place, through, PAGE],
    )
    for (const { form, body, ...link } of rows) yield { ...link, text: hashedText(body, form, hash) }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    place = [last.seq, last.id]
  }
}

/** Form 1 was hashed as it is stored, before references were replaced. A body that is not the canonical text of its own meaning was tampered with: nothing hashes to its link. */
export function hashedText(body: string | null, form: 1 | 2, hash: SubjectHash): string | null {
  if (body === null || form === 1) return body
  try {
    return canonicalJson(JSON.parse(body)) === body ? exportedText(body, hash) : ''
  } catch {
    return ''
  }
}

export async function headAt(db: Queryable, seq: number): Promise<ChainHead | null> {
  const { rows } = await db.query<ChainHead>('select seq, hash from audit_link where seq = $1', [seq])
  return rows[0] ?? null
}
