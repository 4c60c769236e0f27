/**
 * A simulation of one changed weight written as SQL over a run's published lists: scores and ranks anew, selection within the budget, the tables of who
 * enters and leaves by group, poverty, inequality, errors and concentration. It is given more than the laboratory (facts and eligibility ready in two
 * tables) and does less (listed units only; no Kendall, no rules, no quotas, no count of filters, no intervals), so that a ratio is at least what it says.
 */
import type { Database } from '../../../src/db/database.ts'

const PREPARE = `
  drop schema if exists bench_sql cascade;
  create schema bench_sql;
  create unlogged table bench_sql.unit as
    select l.programme, u.household_ref, u.person_ref, u.governorate, coalesce(u.tier, 99) as tier, u.score::float8 as score,
      coalesce(u.benefit, 0)::float8 as benefit, u.application_date, u.status = 'selected' as before
    from ranked_list l join ranked_unit u on u.list_number = l.number
    where l.run_id = (select id from run where status = 'completed' order by finished_at desc limit 1);
  create unlogged table bench_sql.household as
    select w.household_ref, (w.expenditure_per_capita * 1000)::float8 as welfare, count(m.person_ref)::int as persons,
      ntile(10) over (order by w.expenditure_per_capita) as decile
    from synthetic.true_welfare w join household_member m on m.household_ref = w.household_ref and m.valid_to is null
    group by w.household_ref, w.expenditure_per_capita;
  create unlogged table bench_sql.budget as
    select programme, sum(benefit) filter (where before) as money from bench_sql.unit group by programme;
  alter table bench_sql.household add primary key (household_ref);
  create index on bench_sql.unit (household_ref);
  analyze bench_sql.unit, bench_sql.household, bench_sql.budget`

/** Scores of listed households by the changed weight of their size, in micro-points; both ranks. */
const SCORED = `create unlogged table bench_sql.scored as
  select household_ref, was, now, rank() over (order by was) as rank_before, rank() over (order by now) as rank_after,
    ntile(10) over (order by now) as tenth
  from (select u.household_ref, min(u.score) as was, min(u.score) + $DELTA * max(h.persons) as now
        from bench_sql.unit u join bench_sql.household h using (household_ref) where u.score is not null group by u.household_ref) s`

/** Whoever the budget reaches, in the programme's order. */
const SELECTED = `create unlogged table bench_sql.selected as
  select u.*, h.persons, h.decile, s.tenth, b.money >= sum(u.benefit) over (
      partition by u.programme order by u.tier, s.now, u.application_date, md5(u.household_ref::text), u.person_ref rows unbounded preceding) as after
  from bench_sql.unit u join bench_sql.household h using (household_ref) join bench_sql.scored s using (household_ref)
    join bench_sql.budget b using (programme)`

const MEASURES: readonly string[] = [
  `select programme, before, after, governorate, persons, decile, tenth, grouping(governorate, persons, decile, tenth), count(*), sum(persons),
     sum(benefit) filter (where before), sum(benefit) filter (where after), max(benefit)
   from bench_sql.selected
   group by programme, before, after, grouping sets ((), (governorate), (persons), (decile), (tenth))`,
  `select corr(rank_before, rank_after), avg(abs(rank_after - rank_before)),
     percentile_disc(array[0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]) within group (order by rank_after - rank_before)
   from bench_sql.scored`,
  ...[`before`, `after`].map(
    (side) => `with paid as (
        select household_ref, sum(benefit) filter (where ${side}) as money from bench_sql.selected group by household_ref
      ), raised as (
        select h.persons, h.welfare + coalesce(p.money, 0) / h.persons as welfare from bench_sql.household h left join paid p using (household_ref)
      ), curve as (
        select persons, welfare, sum(persons) over w as people, sum(persons * welfare) over w as income
        from raised window w as (order by welfare rows unbounded preceding)
      ), ends as (select max(people) as people, max(income) as income from curve)
      select 1 - sum(c.persons / e.people * (2 * c.income - c.persons * c.welfare) / e.income),
        sum(c.persons) filter (where c.welfare < 100000) / max(e.people),
        sum(c.persons * (100000 - c.welfare) / 100000) filter (where c.welfare < 100000) / max(e.people),
        sum(c.persons * ((100000 - c.welfare) / 100000) ^ 2) filter (where c.welfare < 100000) / max(e.people)
      from curve c, ends e`,
  ),
  `with paid as (
     select b.programme, h.household_ref, h.persons, h.welfare, h.decile, coalesce(sum(s.benefit) filter (where s.after), 0) as money, bool_or(s.after) as reached
     from bench_sql.budget b cross join bench_sql.household h
       left join bench_sql.selected s on s.programme = b.programme and s.household_ref = h.household_ref
     group by b.programme, h.household_ref, h.persons, h.welfare, h.decile
   ), curve as (
     select *, sum(persons) over w as people, sum(money) over w as received from paid
     window w as (partition by programme order by welfare rows unbounded preceding)
   ), ends as (select programme, max(people) as people, max(received) as received from curve group by programme)
   select c.programme, 1 - sum(c.persons / e.people * (2 * c.received - c.money) / nullif(e.received, 0)),
     avg((not coalesce(c.reached, false))::int) filter (where c.welfare < 100000),
     avg((c.welfare >= 100000)::int) filter (where c.reached), avg(coalesce(c.reached, false)::int)
   from curve c join ends e using (programme) group by c.programme`,
]

/** Prepares its tables; the answer simulates once and says in how many seconds. `close` takes the tables away. */
export async function simulationInSql({
  pool,
}: Database): Promise<{ readonly seconds: () => Promise<number>; readonly close: () => Promise<void> }> {
  await pool.query(`set statement_timeout = 0; ${PREPARE}; reset statement_timeout`)
  let round = 0
  return {
    async seconds() {
      const client = await pool.connect()
      try {
        await client.query(`set statement_timeout = 0; set work_mem = '512MB'; drop table if exists bench_sql.scored, bench_sql.selected`)
        const started = performance.now()
        await client.query(SCORED.replace('$DELTA', String(10_000 + ++round)))
        await client.query(SELECTED)
        for (const measure of MEASURES) await client.query(measure)
        return (performance.now() - started) / 1000
      } finally {
        await client.query('reset all').catch(() => undefined)
        client.release()
      }
    },
    close: async () => void (await pool.query('drop schema if exists bench_sql cascade')),
  }
}
