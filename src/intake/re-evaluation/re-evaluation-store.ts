/** SQL on households that wait to be determined again, and on what waits for a person's decision; what runs ask stands beside it. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import type { PersonRelation } from '../../warehouse/substitutions/move-rows.ts'

/** Of these households the ones that were determined before, or with a member of whom a household was. */
export async function determinedBefore(db: Queryable, householdRefs: readonly number[]): Promise<number[]> {
  const { rows } = await db.query<{ ref: number }>(
    `select h.ref from unnest($1::bigint[]) as h (ref)
     where exists (select from fact_snapshot s where s.household_ref = h.ref)
       or exists (select from household_member now join household_member was using (person_ref) join fact_snapshot s on s.household_ref = was.household_ref
                  where now.household_ref = h.ref and now.valid_to is null)`,
    [householdRefs],
  )
  return rows.map(({ ref }) => ref)
}

/** Each household once; one that was given up is tried again. */
export async function queueHouseholds(transaction: Queryable, householdRefs: readonly number[]): Promise<void> {
  if (householdRefs.length === 0) return
  await transaction.query(
    `insert into re_evaluation (household_ref) select unnest($1::bigint[])
     on conflict (household_ref) do update set due_at = now(), attempts = 0, problem = null`,
    [householdRefs.toSorted((a, b) => a - b)],
  )
}

/** The household whose turn it is, held until the transaction ends; null when none is due or others hold them all. */
export async function takeDue(transaction: Queryable): Promise<{ readonly householdRef: number; readonly attempts: number } | null> {
  const { rows } = await transaction.query<{ householdRef: number; attempts: number }>({
    name: 're-evaluation-due',
    text: `select household_ref as "householdRef", attempts from re_evaluation where due_at <= now() order by due_at limit 1 for update skip locked`,
  })
  return rows[0] ?? null
}

export async function finish(transaction: Queryable, householdRef: number): Promise<void> {
  await transaction.query({
    name: 're-evaluation-done',
    text: 'delete from re_evaluation where household_ref = $1',
    values: [householdRef],
  })
}

/** Tries again after a while that doubles; after the last attempt it waits for the next change. */
export async function putOff(
  db: Queryable,
  householdRef: number,
  { problem, attemptsMax, firstSeconds }: { readonly problem: string; readonly attemptsMax: number; readonly firstSeconds: number },
): Promise<void> {
  await db.query(
    `update re_evaluation set attempts = attempts + 1, problem = $2,
       due_at = case when attempts + 1 >= $3 then 'infinity' else now() + $4 * power(2, attempts) * interval '1 second' end where household_ref = $1`,
    [householdRef, problem, attemptsMax, firstSeconds],
  )
}

/** The place up to which changes of membership were followed. */
export async function membershipFollowedTo(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ seq: number }>('select seq from membership_followed')
  return (rows[0] as { seq: number }).seq
}

/** Never backwards: of two who follow at once, each has queued what it read. */
export const noteFollowed = async (transaction: Queryable, upTo: number): Promise<void> =>
  void (await transaction.query('update membership_followed set seq = greatest(seq, $1::bigint)', [upTo]))

export interface Waiting {
  readonly persons: number
  readonly loads: number
  readonly households: number
  readonly givenUp: number
}

/** How much waits; for the metrics, and for whoever looks after a queue. */
export async function waiting(db: Queryable): Promise<Waiting> {
  const { rows } = await db.query<Waiting>(
    `select (select count(*) from warehouse.changed_person) as persons, (select count(*) from warehouse.load_to_follow) as loads,
       count(*) filter (where due_at < 'infinity') as households, count(*) filter (where due_at = 'infinity') as "givenUp" from re_evaluation`,
  )
  return rows[0] as Waiting
}

/** Whether anything could be done now. */
export async function isWorkDue(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ due: boolean }>(
    `select exists (select from warehouse.changed_person) or exists (select from warehouse.load_to_follow) or exists (select from re_evaluation where due_at <= now())
       or exists (select from membership_state now join membership_followed f on f.seq < now.seq) as due`,
  )
  return rows[0]?.due === true
}

export interface Standing {
  readonly id: string
  readonly programme: string
  readonly personRef: number | null
  readonly outcome: string
}

/** What stands of a household: the latest determination of each unit that no person has refused and that waits for no decision. */
export async function standingOf(db: Queryable, householdRef: number): Promise<Standing[]> {
  const { rows } = await db.query<Standing>({
    name: 'standing-of-household',
    text: `select distinct on (d.programme, d.person_ref) d.id, d.programme, d.person_ref as "personRef", d.outcome
           from fact_snapshot s join determination d on d.snapshot_id = s.id
           where s.household_ref = $1
             and not exists (select from standing_question q where q.later_id = d.id and (q.settled_at is null or q.decision = 'earlier-stands'))
           order by d.programme, d.person_ref, d.created_at desc, d.id desc`,
    values: [householdRef],
  })
  return rows
}

