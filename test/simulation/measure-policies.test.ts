/** Poverty and errors of targeting as the laboratory tells them are those that SQL finds in the published lists and the true welfare. */
import { join } from 'node:path'
import t from 'tap'
import { cellSecret, recordKeys } from '../../src/access/disclosure/cell-keys.ts'
import { keyedSum, NO_UNITS } from '../../src/kernel/keyed-counts.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { movedUnits } from '../../src/simulation/disclose.ts'
import { toldResult } from '../../src/simulation/result.ts'
import { openBaseline } from '../../src/simulation/baseline.ts'
import { openLaboratory, type Told } from '../../src/simulation/laboratory.ts'
import { createRun, performRun } from '../../src/targeting/run/perform-run.ts'
import { quietly, runRequest, seededRuns } from '../targeting/support/seeded-runs.ts'

const { database, deps } = await seededRuns(t, 300)
const { pool } = database
const { folder } = deps.settings
const run = await createRun(deps, runRequest())
await performRun(deps, run, quietly)
const baselineDeps = { database, versions: versionsOf(database), folder }
const laboratory = openLaboratory({
  ...baselineDeps,
  settings: { dataDirectory: join(folder, '..'), threads: 1 },
})
t.teardown(() => laboratory.close())

const LINE = 120
const outcome = await laboratory.simulate(
  {
    name: 'measured',
    baseline: { run },
    line: LINE,
    scenarios: [
      { name: 'nothing', changes: [] },
      { name: 'no transfer', changes: [{ object: 'programme', id: 'unified-cash-transfer', set: { '/targeting/budget': 0 } }] },
    ],
  },
  quietly,
)
const [nothing, none] = outcome.scenarios

/** Households of the run with their members on its day, true welfare and what the lists pay them in a month, thousandths. */
const HOUSEHOLDS = `
  with size as (
    select household_ref, count(*)::int as persons from household_member m where valid_from <= $2 and (valid_to is null or valid_to > $2)
      and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref)
    group by household_ref
  ), paid as (
    select u.household_ref, sum(round(u.benefit / 3.0)) filter (where l.programme = 'unified-cash-transfer') as cash,
      bool_or(l.programme = 'unified-cash-transfer') as selected
    from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and u.status = 'selected' group by u.household_ref
  )
  select w.household_ref, s.persons, (w.expenditure_per_capita * 1000)::float8 as welfare, coalesce(p.cash, 0)::float8 as cash, coalesce(p.selected, false) as selected
  from synthetic.true_welfare w join size s using (household_ref) left join paid p using (household_ref)`

interface Row {
  readonly welfare: number
  readonly persons: number
  readonly cash: number
  readonly selected: boolean
}

t.test('errors of the Unified Cash Transfer', async (t) => {
  const { rows } = await pool.query<Row>(HOUSEHOLDS, [run, outcome.asOf])
  t.equal(rows.length, outcome.households)
  const poor = rows.filter(({ welfare }) => welfare < LINE * 1000)
  const selected = rows.filter((row) => row.selected)
  const share = (part: readonly unknown[], whole: readonly unknown[]): number => part.length / whole.length
  const wanted = {
    coverage: share(selected, rows),
    exclusionError: share(
      poor.filter((row) => !row.selected),
      poor,
    ),
    inclusionError: share(
      selected.filter(({ welfare }) => welfare >= LINE * 1000),
      selected,
    ),
  }
  t.ok(poor.length > 20 && selected.length > 20, `${poor.length} poor, ${selected.length} selected`)
  const told = outcome.baseline.measures?.programmes.find(({ programme }) => programme === 'unified-cash-transfer')
  for (const [name, value] of Object.entries(wanted)) t.ok(Math.abs((told?.[name as keyof typeof wanted] ?? NaN) - value) < 1e-12, name)
  const missed = told?.missedBy.reduce((sum, { shareOfPoor }) => sum + (shareOfPoor ?? 0), 0) ?? NaN
  t.ok(Math.abs(missed - wanted.exclusionError) < 1e-12, 'the reasons add up')
})

