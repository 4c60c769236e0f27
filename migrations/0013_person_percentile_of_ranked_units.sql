-- The percentile of persons beside that of households: large families are poorer, so the two differ. NULL in older lists.

alter table ranked_unit add column person_percentile smallint;
comment on column ranked_unit.person_percentile is 'ceil(100 × (1 + persons of poorer households) / all persons), of the run''s population';
