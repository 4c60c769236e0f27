/** The only SQL on single notices to persons: what is due, written with what it speaks of, who takes it, and what was delivered. */
import type { Queryable } from '../../db/queryable.ts'
import type { StoredHousehold } from '../../determinations/determine-household.ts'
import { newId } from '../../kernel/new-id.ts'
import type { PersonRelation } from '../../warehouse/substitutions/move-rows.ts'

export const NOTICE_KINDS = ['registered', 'determined', 'selected'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]
export const CHANNELS = ['letter', 'message', 'in-person', 'portal'] as const

/** Of a determination a notice has a snapshot, of what a run published a run, and of a selection a programme too. */
export interface Notice {
  readonly id: string
  readonly kind: NoticeKind
  readonly personRef: number
  readonly householdRef: number
  readonly snapshotId: string | null
  readonly runId: string | null
  readonly programme: string | null
  readonly aroseAt: Date
  /** Until when it is not to be taken; null: it is free. */
  readonly heldUntil: Date | null
}

const OF_DETERMINATIONS: readonly NoticeKind[] = ['registered', 'determined']

/**
 * Every adult is told of a determination, and once that data about him or her are processed at all. A notice that still waits
 * speaks of the latest instead of being joined by another, is free at once, and is nobody's any more; rows are locked in one order.
 */
export async function noticesDue(client: Queryable, { householdRef, snapshotId, adults }: StoredHousehold): Promise<void> {
  const due = [...adults].toSorted((a, b) => a - b).flatMap((person) => OF_DETERMINATIONS.map((kind) => ({ person, kind })))
  if (due.length === 0) return
  await client.query({
    name: 'notices-due',
    text: `with due as (select * from unnest($3::uuid[], $4::bigint[], $5::text[]) as d (id, person, kind)),
             waiting as (select n.id from person_notice n join due on n.person_ref = due.person and n.kind = due.kind where n.delivered_at is null order by n.id for update of n),
             renewed as (update person_notice n set household_ref = $1, snapshot_id = $2, run_id = null, arose_at = now(),
               free_from = least(n.free_from, now()), taken_as = null, taken_by = null from waiting w where n.id = w.id returning n.person_ref, n.kind)
           insert into person_notice (id, kind, person_ref, household_ref, snapshot_id)
           select due.id, due.kind, due.person, $1, $2 from due
           where not exists (select from renewed r where r.person_ref = due.person and r.kind = due.kind)
             and (due.kind <> 'registered' or not exists (select from person_notice n where n.person_ref = due.person and n.kind = 'registered'))`,
    values: [householdRef, snapshotId, due.map(() => newId()), due.map(({ person }) => person), due.map(({ kind }) => kind)],
  })
}

const COLUMNS = `n.id, n.kind, n.person_ref as "personRef", n.household_ref as "householdRef", n.snapshot_id as "snapshotId", n.run_id as "runId", n.programme,
  n.arose_at as "aroseAt", case when n.free_from > now() then n.free_from end as "heldUntil"`

/** It waits. That somebody was selected is said only of the list in force: notices of an earlier one are renewed or withdrawn. */
const WAITS = `n.delivered_at is null and (n.programme is null or n.run_id in
  (select l.run_id from published_list p join ranked_list l on l.number = p.list_number where p.programme = n.programme))`

/**
 * SQL on a row of `person_notice`: a selection that was not delivered, of another run than the list in force, whose own notices are all
 * written. Until they are, it may still be taken over.
 */
export const lapsed = (notice: string): string =>
  `${notice}.delivered_at is null and ${notice}.programme is not null and exists (select from published_list p join ranked_list l on l.number = p.list_number
    join told_run r on r.run_id = l.run_id where p.programme = ${notice}.programme and l.run_id <> ${notice}.run_id)`

/** The oldest first, those that somebody holds among them. */
export async function waitingNotices(db: Queryable, { after, limit }: { after: string | null; limit: number }): Promise<Notice[]> {
  const { rows } = await db.query<Notice>(
    `select ${COLUMNS} from person_notice n where ${WAITS} and ($1::uuid is null or n.id > $1) order by n.id limit $2`,
    [after, limit],
  )
  return rows
}

export interface Taking {
  /** The word for everything that is taken together. */
  readonly as: string
  readonly by: string
  readonly limit: number
  /** Seconds in which nobody else is given it. */
  readonly forSeconds: number
}

/** Those that have been free longest; no two who ask at one time get the same. */
export async function takeNotices(client: Queryable, { as, by, limit, forSeconds }: Taking): Promise<Notice[]> {
  const { rows } = await client.query<Notice>(
    `with free as materialized (select n.id from person_notice n where ${WAITS} and n.free_from <= now() order by n.free_from, n.id limit $1 for update of n skip locked)
     update person_notice n set taken_as = $2, taken_by = $3, free_from = now() + $4 * interval '1 second' from free where n.id = free.id returning ${COLUMNS}`,
    [limit, as, by, forSeconds],
  )
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/**
 * Null when it was not theirs to give back: delivered, or taken by others since. It can be taken again after so many seconds; a selection
 * that lapsed meanwhile goes.
 */
export async function giveBack(
  client: Queryable,
  id: string,
  { as, afterSeconds }: { readonly as: string; readonly afterSeconds: number },
): Promise<(Notice & { readonly isWithdrawn: boolean }) | null> {
  const theirs = 'n.id = $1 and n.taken_as = $2 and n.delivered_at is null'
  const withdrawn = await client.query<Notice>(`delete from person_notice n where ${theirs} and ${lapsed('n')} returning ${COLUMNS}`, [
    id,
    as,
  ])
  if (withdrawn.rows[0]) return { ...withdrawn.rows[0], isWithdrawn: true }
  const { rows } = await client.query<Notice>(
    `update person_notice n set taken_as = null, taken_by = null, free_from = now() + $3 * interval '1 second' where ${theirs} returning ${COLUMNS}`,
    [id, as, afterSeconds],
  )
  return rows[0] ? { ...rows[0], isWithdrawn: false } : null
}

export interface Delivery {
  /** Of a notice of determinations: what was delivered; one that speaks of a later snapshot goes on waiting. */
  readonly snapshotId: string | null
  /** What the notice was taken as; null: the deliverer did not take it. A word that is not the notice's any more speaks of what it told before. */
  readonly as: string | null
  readonly channel: string
  readonly by: string
}

/** `gone`: it does not wait, or speaks of something later; `taken`: somebody else holds it. */
export async function deliver(
  client: Queryable,
  id: string,
  { snapshotId, as, channel, by }: Delivery,
): Promise<Notice | 'gone' | 'taken'> {
  const { rows } = await client.query<Notice & { readonly isTheirs: boolean }>(
    `select ${COLUMNS}, case when n.taken_as is null then true when $3::uuid is null then n.free_from <= now() else n.taken_as = $3 end as "isTheirs"
     from person_notice n where n.id = $1 and n.delivered_at is null and (n.snapshot_id is null or n.snapshot_id = $2)
       and (n.taken_as is not null or $3::uuid is null) for update`,
    [id, snapshotId, as],
  )
  const [found] = rows
  if (!found) return 'gone'
  if (!found.isTheirs) return 'taken'
  await client.query('update person_notice set delivered_at = now(), channel = $2, delivered_by = $3 where id = $1', [id, channel, by])
  return found
}

/** For substitutions of numbers. */
export const noticesOfPersons: PersonRelation = { relation: 'person_notice', field: 'person_ref', key: ['id'], hasSeq: false }
