-- Which units of a list have a trait that it can be filtered by: bits and places by position, instead of an index for every column.
-- Any filters at once are then the bits that they have in common; an index finds one of them, and goes through it for the others.

create table listed_trait (
  list_number integer not null references ranked_list (number),
  -- The filter and its value, as in 'governorate:11'.
  trait text not null,
  -- Positions from 65536 × block + 1 on.
  block integer not null check (block >= 0),
  -- Two bytes for the place of each unit within the block, ascending, while they are fewer than 4096; else a bit for every unit.
  places bytea check (octet_length(places) between 2 and 8190),
  bits bytea check (octet_length(bits) = 8192),
  primary key (list_number, trait, block),
  check ((places is null) <> (bits is null))
);
-- Read in a millisecond or not at all: nothing is gained by packing them tighter.
alter table listed_trait alter column places set storage external, alter column bits set storage external;
comment on table listed_trait is 'made of the units of a list when it is filled: what its pages are filtered by';

-- Lists that were published before. For each bit eight kilobytes are copied, once.
do $$
begin
  execute format('create aggregate pg_temp.bits_at (bigint, integer) (sfunc = set_bit, stype = bytea, initcond = %L)', '\x' || repeat('00', 8192));
end $$;
set local work_mem = '256MB';

do $$
declare
  list integer;
begin
  for list in select number from ranked_list where published_at is not null order by number loop
    insert into listed_trait (list_number, trait, block, places, bits)
    select list, trait, block,
      case when octet_length(places) < 8192 then places end,
      case when octet_length(places) >= 8192 then
        (select pg_temp.bits_at(get_byte(places, 2 * i) * 256 + get_byte(places, 2 * i + 1), 1) from generate_series(0, octet_length(places) / 2 - 1) i)
      end
    from (
      select trait, (position - 1) / 65536 as block,
        string_agg(substring(int4send((position - 1) % 65536) from 3), ''::bytea order by position) as places
      from ranked_unit u cross join lateral (
        values ('governorate:' || governorate), ('liwa:' || liwa), ('kada:' || kada), ('branchOffice:' || branch_office), ('status:' || status),
          ('tier:' || tier), ('percentile:' || percentile), ('dependsOnMissing:' || depends_on_missing::text)
        union all select 'missingFact:' || fact from unnest(case when depends_on_missing then missing_facts end) fact
      ) of_unit (trait)
      where list_number = list and trait is not null
      group by trait, (position - 1) / 65536
    ) packed;
  end loop;
end $$;
drop aggregate pg_temp.bits_at (bigint, integer);

create function refuse_trait_change() returns trigger language plpgsql as $$
begin
  if exists (select from ranked_list where number = old.list_number and published_at is not null) then
    raise exception 'the traits of a published list never change' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger listed_trait_immutable before update or delete on listed_trait
  for each row execute function refuse_trait_change();

-- What is left are the units of a household and of a person: a partition is one list, so its number leads no index.
drop index ranked_unit_household, ranked_unit_governorate, ranked_unit_status, ranked_unit_person, ranked_unit_liwa, ranked_unit_kada, ranked_unit_branch_office;
do $$
declare
  index regclass;
begin
  -- Of partitions alone: by tier, and of units that depend on missing facts.
  for index in
    select i.indexrelid from pg_inherits p join pg_index i on i.indrelid = p.inhrelid
    where p.inhparent = 'ranked_unit'::regclass and not i.indisprimary order by 1
  loop
    execute format('drop index %s', index);
  end loop;
end $$;
create index ranked_unit_household on ranked_unit (household_ref);
create index ranked_unit_person on ranked_unit (person_ref) where person_ref is not null;
