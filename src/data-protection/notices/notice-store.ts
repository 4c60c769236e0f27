/** The only SQL on notices to persons: what is due, written with what it speaks of, and what was delivered. */
import type { Queryable } from '../../db/queryable.ts'
import type { StoredHousehold } from '../../determinations/determine-household.ts'
import { newId } from '../../kernel/new-id.ts'
import type { PersonRelation } from '../../warehouse/substitutions/move-rows.ts'

export const NOTICE_KINDS = ['registered', 'determined'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]
export const CHANNELS = ['letter', 'message', 'in-person', 'portal'] as const

export interface Notice {
  readonly id: string
  readonly kind: NoticeKind
  readonly personRef: number
  readonly householdRef: number
  readonly snapshotId: string
  readonly aroseAt: Date
}

/**
 * Every adult is told of a determination, and once that data about him or her are processed at all. A notice that still waits
 * speaks of the latest instead of being joined by another; rows are locked in one order.
 */
export async function noticesDue(client: Queryable, { householdRef, snapshotId, adults }: StoredHousehold): Promise<void> {
  const due = [...adults].toSorted((a, b) => a - b).flatMap((person) => NOTICE_KINDS.map((kind) => ({ person, kind })))
  if (due.length === 0) return
  await client.query({
    name: 'notices-due',
    text: `with due as (select * from unnest($3::uuid[], $4::bigint[], $5::text[]) as d (id, person, kind)),
             waiting as (select n.id from person_notice n join due on n.person_ref = due.person and n.kind = due.kind where n.delivered_at is null order by n.id for update of n),
             renewed as (update person_notice n set household_ref = $1, snapshot_id = $2, arose_at = now() from waiting w where n.id = w.id returning n.person_ref, n.kind)
           insert into person_notice (id, kind, person_ref, household_ref, snapshot_id)
           select due.id, due.kind, due.person, $1, $2 from due
           where not exists (select from renewed r where r.person_ref = due.person and r.kind = due.kind)
             and (due.kind <> 'registered' or not exists (select from person_notice n where n.person_ref = due.person and n.kind = 'registered'))`,
    values: [householdRef, snapshotId, due.map(() => newId()), due.map(({ person }) => person), due.map(({ kind }) => kind)],
  })
}

const NOTICE = `select id, kind, person_ref as "personRef", household_ref as "householdRef", snapshot_id as "snapshotId", arose_at as "aroseAt" from person_notice`

/** The oldest first. */
export async function waitingNotices(db: Queryable, { after, limit }: { after: string | null; limit: number }): Promise<Notice[]> {
  const { rows } = await db.query<Notice>(`${NOTICE} where delivered_at is null and ($1::uuid is null or id > $1) order by id limit $2`, [
    after,
    limit,
  ])
  return rows
}

/** Null when it does not wait: there is none, or somebody was first. `snapshotId`: what was delivered; a notice that speaks of a later one goes on waiting. */
export async function deliver(
  client: Queryable,
  id: string,
  { snapshotId, channel, by }: { readonly snapshotId: string; readonly channel: string; readonly by: string },
): Promise<Notice | null> {
  const { rows } = await client.query<Notice>(
    `with delivered as (update person_notice set delivered_at = now(), channel = $3, delivered_by = $4 where id = $1 and snapshot_id = $2 and delivered_at is null returning *)
     ${NOTICE.replace('from person_notice', 'from delivered')}`,
    [id, snapshotId, channel, by],
  )
  return rows[0] ?? null
}

/** For substitutions of numbers. */
export const noticesOfPersons: PersonRelation = { relation: 'person_notice', field: 'person_ref', key: ['id'], hasSeq: false }
