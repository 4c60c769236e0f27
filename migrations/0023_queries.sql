-- Queries that entities saved: who may call them, and their versions, which never change.

create table saved_query (
  id uuid primary key,
  entity text not null check (entity <> ''),
  created_by text not null check (created_by <> ''),
  created_at timestamptz not null default now(),
  -- Anyone of the entity may read and call it; otherwise its author, and `callers` may call it.
  shared boolean not null default false,
  callers text[] not null default '{}',
  -- Of one caller; null: the service's own limit.
  calls_per_minute integer check (calls_per_minute > 0),
  archived_at timestamptz
);
create index saved_query_entity on saved_query (entity, id);

create table saved_query_version (
  query_id uuid not null references saved_query (id),
  version integer not null check (version > 0),
  -- Canonical JSON: what the hash is of, byte for byte.
  definition text not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  saved_by text not null check (saved_by <> ''),
  saved_at timestamptz not null default now(),
  -- What a search looks through.
  words text not null generated always as (lower(
    (definition::jsonb #>> '{name,en}') || ' ' || (definition::jsonb #>> '{name,ar}') || ' ' ||
    coalesce(definition::jsonb #>> '{description,en}', '') || ' ' || coalesce(definition::jsonb #>> '{description,ar}', ''))) stored,
  primary key (query_id, version)
);

create function refuse_query_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'a saved version never changes' using errcode = 'restrict_violation';
end $$;
create trigger saved_query_version_stays before update or delete or truncate on saved_query_version
  for each statement execute function refuse_query_version_change();

-- Persons who applied, with a determination for one of the programmes. Whoever may read applicants' rows asks this and not the tables.
create function applicants_of(programmes text[]) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
  select distinct a.applicant_ref from application a join determination d on d.application_id = a.id
  where a.applicant_ref is not null and d.programme = any (programmes)
$$;
revoke execute on function applicants_of(text[]) from public;
create index application_applicant on application (applicant_ref) where applicant_ref is not null;
