-- Versions of everything that decides: registry definitions, catalogue, definitions, parameters, formulas, rules, programmes and their cases.
-- The source text is kept byte for byte (jsonb would rewrite it); the hash is SHA-256 of its RFC 8785 form.

create table object_version (
  kind text not null check (kind in ('registry', 'codeLists', 'catalogue', 'definition', 'parameter', 'formula', 'rule', 'programme', 'cases')),
  id text not null check (id <> ''),
  version integer not null check (version > 0),
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  source text not null,
  effective_from date not null default '0001-01-01',
  effective_to date,
  status text not null check (status in ('draft', 'submitted', 'approved', 'active', 'retired', 'rejected')),
  origin text not null,
  created_at timestamptz not null default now(),
  primary key (kind, id, version),
  check (effective_to is null or effective_to > effective_from)
);

create index object_version_hash on object_version (hash);
create index object_version_in_force on object_version (status, effective_from);

comment on table object_version is 'Versioned objects; a submitted version never changes, only its status and its end do.';
comment on column object_version.origin is 'shipped (a file of the product) or the reference of whoever wrote it';

create function refuse_version_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    raise exception 'versions are never removed' using errcode = 'restrict_violation';
  end if;
  if old.status = 'draft' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if tg_op = 'DELETE' then
    raise exception 'a submitted version is never removed' using errcode = 'restrict_violation';
  end if;
  if (new.kind, new.id, new.version, new.hash, new.source, new.effective_from, new.origin, new.created_at)
     is distinct from (old.kind, old.id, old.version, old.hash, old.source, old.effective_from, old.origin, old.created_at)
     or new.status = 'draft' then
    raise exception 'a submitted version never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger object_version_immutable before update or delete on object_version
  for each row execute function refuse_version_change();
create trigger object_version_kept before truncate on object_version
  for each statement execute function refuse_version_change();

-- Counts changes of versions, so that a service knows with one small read whether what it compiled is still what is in force.
create table object_version_stamp (
  only_one boolean primary key default true check (only_one),
  changes bigint not null
);
insert into object_version_stamp (changes) values (0);

create function count_version_change() returns trigger language plpgsql as $$
begin
  update object_version_stamp set changes = changes + 1;
  return null;
end $$;

create trigger object_version_counted after insert or update or delete on object_version
  for each statement execute function count_version_change();

-- Sets of versions by content: what a determination used is one hash, however many versions there are.
create table version_set (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  members text not null
);

create function refuse_version_set_change() returns trigger language plpgsql as $$
begin
  raise exception 'version sets never change' using errcode = 'restrict_violation';
end $$;

create trigger version_set_immutable before update or delete on version_set
  for each row execute function refuse_version_set_change();
create trigger version_set_kept before truncate on version_set
  for each statement execute function refuse_version_set_change();
