-- Runs over a population, and the lists that they publish: eligible units of each programme in their order, and who was selected.

create table run (
  id uuid primary key,
  created_at timestamptz not null default now(),
  actor text not null,
  entity text not null,
  as_of date not null,
  -- The published word of the tie-break, fixed before the data are read.
  cycle text not null check (cycle <> ''),
  -- What was asked for, as canonical JSON.
  request text not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  stage text,
  done bigint not null default 0,
  total bigint not null default 0,
  version_set text references version_set (hash),
  source_set text references source_set (hash),
  snapshot text check (snapshot ~ '^[0-9a-f]{64}$'),
  -- Every hash and count, as canonical JSON, and the hash of that.
  manifest text,
  manifest_hash text check (manifest_hash ~ '^[0-9a-f]{64}$'),
  -- The stable code of what stopped it, and what it named.
  problem text,
  detail text,
  started_at timestamptz,
  finished_at timestamptz,
  check ((status = 'completed') = (manifest_hash is not null))
);
create index run_created on run (created_at desc, id);

-- One programme's list of one run. published_at is set in the transaction that makes the list visible.
create table ranked_list (
  number integer generated always as identity primary key,
  run_id uuid not null references run (id),
  programme text not null,
  unit text not null check (unit in ('household', 'person')),
  eligible bigint not null,
  selected bigint not null,
  waitlisted bigint not null,
  left_out bigint not null,
  -- Thousandths of the currency, for the targeting period.
  spent bigint not null,
  -- SHA-256 of the list's rows as they were copied, in their order.
  root_hash text not null check (root_hash ~ '^[0-9a-f]{64}$'),
  published_at timestamptz,
  -- For hand-over: when and by whom it was frozen, and the Ed25519 signature (base64) of counts and root hash.
  frozen_at timestamptz,
  frozen_by text,
  signature text,
  unique (run_id, programme),
  check (eligible = selected + waitlisted + left_out),
  check ((frozen_at is null) = (signature is null) and (frozen_at is null) = (frozen_by is null)),
  check (frozen_at is null or published_at is not null)
);

-- The list that is in force for a programme: the one pointer that a publication switches.
create table published_list (
  programme text primary key,
  list_number integer not null references ranked_list (number)
);

-- The eligible units of all lists; a partition for each list, which is filled before it is attached.
create table ranked_unit (
  list_number integer not null,
  -- Place in the programme's order, from 1.
  position integer not null check (position > 0),
  household_ref bigint not null,
  person_ref bigint,
  governorate text,
  tier smallint,
  score bigint,
  score_lo bigint,
  score_hi bigint,
  national_rank integer,
  governorate_rank integer,
  percentile smallint,
  benefit bigint,
  application_date date,
  status text not null check (status in ('selected', 'waitlisted', 'left-out')),
  reason text not null,
  depends_on_missing boolean not null,
  primary key (list_number, position)
) partition by list (list_number);
create index ranked_unit_household on ranked_unit (list_number, household_ref);
create index ranked_unit_governorate on ranked_unit (list_number, governorate, position);
create index ranked_unit_status on ranked_unit (list_number, status, position);
create index ranked_unit_person on ranked_unit (list_number, person_ref) where person_ref is not null;

comment on column ranked_unit.score is 'integer millionths of a point; score_lo and score_hi are the ends of its interval';
comment on column ranked_unit.national_rank is 'competition rank of the household by the programme''s formula over the run''s population';
comment on column ranked_unit.benefit is 'thousandths of the currency, for the targeting period';
comment on column ranked_unit.depends_on_missing is 'the unit''s selection would change at one end of its score interval: verify first';

create function refuse_list_change() returns trigger language plpgsql as $$
declare
  of_freezing constant text[] := '{frozen_at,frozen_by,signature}';
begin
  if old.published_at is null then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if tg_op = 'DELETE' or old.frozen_at is not null or to_jsonb(new) - of_freezing is distinct from to_jsonb(old) - of_freezing then
    raise exception 'a published list never changes; it can be frozen once' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger ranked_list_immutable before update or delete on ranked_list
  for each row execute function refuse_list_change();

create function refuse_unit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the units of a list never change' using errcode = 'restrict_violation';
end $$;

-- A list's partition has it from the moment it is attached; filling one is not slowed by it.
create trigger ranked_unit_immutable before update or delete on ranked_unit
  for each row execute function refuse_unit_change();
