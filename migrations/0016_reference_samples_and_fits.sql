-- Surveys whose welfare was measured, and the formulas that are fitted on them. A fit decides nothing: its draft is a text like any other.

-- Texts that never change, named by the SHA-256 of their bytes and kept in gzipped pieces, each of which can be read alone.
create table sample_content (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  bytes bigint not null
);

create table sample_content_part (
  hash text not null references sample_content (hash),
  part integer not null,
  gzipped bytea not null,
  primary key (hash, part)
);

create table reference_sample (
  id uuid primary key,
  created_at timestamptz not null default now(),
  -- Whose key declared it, and for which entity.
  actor text not null,
  entity text not null,
  name text not null,
  -- Where it comes from, as a publication would cite it.
  source text not null,
  -- Errors that are measured on an invented sample say nothing about anybody.
  synthetic boolean not null,
  -- What its columns mean, as canonical JSON.
  columns text not null,
  stored_at timestamptz,
  -- The rows without a fault, of declared columns alone; and line and reasons of the others, never their cells.
  content_hash text references sample_content (hash),
  faults_hash text references sample_content (hash),
  -- Of the file as it was sent.
  file_hash text check (file_hash ~ '^[0-9a-f]{64}$'),
  file_bytes bigint,
  rows_used integer,
  rows_faulty integer,
  -- Faults counted by column and reason, as JSON.
  fault_counts text,
  -- Of the catalogue by which it was read.
  version_set text,
  check (num_nulls(stored_at, content_hash, faults_hash, file_hash, file_bytes, rows_used, rows_faulty, fault_counts, version_set) in (0, 9))
);
create index reference_sample_created on reference_sample (entity, created_at desc, id);
create index reference_sample_awaiting on reference_sample (actor) where stored_at is null;

create table fit (
  id uuid primary key,
  created_at timestamptz not null default now(),
  actor text not null,
  entity text not null,
  name text not null,
  sample_id uuid not null references reference_sample (id),
  -- Target, candidate terms, standard errors, folds and targeting, as canonical JSON.
  request text not null,
  -- Pinned when it was asked for: the catalogue and the shared conditions.
  version_set text not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  stage text,
  done bigint not null default 0,
  total bigint not null default 0,
  attempt integer not null default 0,
  -- Every hash that it was computed from and that of the result, as canonical JSON, and the hash of that.
  manifest text,
  manifest_hash text check (manifest_hash ~ '^[0-9a-f]{64}$'),
  result text,
  -- The stable code of what stopped it, what it named, and every fault of the request.
  problem text,
  detail text,
  errors text,
  finished_at timestamptz,
  key_id uuid references api_key (id),
  idempotency_key uuid,
  body_hash text,
  check ((status = 'completed') = (manifest_hash is not null)),
  check ((status = 'completed') = (result is not null)),
  check ((key_id is null) = (idempotency_key is null) and (key_id is null) = (body_hash is null))
);
create index fit_created on fit (entity, created_at desc, id);
create unique index fit_idempotency on fit (key_id, idempotency_key);
create index fit_unfinished on fit (actor) where status in ('queued', 'running');

create function refuse_fit_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was stored of a sample or fitted never changes' using errcode = 'restrict_violation';
end $$;

create trigger sample_content_immutable before update or delete on sample_content
  for each row execute function refuse_fit_change();
create trigger sample_content_part_immutable before update or delete on sample_content_part
  for each row execute function refuse_fit_change();
create trigger reference_sample_immutable before update or delete on reference_sample
  for each row when (old.stored_at is not null) execute function refuse_fit_change();
create trigger fit_immutable before update or delete on fit
  for each row when (old.status = 'completed') execute function refuse_fit_change();
