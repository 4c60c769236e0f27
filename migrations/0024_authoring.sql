-- Authoring: drafts, what was submitted together (a change set), who approved it and what was said; and no two versions of one object on one day.

-- One draft per author and object. Its text may change until its change set is decided; a text of null takes the object out of force.
create table version_draft (
  author text not null check (author <> ''),
  kind text not null check (kind in ('codeLists', 'catalogue', 'definition', 'parameter', 'formula', 'rule', 'programme', 'cases')),
  id text not null check (id <> ''),
  source text,
  -- SHA-256 of the text as it is written: what If-Match names.
  etag text not null check (etag ~ '^[0-9a-f]{64}$'),
  change_set uuid,
  changed_at timestamptz not null default now(),
  primary key (author, kind, id)
);
create index version_draft_change_set on version_draft (change_set) where change_set is not null;

create table change_set (
  id uuid primary key,
  title text not null check (title <> ''),
  author text not null,
  author_name text not null,
  author_entity text not null,
  effective_from date not null,
  -- SHA-256 of the RFC 8785 form of its objects, their hashes and the date: what is approved.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  -- Each of these entities has to approve; empty for any other person.
  required text[] not null,
  status text not null check (status in ('submitted', 'approved', 'rejected', 'withdrawn', 'scheduled', 'in-force')),
  submitted_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (id, author, hash)
);
create index change_set_status on change_set (status, effective_from);

alter table version_draft add foreign key (change_set) references change_set (id);

create table change_set_text (
  change_set uuid not null references change_set (id),
  kind text not null,
  id text not null,
  -- Null where the object is taken out of force.
  hash text check (hash ~ '^[0-9a-f]{64}$'),
  source text,
  primary key (change_set, kind, id),
  check ((hash is null) = (source is null))
);

-- The second wall of four eyes: nobody approves what is his own, nor anything but the submitted hash, nor twice for one entity.
create table change_set_approval (
  change_set uuid not null,
  author text not null,
  hash text not null,
  approver text not null,
  approver_name text not null,
  entity text not null,
  approved_at timestamptz not null default now(),
  primary key (change_set, approver),
  unique (change_set, entity),
  foreign key (change_set, author, hash) references change_set (id, author, hash),
  check (approver <> author)
);

create table change_set_comment (
  id uuid primary key,
  change_set uuid not null references change_set (id),
  author text not null,
  author_name text not null,
  entity text not null,
  body text not null check (body <> ''),
  written_at timestamptz not null default now()
);
create index change_set_comment_of on change_set_comment (change_set, id);

create function refuse_change_set_change() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or (new.id, new.title, new.author, new.author_name, new.author_entity, new.effective_from, new.hash, new.required, new.submitted_at)
     is distinct from (old.id, old.title, old.author, old.author_name, old.author_entity, old.effective_from, old.hash, old.required, old.submitted_at) then
    raise exception 'what was submitted never changes' using errcode = 'restrict_violation';
  end if;
  -- From left to right only: an approval is never taken up again once it is gone.
  if new.status <> old.status and (old.status, new.status) not in (
       ('submitted', 'approved'), ('submitted', 'rejected'), ('submitted', 'withdrawn'), ('approved', 'withdrawn'),
       ('approved', 'scheduled'), ('approved', 'in-force'), ('scheduled', 'in-force'), ('scheduled', 'withdrawn')) then
    raise exception 'a change set does not go from % to %', old.status, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create function refuse_authoring_record_change() returns trigger language plpgsql as $$
begin
  raise exception 'texts, approvals and comments of a change set never change' using errcode = 'restrict_violation';
end $$;

create trigger change_set_immutable before update or delete on change_set
  for each row execute function refuse_change_set_change();
create trigger change_set_text_immutable before update or delete on change_set_text
  for each row execute function refuse_authoring_record_change();
create trigger change_set_approval_immutable before update or delete on change_set_approval
  for each row execute function refuse_authoring_record_change();
create trigger change_set_comment_immutable before update or delete on change_set_comment
  for each row execute function refuse_authoring_record_change();
create trigger change_set_kept before truncate on change_set
  for each statement execute function refuse_authoring_record_change();

-- Rules and formulas hold side by side, and programmes name one by its number; of everything else one version holds on a day.
create function refuse_version_overlap() returns trigger language plpgsql as $$
begin
  if new.status = 'active' and new.kind not in ('rule', 'formula') and exists (
    select from object_version o
    where o.kind = new.kind and o.id = new.id and o.version <> new.version and o.status = 'active'
      and daterange(o.effective_from, o.effective_to) && daterange(new.effective_from, new.effective_to)
  ) then
    raise exception 'two versions of % % would be in force on one day', new.kind, new.id using errcode = 'exclusion_violation';
  end if;
  return null;
end $$;

create trigger object_version_no_overlap after insert or update on object_version
  for each row execute function refuse_version_overlap();

-- What was decided under a superseded rule is listed by programme, in the order of time.
create index determination_programme on determination (programme, id);
