/** What else is kept about a person: plain rows, by the table that keeps them. */
import type { Queryable } from '../../db/queryable.ts'
import type { Subject } from './subject.ts'

interface Kept {
  readonly name: string
  /** `$1` references of the person, `$2` households. References are not given away: they mean nothing outside. */
  readonly text: string
}

const NOW = 'm.valid_to is null'

/** A test holds it against every table that has a column for a person. */
export const keptRecords: readonly Kept[] = [
  {
    name: 'identifiers',
    text: 'select number, kind, superseded_by as "supersededBy" from identity.identifier where person_ref = any ($1::bigint[]) order by number',
  },
  {
    name: 'substitutions',
    text: `select old_number as "oldNumber", current_number as "currentNumber", reason, substituted_at as "substitutedAt", undone_at as "undoneAt"
           from identity.substitution where $1::bigint[] && array[old_ref, current_ref] order by substituted_at`,
  },
  {
    name: 'membership',
    text: `select household_ref as household, is_head as "isHead", relationship, basis, valid_from as "from", valid_to as "to" from household_member
           where person_ref = any ($1::bigint[]) order by valid_from, household_ref`,
  },
  {
    name: 'verifiedResidences',
    text: `select household_ref as household, basis, relationship, valid_from as "from", valid_to as "to" from verified_residence where person_ref = any ($1::bigint[]) order by valid_from`,
  },
  {
    name: 'applications',
    text: `select id, received_at as "receivedAt", form, form_version as "formVersion", status from application where applicant_ref = any ($1::bigint[]) order by id`,
  },
  {
    name: 'openQuestions',
    text: `select q.kind, q.fact, q.declared, q.administrative, q.opened_at as "openedAt", q.settled_at as "settledAt" from open_question q
           where q.person_ref = any ($1::bigint[]) order by q.id`,
  },
  {
    name: 'questionsOfStanding',
    text: `select programme, kind, opened_at as "openedAt", settled_at as "settledAt", decision, reason from standing_question
           where person_ref = any ($1::bigint[]) or (person_ref is null and household_ref = any ($2::bigint[])) order by id`,
  },
  {
    name: 'enrolments',
    text: `select e.programme, e.state, e.since, e.unmet_since as "conditionsUnmetSince", case when e.person_ref is null then 'household' else 'person' end as of from enrolment e
           where e.person_ref = any ($1::bigint[])
             or (e.person_ref is null and exists (select from household_member m where m.household_ref = e.household_ref and m.person_ref = any ($1::bigint[]) and ${NOW}))
           order by e.programme`,
  },
  {
    name: 'enrolmentReports',
    text: `select r.programme, r.state, r.effective_on as "on", r.reason, r.reported_at as "reportedAt", r.entity from enrolment_report r
           where r.person_ref = any ($1::bigint[]) or (r.person_ref is null and exists (select from household_member m where m.household_ref = r.household_ref
             and m.person_ref = any ($1::bigint[]) and m.valid_from <= r.effective_on and (m.valid_to is null or m.valid_to > r.effective_on))) order by r.id`,
  },
  {
    name: 'rankedListPositions',
    text: `select l.programme, r.as_of as "asOf", u.position, u.status, u.reason, u.score, u.national_rank as "nationalRank", u.percentile, u.benefit
           from household_member m join ranked_unit u on u.household_ref = m.household_ref join ranked_list l on l.number = u.list_number join run r on r.id = l.run_id
           where m.person_ref = any ($1::bigint[]) and m.valid_from <= r.as_of and (m.valid_to is null or m.valid_to > r.as_of)
             and l.published_at is not null and (u.person_ref is null or u.person_ref = any ($1::bigint[])) order by l.number, u.position`,
  },
  {
    name: 'notices',
    text: `select kind, programme, arose_at as "aroseAt", delivered_at as "deliveredAt", channel from person_notice where person_ref = any ($1::bigint[]) order by id`,
  },
  {
    name: 'requests',
    text: `select r.id, r.kind, r.processing, r.registry, r.column_name as "column", r.statement, r.claimed, r.responsible, r.received_at as "receivedAt", r.due_on as "dueOn", r.status,
             (select json_agg(json_build_object('status', s.status, 'takenAt', s.taken_at, 'entity', s.entity, 'reason', s.reason) order by s.id) from subject_request_step s where s.request_id = r.id) as steps
           from subject_request r where r.person_ref = any ($1::bigint[]) order by r.id`,
  },
  {
    name: 'shelters',
    text: `select sheltered_at as "since", ended_at as "until" from warehouse.sheltered_person where person_ref = any ($1::bigint[]) order by id`,
  },
]

export async function ownRecords(db: Queryable, { text }: Kept, { personRefs, households }: Subject): Promise<Record<string, unknown>[]> {
  const refs = text.includes('$2')
    ? [personRefs, households.filter(({ to }) => to === null).map(({ householdRef }) => householdRef)]
    : [personRefs]
  return (await db.query<Record<string, unknown>>(text, refs)).rows
}
