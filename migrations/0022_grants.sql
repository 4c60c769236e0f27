-- What entities may read of others' registries and facts, by whose decision; and the logins through which PostgreSQL holds the same.

create table data_grant (
  id uuid primary key,
  consumer text collate "C" not null check (consumer <> ''),
  -- Whose data they are: its people decide.
  custodian text collate "C" not null check (custodian <> ''),
  -- Columns of this registry; null: facts.
  registry text collate "C" check (registry <> ''),
  row_scope text collate "C" check (row_scope in ('none', 'person', 'applicants', 'listing')),
  programmes text[],
  -- Of facts: a rule may use them and nobody sees the value.
  decide_only boolean not null default false,
  purpose text not null check (purpose <> ''),
  legal_basis text not null check (legal_basis <> ''),
  illustrative boolean not null default false,
  -- The days on which it holds: from this one until before that one.
  valid_from date not null,
  valid_to date check (valid_to > valid_from),
  status text collate "C" not null default 'requested' check (status in ('requested', 'approved', 'rejected', 'revoked')),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz not null default now(),
  decided_by text check (decided_by <> ''),
  decided_at timestamptz,
  decision_note text,
  revoked_by text check (revoked_by <> ''),
  revoked_at timestamptz,
  revocation_note text,
  -- Two pairs of eyes, whatever the service thinks.
  constraint decided_by_somebody_else check (decided_by <> requested_by),
  check ((registry is null) = (row_scope is null)),
  check ((row_scope is not distinct from 'applicants') = (programmes is not null)),
  check (programmes is null or cardinality(programmes) > 0),
  check (registry is null or not decide_only),
  check ((status = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  check ((status = 'revoked') = (revoked_by is not null) and (revoked_by is null) = (revoked_at is null))
);
create index data_grant_consumer on data_grant (consumer, status);
create index data_grant_custodian on data_grant (custodian, status);
comment on column data_grant.row_scope is 'none: aggregates alone; person: rows of a person whose number is given; applicants: also of who applied to the programmes; listing: any';

-- The columns or facts of a grant; one may be taken back while the others stay.
create table data_grant_item (
  grant_id uuid not null references data_grant (id),
  item text collate "C" not null check (item <> ''),
  revoked_by text check (revoked_by <> ''),
  revoked_at timestamptz,
  primary key (grant_id, item),
  check ((revoked_by is null) = (revoked_at is null))
);

-- Counts whatever changes an entity's rights, by trigger: what was read under one stamp holds while the stamp stands.
create table data_grant_stamp (
  consumer text collate "C" primary key,
  stamp bigint not null
);

create function count_grant_change() returns trigger language plpgsql as $$
declare
  touched text;
begin
  if tg_table_name = 'data_grant' then touched := new.consumer;
  else select consumer into touched from data_grant where id = new.grant_id;
  end if;
  insert into data_grant_stamp (consumer, stamp) values (touched, 1)
    on conflict (consumer) do update set stamp = data_grant_stamp.stamp + 1;
  return null;
end $$;
create trigger data_grant_counted after insert or update on data_grant for each row execute function count_grant_change();
create trigger data_grant_item_counted after insert or update on data_grant_item for each row execute function count_grant_change();

-- History is kept: a grant is decided once and revoked once, and what it says never changes.
create function refuse_grant_change() returns trigger language plpgsql as $$
declare
  steps constant text[] := '{status,decided_by,decided_at,decision_note,revoked_by,revoked_at,revocation_note}';
begin
  if tg_op <> 'UPDATE' or to_jsonb(new) - steps is distinct from to_jsonb(old) - steps
    or old.status in ('rejected', 'revoked')
    or (old.status = 'requested' and new.status not in ('approved', 'rejected'))
    or (old.status = 'approved' and (new.status <> 'revoked' or new.decided_by <> old.decided_by or new.decided_at <> old.decided_at))
  then raise exception 'grants are decided once and revoked once, and otherwise never change' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger data_grant_stays before update or delete on data_grant for each row execute function refuse_grant_change();

create function refuse_grant_item_change() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or new.grant_id <> old.grant_id or new.item <> old.item or old.revoked_at is not null then
    raise exception 'a column or fact of a grant is revoked once, and otherwise never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger data_grant_item_stays before update or delete on data_grant_item for each row execute function refuse_grant_item_change();

create function refuse_grant_truncation() returns trigger language plpgsql as $$
begin
  raise exception 'the history of grants is kept' using errcode = 'restrict_violation';
end $$;
create trigger data_grant_kept before truncate on data_grant for each statement execute function refuse_grant_truncation();
create trigger data_grant_item_kept before truncate on data_grant_item for each statement execute function refuse_grant_truncation();

-- The login of each entity that was ever granted something, and what its views were last made from.
create table entity_login (
  entity text collate "C" primary key,
  -- Also the name of the schema that holds its views.
  role text collate "C" not null unique,
  -- Of the password: logins are made anew by an installation with another secret.
  password_hash text not null,
  -- Seals the reference of the person whom a transaction is about.
  person_key bytea not null check (octet_length(person_key) = 32),
  -- Programmes whose applicants it may read.
  programmes text[] not null default '{}',
  stamp bigint not null,
  -- The first day on which other grants hold, by their dates alone.
  good_until date
);
comment on table entity_login is 'PostgreSQL''s side of the grants: docs/explanation/grants.md';

-- The person whom the transaction is about, or null: sealed, so that whatever runs on the connection cannot choose another.
create function person_asked() returns bigint
language sql stable security definer set search_path = pg_catalog as $$
  select case when given ~ '^[0-9]{1,18}[.][0-9a-f]{64}$'
      and split_part(given, '.', 2) = encode(sha256(l.person_key || sha256(l.person_key || convert_to(split_part(given, '.', 1), 'UTF8'))), 'hex')
    then split_part(given, '.', 1)::bigint end
  from (select current_setting('mizan.person', true) as given) s, public.entity_login l
  where l.role = session_user
$$;
revoke execute on function person_asked() from public;

revoke create on schema public from public;
