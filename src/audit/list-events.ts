/** Events of the log by what they say, the newest first, page after page. */
import type { Queryable } from '../db/queryable.ts'
import { firstIdAt } from './audit-event.ts'
import { exportedText, readSubjectHash } from './subjects.ts'

export interface EventFilters {
  readonly action?: string
  readonly actor?: string
  readonly entity?: string
  /** An object as events name it, such as `run:…`. */
  readonly object?: string
  /** Milliseconds; half-open: from and until. */
  readonly from?: number
  readonly until?: number
}

export interface ListedEvent {
  readonly id: string
  /** Null while it waits to be chained. */
  readonly seq: number | null
  readonly hash: string | null
  /** As it is exported: canonical JSON with keyed hashes of persons and households. */
  readonly text: string
}

interface Row extends Omit<ListedEvent, 'text'> {
  readonly body: string
}

/** At most `limit` events older than the one named `before`. */
export async function listEvents(
  db: Queryable,
  { action, actor, entity, object, from, until }: EventFilters,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<ListedEvent[]> {
  const values: unknown[] = []
  const place = (value: unknown): string => `$${values.push(value)}`
  const wanted = [
    ...(action === undefined ? [] : [`e.action = ${place(action)}`]),
    ...(actor === undefined ? [] : [`e.actor = ${place(actor)}`]),
    ...(entity === undefined ? [] : [`e.body::jsonb ->> 'entity' = ${place(entity)}`]),
    ...(object === undefined ? [] : [`(e.body::jsonb -> 'objects') @> jsonb_build_array(${place(object)}::text)`]),
    ...(from === undefined ? [] : [`e.id >= ${place(firstIdAt(from))}::uuid`]),
    ...(until === undefined ? [] : [`e.id < ${place(firstIdAt(until))}::uuid`]),
    ...(before === undefined ? [] : [`e.id < ${place(before)}::uuid`]),
  ]
  const { rows } = await db.query<Row>(
    `select e.id, l.seq, l.hash, e.body from audit_event e left join audit_link l on l.event_id = e.id
     ${wanted.length === 0 ? '' : `where ${wanted.join(' and ')}`} order by e.id desc limit ${place(limit)}`,
    values,
  )
  const hash = await readSubjectHash(db)
  return rows.map(({ body, ...row }) => ({ ...row, text: exportedText(body, hash) }))
}
