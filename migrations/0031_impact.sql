-- What drafts of rules would do to the nation: kept by what was compared, so that whoever approves sees what the author saw.

create table impact (
  id uuid primary key,
  created_at timestamptz not null default now(),
  -- Of everything that the result follows from: both sets of versions, the day, the run with its snapshot and inputs.
  question text not null unique check (question ~ '^[0-9a-f]{64}$'),
  -- Who asked first, and for which entity: others who ask the same read the same result.
  actor text not null,
  entity text not null,
  run_id uuid not null references run (id),
  snapshot text not null check (snapshot ~ '^[0-9a-f]{64}$'),
  effective_from date not null,
  -- Hashes of the sets of versions without the change and with it.
  base text not null check (base ~ '^[0-9a-f]{64}$'),
  draft text not null check (draft ~ '^[0-9a-f]{64}$'),
  -- Members of the set with the change, texts of those that are stored nowhere else, and the programmes that it touches; JSON.
  change text not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed')),
  -- Exact, with the keys that disclosure control needs: never told as it stands.
  result text,
  -- The stable code of what stopped it, and everything that is in the way.
  problem text,
  errors text,
  finished_at timestamptz,
  check ((status = 'completed') = (result is not null)),
  check ((status = 'failed') = (problem is not null))
);
create index impact_unfinished on impact (actor) where status in ('queued', 'running');

create function refuse_impact_change() returns trigger language plpgsql as $$
begin
  raise exception 'a completed impact never changes' using errcode = 'restrict_violation';
end $$;

create trigger impact_immutable before update on impact
  for each row when (old.status = 'completed') execute function refuse_impact_change();
