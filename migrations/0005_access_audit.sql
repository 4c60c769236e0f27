-- Who may do what (keys), and what was done (audit events, chained by hash).

create table api_key (
  id uuid primary key,
  name text not null check (name <> ''),
  entity text not null check (entity <> ''),
  -- SHA-256 of the key: its 256 random bits need no slow hash; the key itself is shown once and kept nowhere.
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  permissions text[] not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

comment on column api_key.entity is 'the organisation that asks, as it is named in audit events';

-- An event is written by the request's own transaction. Its body is canonical JSON and the only text that is hashed; the columns are read out of it.
create table audit_event (
  id uuid primary key,
  recorded_at timestamptz not null default now(),
  body text not null,
  action text generated always as ((body::jsonb) ->> 'action') stored not null,
  actor text generated always as ((body::jsonb) ->> 'actor') stored not null,
  person_ref bigint generated always as (((body::jsonb) ->> 'personRef')::bigint) stored,
  household_ref bigint generated always as (((body::jsonb) ->> 'householdRef')::bigint) stored
);

create index audit_event_person on audit_event (person_ref) where person_ref is not null;
create index audit_event_household on audit_event (household_ref) where household_ref is not null;

-- Events not yet in the chain; the sequencer empties it.
create table audit_pending (
  event_id uuid primary key references audit_event (id)
);

-- The chain: hash = SHA-256(prev_hash || id || body). One writer by lock; a fork is impossible by the second wall, unique (prev_hash).
create table audit_link (
  seq bigint primary key check (seq > 0),
  event_id uuid not null unique references audit_event (id),
  prev_hash text not null unique,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  chained_at timestamptz not null default now()
);

create function audit_event_waits() returns trigger language plpgsql as $$
begin
  insert into audit_pending (event_id) values (new.id);
  return null;
end $$;

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit events are only ever added' using errcode = 'restrict_violation';
end $$;

create trigger audit_event_waits after insert on audit_event for each row execute function audit_event_waits();
create trigger audit_event_immutable before update or delete on audit_event for each row execute function refuse_audit_change();
create trigger audit_event_kept before truncate on audit_event for each statement execute function refuse_audit_change();
create trigger audit_link_immutable before update or delete on audit_link for each row execute function refuse_audit_change();
create trigger audit_link_kept before truncate on audit_link for each statement execute function refuse_audit_change();
