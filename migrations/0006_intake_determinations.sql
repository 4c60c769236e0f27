-- Applications as they came in, and what was determined: facts, versions and traces, from which explanations are rendered when read.

create table application (
  id uuid primary key,
  received_at timestamptz not null default now(),
  key_id uuid not null references api_key (id),
  form text not null,
  form_version integer not null,
  -- determined, or why it could not be: person-not-found, person-deceased, household-not-found, households-several
  status text not null,
  applicant_ref bigint,
  household_ref bigint,
  -- The answer that was given, byte for byte; a retry gets the same. It holds person references, never a National ID.
  answer text not null
);
create index application_household on application (household_ref) where household_ref is not null;

-- Insert-first under this key makes a retry find the first answer, whoever comes at the same time.
create table idempotency_key (
  key_id uuid not null references api_key (id),
  key uuid not null,
  body_hash text not null,
  application_id uuid not null unique references application (id) deferrable initially deferred,
  primary key (key_id, key)
);

-- The body of an application that named a number the vault did not know, or could not be tied to one household: kept inside the
-- vault, because it holds National IDs, so that the case can be settled later.
create table identity.unresolved_application (
  application_id uuid primary key references application (id),
  body text not null
);

-- Where each registry stood, by content: the same for every household between two loads.
create table source_set (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  sources text not null
);

-- One household's facts as they were read: (lo, hi) of every fact of the household and of each member.
create table fact_snapshot (
  id uuid primary key,
  created_at timestamptz not null default now(),
  household_ref bigint not null,
  as_of date not null,
  version_set text not null references version_set (hash),
  source_set text not null references source_set (hash),
  -- Whose number was given: the reader of explanations unless another member is named.
  asked_ref bigint not null,
  -- The application whose declared answers were used.
  declared_by uuid references application (id) deferrable initially deferred,
  facts text not null,
  facts_hash text not null check (facts_hash ~ '^[0-9a-f]{64}$')
);
create index fact_snapshot_household on fact_snapshot (household_ref);

create table determination (
  id uuid primary key,
  created_at timestamptz not null default now(),
  snapshot_id uuid not null references fact_snapshot (id),
  application_id uuid references application (id) deferrable initially deferred,
  programme text not null,
  -- The member, for programmes that are judged per person.
  person_ref bigint,
  outcome text not null check (outcome in ('eligible', 'ineligible', 'undetermined', 'withheld')),
  -- Canonical JSON of outcome, trace, missing facts, score and versions: what a replay must give again, byte for byte.
  body text not null,
  body_hash text not null check (body_hash ~ '^[0-9a-f]{64}$')
);
create index determination_snapshot on determination (snapshot_id);
create index determination_application on determination (application_id) where application_id is not null;

-- Declared and administrative values that differ, members that do not match: questions for a person, never a refusal.
create table open_question (
  id uuid primary key,
  application_id uuid not null references application (id),
  kind text not null,
  fact text,
  person_ref bigint,
  declared text,
  administrative text,
  opened_at timestamptz not null default now(),
  settled_at timestamptz
);
create index open_question_application on open_question (application_id);

create function refuse_determination_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was determined never changes' using errcode = 'restrict_violation';
end $$;

create trigger determination_immutable before update or delete on determination
  for each row execute function refuse_determination_change();
create trigger fact_snapshot_immutable before update or delete on fact_snapshot
  for each row execute function refuse_determination_change();
create trigger source_set_immutable before update or delete on source_set
  for each row execute function refuse_determination_change();
