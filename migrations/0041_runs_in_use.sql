-- Runs whose snapshot and inputs somebody waits to read, or reads: a simulation or an impact that is queued keeps what it starts from.
create view run_in_use with (security_invoker = true) as
select run_id from simulation where status in ('queued', 'running') and run_id is not null
union
select run_id from impact where status in ('queued', 'running');

comment on view run_in_use is 'runs that a simulation or an impact which has not ended starts from';
