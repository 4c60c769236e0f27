-- What programmes' own systems report back about units, and where each unit stands: only this makes a household served.

-- Every report that was accepted, as it was sent; rows are never changed.
create table enrolment_report (
  id uuid primary key,
  programme text not null,
  household_ref bigint not null,
  -- The member, in programmes that are judged per person.
  person_ref bigint,
  state text not null check (state in ('selected', 'notified', 'visited', 'enrolled', 'declined', 'suspended', 'exited')),
  effective_on date not null,
  reported_at timestamptz not null default now(),
  reported_by uuid not null references api_key (id),
  entity text not null,
  -- The report's name in the programme's own system: sent twice, it is stored once.
  reference text not null,
  reason text,
  -- False: it came late, about a day before the unit's state began, and is history only.
  applied boolean not null,
  unique (programme, reference)
);
create index enrolment_report_household on enrolment_report (household_ref, effective_on);

-- Where a unit stands now, by the reports that were applied.
create table enrolment (
  programme text not null,
  household_ref bigint not null,
  person_ref bigint,
  state text not null check (state in ('selected', 'notified', 'visited', 'enrolled', 'declined', 'suspended', 'exited')),
  since date not null,
  report_id uuid not null references enrolment_report (id),
  -- As-of date of the first run that could not determine a unit which holds a place; null as soon as one can.
  undetermined_since date check (undetermined_since is null or state in ('enrolled', 'suspended'))
);
create unique index enrolment_unit on enrolment (programme, household_ref, coalesce(person_ref, 0));
create index enrolment_household on enrolment (household_ref);

comment on column enrolment.since is 'day on which the state began, by the programme''s report';

create function refuse_enrolment_report_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was reported never changes' using errcode = 'restrict_violation';
end $$;

create trigger enrolment_report_immutable before update or delete on enrolment_report
  for each row execute function refuse_enrolment_report_change();