t.test('what stands behind figures is of the households that they are of', async (t) => {
  const keyOf = recordKeys(await cellSecret(join(folder, '..')))
  const { rows } = await pool.query<Row & { readonly household_ref: string }>(HOUSEHOLDS, [run, outcome.asOf])
  const keyed = (of: typeof rows) => keyedSum(of.map((row) => ({ units: 1, key: keyOf(Number(row.household_ref)) })))
  const [poor, others] = [rows.filter(({ welfare }) => welfare < LINE * 1000), rows.filter(({ welfare }) => welfare >= LINE * 1000)]
  const { behind: of, programmes = [] } = outcome.baseline.measures ?? {}
  const cash = programmes.find(({ programme }) => programme === 'unified-cash-transfer')?.behind
  t.same(cash?.poorBy[0], keyed(poor.filter(({ selected }) => selected)))
  t.same(cash?.nonPoorBy[0], keyed(others.filter(({ selected }) => selected)))
  t.match(of?.known, { ...keyed(rows), persons: rows.reduce((sum, { persons }) => sum + persons, 0) })
  // Without any transfer the poor are the same for every programme, and those whom all of it leaves poor.
  for (const { programme, behind } of programmes) {
    t.same(keyedSum(behind?.poorBy ?? []), keyed(poor), programme)
    t.same(keyedSum(behind?.nonPoorBy ?? []), keyed(others), programme)
    t.same(keyedSum(behind?.twentieths.map(({ all }) => all) ?? []), keyed(rows), programme)
    t.same(
      keyedSum(behind?.twentieths.map(({ reached }) => reached) ?? []),
      keyedSum([behind?.poorBy[0] ?? NO_UNITS, behind?.nonPoorBy[0] ?? NO_UNITS]),
      programme,
    )
    for (const groups of behind?.groups ?? []) {
      t.same(keyedSum(groups.map((group) => group.poor)), keyed(poor))
      t.same(keyedSum(groups.map((group) => group.missed)), keyedSum(behind?.poorBy.slice(1) ?? []))
    }
  }
  const told = toldResult(outcome, false).baseline.measures
  const share = (part: typeof rows, whole: typeof rows) => Math.round((1000 * movedUnits(keyed(part))) / movedUnits(keyed(whole))) / 1000
  const exclusion = share(
    poor.filter(({ selected }) => !selected),
    poor,
  )
  t.equal(told?.programmes.find(({ programme }) => programme === 'unified-cash-transfer')?.exclusionError, exclusion, 'and is told by it')
})

t.test('poverty falls by what the programme pays', async (t) => {
  const { rows } = await pool.query<Row>(HOUSEHOLDS, [run, outcome.asOf])
  const [all, before] = [outcome.baseline.measures?.poverty.headcount ?? NaN, none?.measures?.poverty.headcount ?? NaN]
  t.ok(all <= before)
  // Where another programme pays nothing else, the difference is this one's.
  const persons = rows.reduce((sum, row) => sum + row.persons, 0)
  const lifted = rows.filter(({ welfare, persons: size, cash }) => welfare < LINE * 1000 && welfare + cash / size >= LINE * 1000)
  t.ok(before - all <= lifted.reduce((sum, row) => sum + row.persons, 0) / persons + 1e-12)
  t.ok(lifted.length > 0)
})

t.test('nothing changed is nothing measured', (t) => {
  t.same(nothing?.measures, outcome.baseline.measures)
  t.same(nothing?.filters, outcome.baseline.filters)
  t.same(nothing?.nearCutOffs, outcome.baseline.nearCutOffs)
  t.same(nothing?.ranks, [])
  t.same(outcome.reference, { kind: 'synthetic', line: LINE * 1000 })
  for (const { before, after } of nothing?.programmes ?? []) t.same(after, before)
  t.end()
})

