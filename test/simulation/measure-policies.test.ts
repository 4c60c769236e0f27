/** Poverty and errors of targeting as the laboratory tells them are those that SQL finds in the published lists and the true welfare. */
import { join } from 'node:path'
import t from 'tap'
import { cellSecret, recordKeys } from '../../src/access/disclosure/cell-keys.ts'
import { keyedSum, NO_UNITS } from '../../src/kernel/keyed-counts.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { movedUnits } from '../../src/simulation/disclose.ts'
import { openBaseline } from '../../src/simulation/baseline.ts'
import { openLaboratory, type Told } from '../../src/simulation/laboratory.ts'
import { readResult, storedResult, type ToldGroup, toldResult } from '../../src/simulation/result.ts'
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
    lines: [LINE, 65.5, 400],
    scenarios: [
      { name: 'nothing', changes: [] },
      { name: 'no transfer', changes: [{ object: 'programme', id: 'unified-cash-transfer', set: { '/targeting/budget': 0 } }] },
      {
        name: 'other amounts',
        changes: [
          { object: 'parameter', id: 'cashTransferAmount', set: { '/values/0/rows/3/1': 89.333, '/values/0/rows/6/1': 130.777 } },
          { object: 'programme', id: 'unified-cash-transfer', set: { '/targeting/budget': 6_000 } },
        ],
      },
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
      sum(round(u.benefit / case when l.programme = 'unified-cash-transfer' then 3.0 else 1.0 end)) as all_paid,
      bool_or(l.programme = 'unified-cash-transfer') as selected
    from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and u.status = 'selected' group by u.household_ref
  )
  select w.household_ref, s.persons, (w.expenditure_per_capita * 1000)::float8 as welfare, coalesce(p.cash, 0)::float8 as cash, coalesce(p.all_paid, 0)::float8 as paid, coalesce(p.selected, false) as selected
  from synthetic.true_welfare w join size s using (household_ref) left join paid p using (household_ref)`

interface Row {
  readonly welfare: number
  readonly persons: number
  readonly cash: number
  /** By all programmes. */
  readonly paid: number
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
  const people = (of: readonly Row[]): number => of.reduce((sum, { persons }) => sum + persons, 0)
  const missedPoor = poor.filter((row) => !row.selected)
  t.ok(Math.abs((told?.persons?.coverage ?? NaN) - people(selected) / people(rows)) < 1e-12, 'coverage of persons')
  t.ok(Math.abs((told?.persons?.exclusionError ?? NaN) - people(missedPoor) / people(poor)) < 1e-12, 'the poor persons missed')
  t.not(told?.persons?.exclusionError, told?.exclusionError)
  const missed = told?.missedBy.reduce((sum, { shareOfPoor }) => sum + (shareOfPoor ?? 0), 0) ?? NaN
  t.ok(Math.abs(missed - wanted.exclusionError) < 1e-12, 'the reasons add up')
})

t.test('what stands behind figures is of the households that they are of', async (t) => {
  const keyOf = recordKeys(await cellSecret(join(folder, '..')))
  const { rows } = await pool.query<Row & { readonly household_ref: string }>(HOUSEHOLDS, [run, outcome.asOf])
  const keyed = (of: typeof rows) => keyedSum(of.map((row) => ({ units: 1, key: keyOf(Number(row.household_ref)) })))
  const withPersons = (of: typeof rows) => ({ ...keyed(of), persons: of.reduce((sum, { persons }) => sum + persons, 0) })
  const [poor, others] = [rows.filter(({ welfare }) => welfare < LINE * 1000), rows.filter(({ welfare }) => welfare >= LINE * 1000)]
  const { behind: of, programmes = [] } = outcome.baseline.measures ?? {}
  const cash = programmes.find(({ programme }) => programme === 'unified-cash-transfer')?.behind
  t.same(cash?.poorBy[0], withPersons(poor.filter(({ selected }) => selected)))
  t.same(cash?.nonPoorBy[0], withPersons(others.filter(({ selected }) => selected)))
  t.match(of?.known, withPersons(rows))
  t.match(of?.before, { known: withPersons(rows), poor: withPersons(poor) })
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
    t.same(keyedSum(behind?.byHouseholds.map(({ all }) => all) ?? []), keyed(rows), programme)
    const fairness = programmes.find((one) => one.programme === programme)?.fairness ?? []
    for (const [place, groups] of (behind?.groups ?? []).entries()) {
      const [whole, part] = [keyedSum(groups.map((group) => group.whole)), keyedSum(groups.map((group) => group.part))]
      if (fairness[place]?.measure === 'inclusionError') {
        t.same(whole, keyedSum([behind?.poorBy[0] ?? NO_UNITS, behind?.nonPoorBy[0] ?? NO_UNITS]))
        t.same(part, keyedSum(behind?.nonPoorBy.slice(0, 1) ?? []))
      } else {
        t.same(whole, keyed(poor))
        t.same(part, keyedSum(behind?.poorBy.slice(1) ?? []))
      }
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

t.test('poverty at every line, before any transfer and after those of all programmes together', async (t) => {
  const { rows } = await pool.query<Row>(HOUSEHOLDS, [run, outcome.asOf])
  const persons = rows.reduce((sum, row) => sum + row.persons, 0)
  const fgt = (line: number, welfareOf: (row: Row) => number) => {
    const mean = (of: (gap: number) => number): number =>
      rows.reduce((sum, row) => {
        const gap = (line - welfareOf(row)) / line
        return sum + (gap > 0 ? row.persons * of(gap) : 0)
      }, 0) / persons
    return { headcount: mean(() => 1), povertyGap: mean((gap) => gap), severity: mean((gap) => gap * gap) }
  }
  const raised = (row: Row): number => row.welfare + row.paid / row.persons
  const { lines = [], before, poverty } = outcome.baseline.measures ?? {}
  t.same(
    lines.map(({ line }) => line),
    [LINE * 1000, 65_500, 400_000],
  )
  for (const told of lines) {
    const wanted = { before: fgt(told.line, ({ welfare }) => welfare), after: fgt(told.line, raised) }
    for (const name of ['headcount', 'povertyGap', 'severity'] as const) {
      for (const side of ['before', 'after'] as const)
        t.ok(Math.abs((told[side][name] ?? NaN) - wanted[side][name]) < 1e-12, `${name} ${side} at ${told.line}`)
      t.ok(Math.abs((told.change[name] ?? NaN) - (wanted.after[name] - wanted.before[name])) < 1e-12)
    }
    t.ok((told.change.povertyGap ?? 0) < 0 || told.before.povertyGap === 0, 'transfers lift')
  }
  t.same(lines[0]?.before.headcount, before?.poverty.headcount)
  t.same(lines[0]?.after.headcount, poverty?.headcount)
  const poor = rows.filter((row) => raised(row) < LINE * 1000)
  const lacks = poor.reduce((sum, row) => sum + row.persons * (LINE * 1000 - row.welfare) - row.paid, 0)
  t.same(poverty?.shortfall, { households: poor.length, amount: lacks })
  t.same(none?.measures?.before, before, 'before any transfer all scenarios are alike')
  t.ok((none?.measures?.lines?.[0]?.after.povertyGap ?? 0) > (lines[0]?.after.povertyGap ?? 1))
})

t.test('a formula with a table of likelihoods tells a poverty rate, of those who have a score', async (t) => {
  const set = { '/formula/id': 'jordan-poverty-scorecard-2010', '/targeting/thresholds': null }
  const { baseline, scenarios } = await laboratory.simulate(
    {
      name: 'card',
      baseline: { run },
      scenarios: [{ name: 'card', changes: [{ object: 'programme', id: 'unified-cash-transfer', set }] }],
    },
    quietly,
  )
  t.same(baseline.likelihoods, [], 'the formula in force has none')
  const [card] = scenarios[0]?.likelihoods ?? []
  t.match(card, { formula: 'jordan-poverty-scorecard-2010', table: 'povertyLikelihood', by: { governorate: Array(13).fill({}) } })
  const scored = scenarios[0]?.imputed?.find(({ formula }) => formula === card?.formula)?.all.scored.units
  t.equal(card?.all.households, scored)
})

/** By governorate and tier of the published list: the last newly selected where somebody loses by the score, and who is within a distance of it. */
const NEAR = `
  with unit as (
    select coalesce(governorate, '') as area, coalesce(tier, -1) as tier, score, position,
      reason in ('within-quota', 'left-over-place') as won,
      reason in ('no-places', 'budget-exhausted', 'quota-full', 'past-entry-threshold') as lost
    from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and l.programme = 'unified-cash-transfer'
  ), contest as (
    select area, tier, count(*) filter (where won)::int as selected, (array_agg(score order by position desc) filter (where won))[1] as cut
    from unit group by area, tier having bool_or(won) and bool_or(lost)
  )
  select area, selected, cut::float8 as "cutOff", count(*) filter (where score < cut)::int as below,
    count(*) filter (where score = cut)::int as at, count(*) filter (where score > cut)::int as above
  from contest join unit using (area, tier) where (won or lost) and abs(score - cut) <= $2 group by area, tier, selected, cut order by area, tier`

t.test('who is near the cut-off of their own governorate and tier, within what was asked for', async (t) => {
  const ask = (withinPoints?: number) =>
    laboratory.simulate(
      {
        name: 'near',
        baseline: { run },
        ...(withinPoints === undefined ? {} : { withinPoints }),
        scenarios: [{ name: 'it', changes: [] }],
      },
      quietly,
    )
  let units = 0
  for (const [points, within] of [
    [undefined, 50_000],
    [0.25, 250_000],
    [1.000001, 1_000_001],
  ] as const) {
    const found = await ask(points)
    const cash = found.baseline.nearCutOffs.find(({ programme }) => programme === 'unified-cash-transfer')
    const { rows } = await pool.query<Record<string, unknown>>(NEAR, [run, within])
    const contests = cash?.contests?.map(({ area, selected, cutOff, below, at, above }) => ({
      area: area?.code,
      selected,
      cutOff,
      below,
      at,
      above,
    }))
    t.same(contests, rows, `${within}`)
    t.equal(cash?.within, within)
    const sum = (side: 'below' | 'at' | 'above'): number => rows.reduce((total, row) => total + (row[side] as number), 0)
    t.match(cash, { below: sum('below'), at: sum('at'), above: sum('above') })
    t.same(found.scenarios[0]?.nearCutOffs, found.baseline.nearCutOffs)
    const before = units
    units = sum('below') + sum('at') + sum('above')
    t.ok(units > before, `${units} units within ${within}`)
  }
  await t.rejects(ask(0.0000001), { code: 'request-invalid' })
})

t.test('gains less losses, with who enters and who leaves, are the change of cost to the thousandth', async (t) => {
  const told = toldResult(readResult(storedResult(outcome)), true)
  for (const { name, programmes, yearly } of told.scenarios) {
    let year = 0
    for (const { programme, period, all, by, spent } of programmes) {
      const change = ({ gainers, losers, entrants, leavers }: ToldGroup): number =>
        (gainers?.amount ?? NaN) - (losers?.amount ?? NaN) + (entrants.after ?? NaN) - (leavers.before ?? NaN)
      t.equal(change(all), spent.difference, `${name}, ${programme}`)
      for (const [breakdown, groups] of Object.entries(by)) {
        const sum = groups.reduce((total, group) => total + change(group), 0)
        t.equal(sum, spent.difference, `${name}, ${programme}, ${breakdown}`)
      }
      year += (spent.difference ?? NaN) * (period === 'quarter' ? 4 : 12)
    }
    t.equal(yearly.spent.difference, year)
  }
  const cash = told.scenarios[2]?.programmes.find(({ programme }) => programme === 'unified-cash-transfer')
  // Households of four are paid 1.333 a month more, those of seven and more 5.223 less.
  const { gainers, losers } = cash?.all ?? {}
  t.ok((gainers?.units ?? 0) > 0 && (losers?.units ?? 0) > 0, `${gainers?.units} gain, ${losers?.units} lose`)
  t.equal(gainers?.amount, (gainers?.units ?? 0) * 1_333 * 3)
  t.equal(gainers?.persons, (gainers?.units ?? 0) * 4)
  t.equal(losers?.amount, (losers?.units ?? 0) * 5_223 * 3)
  t.ok((cash?.all.leavers.units ?? 0) > 0, 'and some leave')
})

t.test('whom the measures leave out', async (t) => {
  const { rows } = await pool.query<{ programme: string; without: number }>(
    `select l.programme, (count(u.position) filter (where u.reason = 'no-score'))::int as without
     from ranked_list l left join ranked_unit u on u.list_number = l.number where l.run_id = $1 group by l.programme`,
    [run],
  )
  const { leftOut } = outcome.baseline
  const found = leftOut?.programmes.map(({ programme, withoutScore }) => ({ programme, without: withoutScore }))
  const byName = (a: { readonly programme: string }, b: { readonly programme: string }): number => (a.programme < b.programme ? -1 : 1)
  t.same(found?.toSorted(byName), rows.toSorted(byName))
  const { rows: unknown } = await pool.query<{ count: number }>(
    'select count(*)::int as count from household h where not exists (select from synthetic.true_welfare w where w.household_ref = h.household_ref)',
  )
  t.equal(leftOut?.welfare?.households, unknown[0]?.count)
  t.same(outcome.scenarios[0]?.leftOut, leftOut)
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
