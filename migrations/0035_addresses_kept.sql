-- Persons of whom no address is told: the sheltered, and whoever lives with one of them, whose address is the same.
create view warehouse.address_kept as
  select person_ref from warehouse.sheltered
  union all
  select m.person_ref from public.sheltered_household h join public.household_member m on m.household_ref = h.household_ref where m.valid_to is null;
