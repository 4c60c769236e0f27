-- Where the household of a listed unit lives below its governorate, whose office it is, and what is to be verified first. NULL in older lists.

alter table ranked_unit
  add column liwa text,
  add column kada text,
  add column branch_office text,
  add column missing_facts text[];
create index ranked_unit_liwa on ranked_unit (list_number, liwa, position) where liwa is not null;
create index ranked_unit_kada on ranked_unit (list_number, kada, position) where kada is not null;
create index ranked_unit_branch_office on ranked_unit (list_number, branch_office, position) where branch_office is not null;

comment on column ranked_unit.branch_office is 'office of the National Aid Fund for the liwa, by the table of offices in force when the list was made';
comment on column ranked_unit.missing_facts is 'of units that depend on missing facts: ids of the unknown facts that the programme''s formula, or its undetermined rule, reads';
