-- Whom a run over registrants is about, and through which entity each of them came: households that applied, and households that a programme
-- reported about. A person who is reported about brings the household that he or she lives in now, whichever it was then. Repeats are left in.
create view registrant with (security_invoker = true) as
select a.household_ref, k.entity from application a join api_key k on k.id = a.key_id where a.household_ref is not null
union all
select e.household_ref, r.entity from enrolment e join enrolment_report r on r.id = e.report_id
union all
select m.household_ref, r.entity
from enrolment e
join enrolment_report r on r.id = e.report_id
join household_member m on m.person_ref = e.person_ref and (m.valid_to is null or m.valid_to > current_date);

comment on view registrant is 'households that applied, or that a programme reported about';
