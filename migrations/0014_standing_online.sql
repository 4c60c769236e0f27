-- What a determination of one household reads of programmes and runs: who of its members is enrolled.

create index enrolment_person on enrolment (person_ref) where person_ref is not null;

-- The ranking of a run's population by one formula: every score, so that any score's place among them can be told. Written by the transaction
-- that publishes the run.
create table run_ranking (
  number integer generated always as identity primary key,
  run_id uuid not null references run (id),
  -- Of the formula's version: scores of another one are not comparable.
  formula_hash text not null check (formula_hash ~ '^[0-9a-f]{64}$'),
  -- Those with a point score.
  households bigint not null check (households > 0),
  -- SHA-256 of the blocks as they were copied, in their order.
  root_hash text not null check (root_hash ~ '^[0-9a-f]{64}$'),
  unique (run_id, formula_hash)
);

-- About a thousand scores, of the poorest first. A score here is negated where the higher is the poorer, so that less is always poorer.
create table ranking_block (
  ranking integer not null references run_ranking (number),
  -- The first of the scores.
  poorest bigint not null,
  -- Households of the blocks before.
  before bigint not null,
  scores bigint[] not null,
  primary key (ranking, poorest, before)
);

-- The rankings of the run that was published last over the whole country: what a publication switches.
create table published_ranking (
  formula_hash text primary key,
  ranking integer not null references run_ranking (number)
);

create function refuse_ranking_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ranking of a published run never changes' using errcode = 'restrict_violation';
end $$;

create trigger run_ranking_immutable before update or delete on run_ranking
  for each row execute function refuse_ranking_change();
create trigger ranking_block_immutable before update or delete on ranking_block
  for each row execute function refuse_ranking_change();
