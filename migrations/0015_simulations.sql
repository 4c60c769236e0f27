-- What analysts ask of a nation in memory: nothing here can reach a list, an enrolment or a payment.

create table simulation (
  id uuid primary key,
  created_at timestamptz not null default now(),
  -- Whose key asked, and for which entity.
  actor text not null,
  entity text not null,
  name text not null,
  -- What was asked for, as canonical JSON.
  request text not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  stage text,
  done bigint not null default 0,
  total bigint not null default 0,
  -- How often somebody began to perform it: what an earlier attempt still wants to say of it is not heard.
  attempt integer not null default 0,
  -- The run whose snapshot and inputs it reads; fixed by the first attempt.
  run_id uuid references run (id),
  -- Every hash that it was computed from and that of the result, as canonical JSON, and the hash of that.
  manifest text,
  manifest_hash text check (manifest_hash ~ '^[0-9a-f]{64}$'),
  -- Exact, with the keys that disclosure control needs: never told as it stands.
  result text,
  -- The stable code of what stopped it, what it named, and every fault of its scenarios.
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
create index simulation_created on simulation (created_at desc, id);
create unique index simulation_idempotency on simulation (key_id, idempotency_key);
create index simulation_unfinished on simulation (actor) where status in ('queued', 'running');

create function refuse_simulation_change() returns trigger language plpgsql as $$
begin
  raise exception 'a completed simulation never changes' using errcode = 'restrict_violation';
end $$;

create trigger simulation_immutable before update on simulation
  for each row when (old.status = 'completed') execute function refuse_simulation_change();
