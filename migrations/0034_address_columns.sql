-- Which columns of registries tell where somebody lives, as their definitions say: views of entities hide them of whoever is sheltered.
create table warehouse.address_column (
  registry text not null,
  column_name text not null,
  primary key (registry, column_name)
);

-- Households of which a list tells no place: somebody who lives in them is sheltered.
create view public.sheltered_household as
  select m.household_ref from public.household_member m join warehouse.sheltered s on s.person_ref = m.person_ref where m.valid_to is null;
