-- Who may enter: entities, their users, groups and systems; how they sign in; what signs the tokens of systems.

create table entity (
  id text primary key check (id ~ '^[A-Za-z][A-Za-z0-9_]{1,19}$'),
  name_en text not null check (name_en <> ''),
  name_ar text not null check (name_ar <> ''),
  kind text not null check (kind <> ''),
  -- seed and assumed: of the shipped list, which keeps them up; operator: added at run time
  origin text not null check (origin in ('seed', 'assumed', 'operator')),
  created_at timestamptz not null default now()
);
-- Two ids that differ by the case of a letter would be taken for each other.
create unique index entity_look_alike on entity (upper(id));

create table user_account (
  id uuid primary key,
  -- ASCII in lower case: two names that look alike are the same; never nine digits in a row, so never a National ID
  login text not null unique check (login ~ '^[a-z][a-z0-9._@-]{2,99}$' and login !~ '[0-9]{9}'),
  name text not null check (name <> ''),
  entity text not null references entity (id),
  roles text[] not null,
  -- where codes are sent; what the sender makes of it is its affair
  contact text not null,
  language text not null default 'ar' check (language in ('ar', 'en')),
  -- argon2id with its salt; null until the user has set one
  password_hash text check (password_hash like '$argon2id$%'),
  must_change_password boolean not null default false,
  -- sealed with the installation's secret; a secret that was not yet confirmed by a code stands aside
  totp_secret bytea,
  totp_offered bytea,
  -- the last step whose code was used: no code twice
  totp_step bigint not null default 0,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  disabled_at timestamptz
);
create index user_account_entity on user_account (entity, id);

create table user_group (
  id uuid primary key,
  entity text not null references entity (id),
  name_en text not null check (name_en <> ''),
  name_ar text not null check (name_ar <> ''),
  roles text[] not null,
  created_at timestamptz not null default now()
);
create index user_group_entity on user_group (entity, id);

create table user_group_member (
  group_id uuid not null references user_group (id) on delete cascade,
  user_id uuid not null references user_account (id),
  primary key (group_id, user_id)
);
create index user_group_member_user on user_group_member (user_id);

-- Attempts by name, whether anybody has that name or not: so strangers lock as users do. Keyed hashes, since anything may be typed as a name.
create table attempt_count (
  purpose text not null,
  key text not null,
  attempts integer not null,
  since timestamptz not null,
  locked_until timestamptz,
  primary key (purpose, key)
);
create index attempt_count_age on attempt_count (since);

create table sign_in_challenge (
  id uuid primary key,
  user_id uuid not null references user_account (id),
  method text not null check (method in ('sent', 'totp')),
  -- keyed hash of the code that was sent; null for totp
  code_hash text,
  attempts integer not null default 0,
  sends integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((method = 'sent') = (code_hash is not null))
);
create index sign_in_challenge_expiry on sign_in_challenge (expires_at);
create index sign_in_challenge_user on sign_in_challenge (user_id);

create table password_token (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  -- null for a name that nobody has: asked for in the same way, in the same time
  user_id uuid references user_account (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_token_user on password_token (user_id);
create index password_token_expiry on password_token (expires_at);

create table user_session (
  id uuid primary key,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  user_id uuid not null references user_account (id),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index user_session_user on user_session (user_id) where ended_at is null;

alter table api_key
  add column created_by text,
  add column last_used_at timestamptz,
  -- of a key that was replaced: works until then
  add column expires_at timestamptz;
create index api_key_entity on api_key (entity, id);

create table oauth_client (
  id uuid primary key,
  name text not null check (name <> ''),
  entity text not null references entity (id),
  permissions text[] not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  disabled_at timestamptz
);
create index oauth_client_entity on oauth_client (entity, id);

create table oauth_client_secret (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  client_id uuid not null references oauth_client (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index oauth_client_secret_client on oauth_client_secret (client_id);

create table signing_key (
  id uuid primary key,
  public_jwk text not null,
  -- sealed with the installation's secret
  private_jwk bytea not null,
  created_at timestamptz not null default now(),
  -- signs no more; its public half is told until the last token that it signed has ended
  retired_at timestamptz
);
create unique index signing_key_current on signing_key ((true)) where retired_at is null;
