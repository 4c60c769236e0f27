-- What a determination of one household reads of programmes and runs: who of its members is enrolled.

create index enrolment_person on enrolment (person_ref) where person_ref is not null;
