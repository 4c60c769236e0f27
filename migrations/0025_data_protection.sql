-- Data protection (Law 24/2023): breaches, what persons ask about their data, notices to them, and whose address is kept from others.

-- A breach as it was found; what is learned and done later are entries. Nothing of it changes.
create table data_breach (
  id uuid primary key,
  discovered_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  recorded_by text not null,
  entity text not null,
  summary text not null check (summary <> ''),
  source text not null check (source <> ''),
  registries text[] not null,
  check (discovered_at <= recorded_at)
);
create index data_breach_discovered on data_breach (discovered_at desc, id);
comment on column data_breach.source is 'where it came from and how it went, as the Unit is told';

create table data_breach_entry (
  id uuid primary key,
  breach_id uuid not null references data_breach (id),
  kind text not null check (kind in ('assessed', 'contained', 'persons-notified', 'unit-notified', 'noted', 'closed')),
  -- When it was done, which is not always when it was written down.
  at timestamptz not null,
  recorded_at timestamptz not null default now(),
  recorded_by text not null,
  entity text not null,
  text text not null check (text <> ''),
  -- Of an assessment.
  serious boolean,
  persons_affected bigint check (persons_affected >= 0),
  check ((kind = 'assessed') = (serious is not null)),
  check (at <= recorded_at)
);
create index data_breach_entry_of on data_breach_entry (breach_id, id);
comment on column data_breach_entry.serious is 'could do the persons great harm: then they and the Unit must be told (article 20)';

-- An objection to a processing, or a correction of a value; a correction goes to the custodian of the column and changes no registry by itself.
create table subject_request (
  id uuid primary key,
  kind text not null check (kind in ('objection', 'correction')),
  person_ref bigint not null,
  -- Objections: the record of processing. Corrections: registry and column.
  processing text,
  registry text,
  column_name text,
  -- What the person says, and the value that the person holds to be right.
  statement text not null check (statement <> ''),
  claimed text,
  responsible text not null,
  received_at timestamptz not null default now(),
  received_by text not null,
  entity text not null,
  due_on date not null,
  status text not null check (status in ('received', 'accepted', 'refused', 'carried-out', 'withdrawn')),
  changed_at timestamptz not null default now(),
  check ((kind = 'objection') = (processing is not null)),
  check ((kind = 'correction') = (registry is not null and column_name is not null))
);
create index subject_request_person on subject_request (person_ref);
create index subject_request_responsible on subject_request (responsible, id);
create index subject_request_open on subject_request (due_on) where status in ('received', 'accepted');
comment on column subject_request.entity is 'through which the person asked';

create table subject_request_step (
  id uuid primary key,
  request_id uuid not null references subject_request (id),
  status text not null,
  taken_at timestamptz not null default now(),
  taken_by text not null,
  entity text not null,
  reason text not null check (reason <> '')
);
create index subject_request_step_of on subject_request_step (request_id, id);

-- From left to right only, and nothing but the status.
create function refuse_subject_request_change() returns trigger language plpgsql as $$
begin
  if (new.id, new.kind, new.processing, new.registry, new.column_name, new.statement, new.claimed, new.responsible, new.received_at, new.received_by, new.entity, new.due_on)
     is distinct from (old.id, old.kind, old.processing, old.registry, old.column_name, old.statement, old.claimed, old.responsible, old.received_at, old.received_by, old.entity, old.due_on) then
    raise exception 'what a person asked never changes' using errcode = 'restrict_violation';
  end if;
  if new.status <> old.status and (old.status, new.status) not in (
       ('received', 'accepted'), ('received', 'refused'), ('received', 'withdrawn'), ('accepted', 'carried-out'), ('accepted', 'withdrawn')) then
    raise exception 'a request does not go from % to %', old.status, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger subject_request_immutable before update on subject_request
  for each row execute function refuse_subject_request_change();

create function refuse_protection_record_change() returns trigger language plpgsql as $$
begin
  -- Retention deletes what is past its time, and says so in an audit event.
  if tg_op = 'DELETE' and current_setting('mizan.retention', true) = 'on' then
    return old;
  end if;
  raise exception 'records of data protection are only ever added' using errcode = 'restrict_violation';
end $$;
create trigger data_breach_immutable before update or delete on data_breach
  for each row execute function refuse_protection_record_change();
create trigger data_breach_entry_immutable before update or delete on data_breach_entry
  for each row execute function refuse_protection_record_change();
create trigger subject_request_step_immutable before update or delete on subject_request_step
  for each row execute function refuse_protection_record_change();
create trigger data_breach_kept before truncate on data_breach
  for each statement execute function refuse_protection_record_change();
create trigger data_breach_entry_kept before truncate on data_breach_entry
  for each statement execute function refuse_protection_record_change();

-- Notices that are due to adult members, written with what they speak of. Of each kind one waits per person: the latest stands for all before.
create table person_notice (
  id uuid primary key,
  kind text not null check (kind in ('registered', 'determined')),
  person_ref bigint not null,
  household_ref bigint not null,
  -- The snapshot whose determinations it tells of.
  snapshot_id uuid not null,
  arose_at timestamptz not null default now(),
  delivered_at timestamptz,
  delivered_by text,
  channel text check (channel in ('letter', 'message', 'in-person', 'portal')),
  check (num_nulls(delivered_at, delivered_by, channel) in (0, 3))
);
create index person_notice_waiting on person_notice (person_ref, kind) where delivered_at is null;
create index person_notice_due on person_notice (id) where delivered_at is null;
create index person_notice_person on person_notice (person_ref);
create index person_notice_delivered on person_notice (delivered_at) where delivered_at is not null;

-- Whose address is kept from others, by an officer's word; registries that say so by their own rows are named beside it.
create table warehouse.sheltered_person (
  id uuid primary key,
  person_ref bigint not null,
  sheltered_at timestamptz not null default now(),
  sheltered_by text not null,
  entity text not null,
  ended_at timestamptz,
  ended_by text,
  check ((ended_at is null) = (ended_by is null))
);
create index sheltered_person_in_force on warehouse.sheltered_person (person_ref) where ended_at is null;
comment on table warehouse.sheltered_person is 'no reason is kept: where the table leaks it must not tell why';

-- Rows of a registry that mean the same: its definition''s `shelters`, column to code. The view below is written anew from these.
create table warehouse.shelter_source (
  registry text primary key,
  codes jsonb not null
);

create view warehouse.sheltered as
  select person_ref from warehouse.sheltered_person where ended_at is null;

-- What was determined may be deleted by retention, and by nothing else: superseded, and past its time.
create or replace function refuse_determination_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('mizan.retention', true) = 'on' then
    return old;
  end if;
  raise exception 'what was determined never changes' using errcode = 'restrict_violation';
end $$;
