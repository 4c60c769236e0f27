-- Runs as durable work: who asked under which key, how often each was begun, and the ticks of schedules, each taken once.

alter table run
  -- How often somebody began to perform it: what an earlier attempt still wants to say of it is not heard.
  add column attempt integer not null default 0,
  add column queued_at timestamptz not null default now(),
  add column cancel_requested_at timestamptz,
  -- The request's own key: sent again, it is the same run.
  add column key_id uuid references api_key (id),
  add column idempotency_key uuid,
  add column body_hash text,
  add check ((key_id is null) = (idempotency_key is null) and (key_id is null) = (body_hash is null));
create unique index run_idempotency on run (key_id, idempotency_key);
create index run_unfinished on run (status) where status in ('queued', 'running');

-- A moment at which a schedule fired, taken by whichever process was first.
create table job_tick (
  job text not null,
  tick timestamptz not null,
  taken_at timestamptz not null default now(),
  primary key (job, tick)
);
