-- Units that hold a place and whose conditions a run in force finds no longer met: since which run, and the question that a person decides.

alter table enrolment
  -- As-of date of the first run in force that found the conditions not met; null as soon as a run finds them met.
  add column unmet_since date,
  add column unmet_run uuid references run (id),
  add constraint enrolment_unmet_check check ((unmet_since is null) = (unmet_run is null) and (unmet_since is null or state in ('enrolled', 'suspended')));

alter table standing_question
  -- The run that asks; null where a re-evaluation does.
  add column run_id uuid references run (id),
  drop constraint standing_question_kind_check,
  add constraint standing_question_kind_check check (kind in ('adverse', 'undetermined', 'unit-ended', 'conditions-unmet')),
  add constraint standing_question_run_check check (kind <> 'conditions-unmet' or run_id is not null);
comment on column standing_question.decision is 'withdrawn: a later re-evaluation or run no longer takes anything away';
