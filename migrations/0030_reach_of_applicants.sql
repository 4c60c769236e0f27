-- Whose rows are in reach of an entity's own connection.

-- Whoever connects as an entity is told of the applicants of its own programmes only.
create or replace function applicants_of(programmes text[]) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
  select distinct a.applicant_ref from application a join determination d on d.application_id = a.id
  where a.applicant_ref is not null and d.programme = any (programmes)
    and not exists (select from entity_login l where l.role = session_user and not d.programme = any (l.programmes))
$$;

-- Persons whose rows are in reach: the one whom the transaction is about, else the applicants of the programmes.
create function persons_in_reach(programmes text[]) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
  select person_asked() where person_asked() is not null
  union all
  select applicants_of(programmes) where person_asked() is null and cardinality(programmes) > 0
$$;
revoke execute on function persons_in_reach(text[]) from public;