/** `conditions-unmet`: a run in force found so of a unit that holds a place; the others are asked by re-evaluations. */
export type QuestionKind = 'adverse' | 'undetermined' | 'unit-ended' | 'conditions-unmet'

export interface NewQuestion {
  readonly householdRef: number
  readonly programme: string
  readonly personRef: number | null
  readonly kind: QuestionKind
  readonly earlierId: string | null
  readonly laterId: string | null
  readonly served: boolean
}

/** One open question of a unit at a time: a later re-evaluation takes the place of the one before, and what stood still stands. */
export async function ask(transaction: Queryable, question: NewQuestion): Promise<void> {
  const { householdRef, programme, personRef, kind, earlierId, laterId, served } = question
  await transaction.query(
    `insert into standing_question as q (id, household_ref, programme, person_ref, kind, earlier_id, later_id, served) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (household_ref, programme, (coalesce(person_ref, 0))) where settled_at is null
     do update set kind = excluded.kind, earlier_id = coalesce(q.earlier_id, excluded.earlier_id), later_id = excluded.later_id, served = q.served or excluded.served`,
    [newId(), householdRef, programme, personRef, kind, earlierId, laterId, served],
  )
}

/** Nothing would be taken away any more. What a run asked stays open unless the unit is found to meet the conditions: `isMet`. */
export async function withdraw(
  transaction: Queryable,
  unit: Pick<NewQuestion, 'householdRef' | 'programme' | 'personRef'> & { readonly isMet: boolean },
): Promise<void> {
  await transaction.query(
    `update standing_question set settled_at = now(), settled_by = 'system', decision = 'withdrawn'
     where household_ref = $1 and programme = $2 and coalesce(person_ref, 0) = coalesce($3::bigint, 0) and settled_at is null
       and ($4 or kind <> 'conditions-unmet')`,
    [unit.householdRef, unit.programme, unit.personRef, unit.isMet],
  )
}

export interface OpenStandingQuestion extends NewQuestion {
  readonly id: string
  readonly earlierOutcome: string | null
  readonly laterOutcome: string | null
  /** The run that asked, and its day; null where no run did. */
  readonly runId: string | null
  readonly runAsOf: string | null
  readonly openedAt: Date
}

/** What waits for a person, the oldest first. */
export async function openStandingQuestions(
  db: Queryable,
  {
    programme,
    among,
    after,
    limit,
  }: {
    readonly programme: string | null
    /** Of these programmes only; null: of any. */
    readonly among: readonly string[] | null
    readonly after: string | null
    readonly limit: number
  },
): Promise<OpenStandingQuestion[]> {
  const { rows } = await db.query<OpenStandingQuestion>(
    `select q.id, q.household_ref as "householdRef", q.programme, q.person_ref as "personRef", q.kind, q.earlier_id as "earlierId", q.later_id as "laterId",
       q.served, q.opened_at as "openedAt", e.outcome as "earlierOutcome", l.outcome as "laterOutcome",
       r.id as "runId", r.as_of as "runAsOf"
     from standing_question q left join run r on r.id = q.run_id left join determination e on e.id = q.earlier_id left join determination l on l.id = q.later_id
     where q.settled_at is null and ($1::text is null or q.programme = $1) and ($2::uuid is null or q.id > $2)
       and ($4::text[] is null or q.programme = any($4)) order by q.id limit $3`,
    [programme, after, limit, among],
  )
  return rows
}

/** The household of the question that was settled; null when it is not open: of two who settle it at once one comes first. */
export async function settle(
  transaction: Queryable,
  id: string,
  {
    decision,
    reason,
    by,
    among,
  }: {
    readonly decision: 'earlier-stands' | 'later-holds'
    readonly reason: string
    readonly by: string
    /** Of these programmes only; null: of any. */
    readonly among: readonly string[] | null
  },
): Promise<number | null> {
  const { rows } = await transaction.query<{ ref: number }>(
    `update standing_question set settled_at = now(), settled_by = $2, decision = $3, reason = $4
     where id = $1 and settled_at is null and ($5::text[] is null or programme = any($5)) returning household_ref as ref`,
    [id, by, decision, reason, among],
  )
  return rows[0]?.ref ?? null
}

/** Whom a decision that waits is about; one of a unit at a time. */
export const standingQuestionsOfPersons: PersonRelation = {
  relation: 'standing_question',
  field: 'person_ref',
  key: ['id'],
  hasSeq: false,
  only: 'r.settled_at IS NULL',
  apart: ['household_ref', 'programme', 'person_ref'],
}
