-- Notices are taken by one deliverer for a time, and arise from published runs too.

alter table person_notice drop constraint person_notice_kind_check;
alter table person_notice
  alter column snapshot_id drop not null,
  add check (kind in ('registered', 'determined', 'selected')),
  -- Of a notice that a run's publication gave rise to. No reference: a nation's notices would each look the run up, and runs are never deleted.
  add column run_id uuid,
  add column programme text,
  -- When somebody may take it; later for as long as a deliverer holds it, or is to wait.
  add column free_from timestamptz not null default now(),
  -- The word by which the deliverer that took it last speaks of it.
  add column taken_as uuid,
  add column taken_by text,
  add check (num_nonnulls(snapshot_id, run_id) = 1),
  add check ((kind = 'selected') = (programme is not null)),
  add check (kind <> 'selected' or run_id is not null),
  add check (kind <> 'determined' or snapshot_id is not null),
  add check ((taken_as is null) = (taken_by is null));
update person_notice set free_from = arose_at;
create index person_notice_free on person_notice (free_from, id) where delivered_at is null;
create index person_notice_selected on person_notice (programme, run_id) where delivered_at is null and programme is not null;

-- Runs whose notices are all written: every other run that is in force, or was, is due.
create table told_run (
  run_id uuid primary key references run (id),
  told_at timestamptz not null default now(),
  notices bigint not null check (notices >= 0)
);
-- What was published before is not told now.
insert into told_run (run_id, notices) select id, 0 from run where status = 'completed';
