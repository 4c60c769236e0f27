-- Public keys of those who deliver letters to persons: a letter is sealed for one of them, so that whoever asks for it cannot read it.
create table letter_delivery_key (
  id uuid primary key,
  -- Who delivers: never the organisation that asks for the letter.
  entity text collate "C" not null check (entity <> ''),
  name_en text not null check (name_en <> ''),
  name_ar text not null check (name_ar <> ''),
  -- EC P-256 (RFC 7517); the private key is not here.
  public_x text not null check (public_x ~ '^[A-Za-z0-9_-]{43}$'),
  public_y text not null check (public_y ~ '^[A-Za-z0-9_-]{43}$'),
  added_by text not null check (added_by <> ''),
  added_at timestamptz not null default now(),
  revoked_by text check (revoked_by <> ''),
  revoked_at timestamptz,
  check ((revoked_by is null) = (revoked_at is null))
);

create function refuse_letter_key_change() returns trigger language plpgsql as $$
declare
  steps constant text[] := '{revoked_by,revoked_at}';
begin
  if tg_op <> 'UPDATE' or to_jsonb(new) - steps is distinct from to_jsonb(old) - steps or old.revoked_at is not null then
    raise exception 'a delivery key is revoked once, and otherwise never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger letter_delivery_key_stays before update or delete on letter_delivery_key for each row execute function refuse_letter_key_change();
