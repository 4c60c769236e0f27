/** Questions that runs leave to a person: of units that hold a place and whose conditions are no longer met. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'

export interface QuestionUnit {
  readonly householdRef: number
  /** Null in programmes that are judged per household. */
  readonly personRef: number | null
}

/** Until the transaction ends nobody else asks or settles: a run asks of many units, and would meet re-evaluations in another order. */
export const lockQuestions = async (transaction: Queryable): Promise<void> =>
  void (await transaction.query('lock table standing_question in share row exclusive mode'))

/**
 * A question for each unit of which none is open, unless a person decided since `firstRun`, which first found its conditions not met. One that a
 * re-evaluation has open is about the same place and stays.
 */
export async function askAfterRun(
  transaction: Queryable,
  programme: string,
  units: readonly (QuestionUnit & { readonly served: boolean; readonly firstRun: string })[],
  runId: string,
): Promise<void> {
  if (units.length === 0) return
  await transaction.query(
    `insert into standing_question (id, household_ref, programme, person_ref, kind, served, run_id)
     select one.id, one.household_ref, $1, one.person_ref, 'conditions-unmet', one.served, $2::uuid
     from unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::boolean[], $7::uuid[]) as one (id, household_ref, person_ref, served, first_run)
     where not exists (select from standing_question q join run r on r.id = one.first_run
       where q.household_ref = one.household_ref and q.programme = $1 and coalesce(q.person_ref, 0) = coalesce(one.person_ref, 0)
         and q.decision in ('earlier-stands', 'later-holds') and q.settled_at > r.finished_at)
     on conflict (household_ref, programme, (coalesce(person_ref, 0))) where settled_at is null do nothing`,
    [
      programme,
      runId,
      units.map(() => newId()),
      units.map(({ householdRef }) => householdRef),
      units.map(({ personRef }) => personRef),
      units.map(({ served }) => served),
      units.map(({ firstRun }) => firstRun),
    ],
  )
}

/** The conditions are met again on this day (YYYY-MM-DD): what runs up to it asked is nothing to decide any more. */
export async function withdrawAfterRun(
  transaction: Queryable,
  programme: string,
  units: readonly QuestionUnit[],
  asOf: string,
): Promise<void> {
  await transaction.query(
    `update standing_question q set settled_at = now(), settled_by = 'system', decision = 'withdrawn'
     from run r where r.id = q.run_id and r.as_of <= $2::date and q.programme = $1 and q.kind = 'conditions-unmet' and q.settled_at is null
       and (q.household_ref, coalesce(q.person_ref, 0)) in (select * from unnest($3::bigint[], $4::bigint[]))`,
    [programme, asOf, units.map(({ householdRef }) => householdRef), units.map(({ personRef }) => personRef ?? 0)],
  )
}