t.test('a term a tenth heavier orders as the scenario in which it is, also in a part of the country', async (t) => {
  const heavier = { object: 'formula', id: 'welfare-ranking', set: { '/terms/0/weight': -0.572 } } as const
  const lighter = { object: 'formula', id: 'welfare-ranking', set: { '/terms/0/weight': -0.468 } } as const
  const { baseline, scenarios, households } = await laboratory.simulate(
    {
      name: 'weighs',
      baseline: { run },
      governorates: ['11', '13'],
      sensitivity: true,
      scenarios: [
        { name: 'heavier', changes: [heavier] },
        { name: 'lighter', changes: [lighter] },
      ],
    },
    quietly,
  )
  const { formulas = [], unusedFacts = [], step } = baseline.sensitivity ?? {}
  t.equal(step, 0.1)
  const [{ formula, terms } = { formula: '', terms: [] }] = formulas
  t.equal(formula, 'welfare-ranking')
  t.equal(new Set(terms.map(({ term }) => term)).size, 57)
  for (const [at, side] of (['heavier', 'lighter'] as const).entries()) {
    const [ranks] = scenarios[at]?.ranks ?? []
    const effect = terms[0]?.[side]
    t.equal(terms[0]?.term, 'householdSize')
    t.match(effect, { meanDistance: ranks?.meanDistance, spearman: ranks?.spearman }, side)
    t.ok(Math.abs((effect?.otherTenth ?? NaN) - (1 - (ranks?.sameTenth ?? NaN) / households)) < 1e-12)
    t.ok((effect?.meanDistance ?? 0) > 0)
  }
  t.ok(unusedFacts.length > 0)
  t.notOk(unusedFacts.includes('householdSize'))
  t.equal(outcome.baseline.sensitivity, undefined, 'only where it is asked for')
})

t.test('how much terms weigh is told term by term, can be stopped between two, and is worked out once', async (t) => {
  const request = { name: 'weighs', baseline: { run }, sensitivity: true, scenarios: [{ name: 'nothing', changes: [] }] }
  const ask = async (onTerm: (done: number, total: number) => void, { signal } = new AbortController()) => {
    const onProgress: Told['onProgress'] = (stage, done, total) => stage === 'sensitivity' && onTerm(done, total)
    return (await laboratory.simulate(request, { onProgress, signal })).baseline.sensitivity
  }
  const stop = new AbortController()
  const heard: number[] = []
  const stopped = ask((done) => {
    heard.push(done)
    if (done === 3) stop.abort()
  }, stop)
  await t.rejects(stopped, { name: 'AbortError' })
  t.same(heard, [0, 1, 2, 3])
  const terms: string[] = []
  const first = await ask((done, total) => void terms.push(`${done} of ${total}`))
  t.same([terms.length, terms.at(-1)], [57, '56 of 57'])
  t.equal(await ask(() => t.fail('it is worked out again')), first)
})

t.test('the baseline is known however many sets of versions were decided since', async (t) => {
  const baseline = await openBaseline(baselineDeps, { run })
  const { bundle, texts } = baseline
  for (let other = 0; other < 33; other++)
    await laboratory.decideBoth({ baseline, after: { bundle: { ...bundle, hash: `as before ${other}` }, texts } }, quietly)
  const set = { '/terms/0/weight': -0.572 }
  const changes = [{ object: 'formula' as const, id: 'welfare-ranking', set }]
  await t.resolves(laboratory.simulate({ name: 'later', baseline: { run }, scenarios: [{ name: 'heavier', changes }] }, quietly))
})

t.test('fairness speaks of groups that are large enough', (t) => {
  for (const { fairness } of outcome.baseline.measures?.programmes ?? [])
    for (const { groups } of fairness)
      for (const { tooSmall, rate, interval } of groups) t.equal(rate === null || interval === null, tooSmall)
  t.end()
})
