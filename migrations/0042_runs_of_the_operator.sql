-- What the command line and the schedule asked for is the operator's, by the id that it has as an entity: under a word of their own such runs
-- would have become those of whoever added an entity of that name. Where there is one, its runs stay its own.
update run set entity = 'MODEE' where entity = 'operator' and actor in ('command line', 'schedule');
update warehouse.load set entity = 'MODEE' where entity = 'operator' and actor = 'command line';
