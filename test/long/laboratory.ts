/** Simulations held against what runs publish, against themselves, and against the run that comes of the change. */
import t from 'tap'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { versionText } from '../../src/programmes/version.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { putAt } from '../../src/simulation/json-places.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import type { ScenarioOutcome, SimulationOutcome } from '../../src/simulation/simulation-outcome.ts'
import { storedResult } from '../../src/simulation/result.ts'
import type { Scenario } from '../../src/simulation/scenario-schema.ts'
import type { ListTotals, ProgrammeOutcome } from '../../src/simulation/simulate.ts'
import { type Cell, entrants, leavers, marginAfter, marginBefore, NOBODY, sumOf, type Transitions } from '../../src/simulation/tabulate.ts'
import { SELECTED, STATES } from '../../src/simulation/unit-states.ts'
import { createRun, performRun, type RunRequest } from '../../src/targeting/run/perform-run.ts'
import { quietly, runRequest } from '../targeting/support/seeded-runs.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from '../simulation/support/seeded-laboratory.ts'

const { database, depsWith, laboratory, run, runs, simulate } = await seededLaboratory(t, 250)
const { pool } = database

const everyone = { all: [{ fact: 'isDeceased', operator: 'equal', value: false }] }
const scenarios: Scenario[] = [
  scenario('nothing'),
  scenario('budget', programmeSet(CASH, { '/targeting/budget': 10_000 })),
  scenario('weights', { object: 'formula', id: 'welfare-ranking', set: { '/terms/0/weight': -0.2, '/intercept': 3 } }),
  scenario(
    'persons',
    { object: 'rule', id: 'pwd-rehabilitation', set: { '/conditions': everyone } },
    programmeSet('pwd-rehabilitation', { '/benefit/fact': 'cashTransferBenefit' }),
  ),
  scenario(
    'share',
    { object: 'parameter', id: 'populationShare', set: { '/values/0/rows/0/1': 0.1 } },
    programmeSet(CASH, { '/targeting/places': 30 }),
  ),
]
const outcome = await simulate(scenarios)
const of = (name: string, from: SimulationOutcome = outcome): ScenarioOutcome =>
  from.scenarios.find((one) => one.name === name) as ScenarioOutcome
const programme = (one: ScenarioOutcome, id: string): ProgrammeOutcome =>
  one.programmes.find((found) => found.programme === id) as ProgrammeOutcome

interface Published {
  readonly programme: string
  readonly selected: number
  readonly spent: number
}
/** Of a run's lists, counted row by row. */
const published = async (id: string): Promise<Published[]> =>
  (
    await pool.query<Published>(
      `select programme, count(*) filter (where status = 'selected')::int as selected,
         coalesce(sum(benefit) filter (where status = 'selected'), 0)::float8 as spent
       from ranked_list l left join ranked_unit u on u.list_number = l.number where run_id = $1 group by 1 order by 1`,
      [id],
    )
  ).rows
const totals = (programmes: readonly ProgrammeOutcome[], side: 'before' | 'after'): Published[] =>
  programmes
    .map((one) => ({ programme: one.programme, selected: one[side].selected, spent: one[side].spent }))
    .toSorted((a, b) => (a.programme < b.programme ? -1 : 1))

t.test('the baseline is what the run published', async (t) => {
  for (const { name, programmes } of outcome.scenarios) t.same(totals(programmes, 'before'), await published(run), name)
  t.ok((await published(run)).filter(({ selected }) => selected > 0).length >= 5)
})

t.test('a scenario that changes nothing changes nothing', async (t) => {
  const { programmes, versionSet } = of('nothing')
  t.equal(versionSet, outcome.versionSet)
  t.equal(programmes.length, 7)
  for (const { before, after, transitions } of programmes) {
    t.same(after, before)
    const tables = [transitions.all, ...Object.values(transitions.by).flat()]
    const moved = tables.flatMap((table) => table.flatMap((row, from) => row.filter((_, to) => from !== to)))
    t.same(
      moved.filter((cell) => JSON.stringify(cell) !== JSON.stringify(NOBODY)),
      [],
    )
    t.same(
      tables.flatMap((table) => table.flat()).filter((cell) => cell.before !== cell.after),
      [],
    )
    for (const one of [entrants(transitions.all), leavers(transitions.all)]) t.same(one, NOBODY)
  }
})

const sumAll = (tables: readonly Transitions[]): Cell => sumOf(tables.flatMap((table) => table.flat()))

t.test('every breakdown is the whole population, to the person and the thousandth', async (t) => {
  t.same(
    outcome.breakdowns.map(({ id }) => id),
    ['governorate', 'householdSize', 'headSex', 'disability', 'children', 'elders', 'welfareDecile', 'scoreDecile'],
  )
  for (const { name, programmes } of outcome.scenarios)
    for (const { programme: id, unit, before, after, transitions } of programmes) {
      const all = sumAll([transitions.all])
      const units = unit === 'person' ? outcome.persons : outcome.households
      t.match(all, { units, persons: outcome.persons, before: before.spent, after: after.spent }, `${name} ${id}`)
      t.equal(marginBefore(transitions.all, SELECTED).units, before.selected)
      t.equal(marginAfter(transitions.all, SELECTED).units, after.selected)
      for (const breakdown of outcome.breakdowns) {
        const tables = transitions.by[breakdown.id] as readonly Transitions[]
        t.equal(tables.length, breakdown.groups + 1)
        const together = transitions.all.map((row, from) => row.map((_, to) => sumOf(tables.map((table) => table[from]?.[to] as Cell))))
        t.same(together, transitions.all, `${name} ${id} ${breakdown.id}`)
      }
    }
})

t.test('what changes is what the scenario is about', async (t) => {
  const budget = programme(of('budget'), CASH)
  t.match(budget.after, { stoppedByBudget: true, budget: 10_000_000 })
  t.ok(budget.after.spent <= 10_000_000 && budget.after.spent < budget.before.spent)
  t.equal(entrants(budget.transitions.all).units, 0, 'less money takes nobody in')
  t.equal(leavers(budget.transitions.all).units, budget.before.selected - budget.after.selected)
  t.ok(
    programme(of('budget'), 'in-kind').after.selected > programme(of('budget'), 'in-kind').before.selected,
    'who is left out there may enter here',
  )
  t.same(totals([programme(of('budget'), 'housing')], 'after'), totals([programme(of('budget'), 'housing')], 'before'))
  const persons = programme(of('persons'), 'pwd-rehabilitation')
  t.equal(persons.unit, 'person')
  t.ok(persons.after.selected > outcome.households, `${persons.after.selected} persons`)
  t.ok(of('weights').programmes.some(({ before, after }) => before.spent !== after.spent))
  const share = programme(of('share'), CASH)
  t.ok(share.after.selected <= 30 && share.after.selected >= 3)
  for (const { versionSet } of outcome.scenarios.slice(1)) t.not(versionSet, outcome.versionSet)
})

t.test('the same request comes to the same bytes, in another laboratory with other threads, and after others', async (t) => {
  const request = { name: 'test', baseline: { run }, scenarios }
  const two = openLaboratory(depsWith(2))
  t.teardown(() => two.close())
  const first = storedResult(outcome)
  t.same(storedResult(await two.simulate(request, quietly)), first)
  await two.simulate(
    { ...request, governorates: ['11'], scenarios: [scenario('a', programmeSet('housing', { '/targeting/places': 1 }))] },
    quietly,
  )
  t.equal(storedResult(await two.simulate({ ...request, scenarios: scenarios.toReversed() }, quietly)).result.length, first.result.length)
  t.same(storedResult(await two.simulate(request, quietly)), first)
  t.same(storedResult(await laboratory.simulate(request, quietly)), first)
})

const performed = async (change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await createRun(runs, runRequest(change))
  await performRun(runs, id, quietly)
  return id
}

t.test('some governorates: as a run of those, and none that the run was not about', async (t) => {
  const governorates = ['11', '21']
  const part = await performed({ governorates })
  const narrowed = await simulate(scenarios, { governorates })
  t.same(totals(of('nothing', narrowed).programmes, 'before'), await published(part))
  t.ok(narrowed.households > 0 && narrowed.households < outcome.households)
  const ofPart = await simulate([scenario('nothing')], { baseline: { run: part } })
  t.same(of('nothing', ofPart).programmes, of('nothing', narrowed).programmes)
  const inPart = await simulate([scenario('nothing')], { baseline: { run: part }, governorates: ['21'] })
  t.ok(inPart.households < ofPart.households)
  await t.rejects(simulate([scenario('nothing')], { baseline: { run: part }, governorates: ['21', '12'] }), {
    code: 'request-invalid',
    parts: { pointer: '/governorates/1', expected: 'one of 11, 21' },
  })
  await t.rejects(simulate([scenario('nothing')], { governorates: ['99'] }), {
    code: 'request-invalid',
    parts: { pointer: '/governorates/0' },
  })
  t.equal((await simulate([scenario('nothing')], { baseline: { run: 'latest' } })).run, run, 'a part of the country is nobody’s latest')
})

t.test('the enrolled alone exceed a limit: which programme and scenario, and not how many there are', async (t) => {
  const cut = (set: Record<string, unknown>) => simulate([scenario('fine'), scenario('cut', programmeSet(CASH, set))])
  for (const set of [{ '/targeting/budget': 0 }, { '/targeting/places': 0 }]) {
    const error = await cut(set).then(
      () => null,
      (thrown: {
        readonly code: string
        readonly parts: { readonly detail: string; readonly errors: readonly { readonly pointer: string }[] }
      }) => thrown,
    )
    t.match(error, { code: 'run-enrolled-exceed', parts: { detail: CASH, errors: [{ pointer: '/scenarios/1' }] } })
    t.notMatch(JSON.stringify(error?.parts), /\b[1-9]\d*\b(?!")/, 'no count')
  }
  t.same(storedResult(await simulate(scenarios)), storedResult(outcome), 'and the laboratory goes on')
})

t.test('what was simulated is what a run comes to when the change is in force', async (t) => {
  const set = { '/targeting/budget': 12_000, '/targeting/waitlist/length': 5 }
  const change = scenario('change', programmeSet(CASH, set))
  const foreseen = of('change', await simulate([change]))
  const texts = shippedTexts().map((text) => {
    if (text.kind !== 'programme' || text.id !== CASH) return text
    const { json } = putAt(text.json, set) as { readonly json: unknown }
    return versionText('programme', CASH, JSON.stringify(json), json)
  })
  await loadShippedVersions(database, texts)
  const later = await performed()
  t.same(totals(foreseen.programmes, 'after'), await published(later))

  interface Moved {
    readonly programme: string
    readonly from: string | null
    readonly to: string | null
    readonly units: number
    readonly difference: number
  }
  const { rows } = await pool.query<Moved>(
    `with listed as (select run_id, programme, household_ref, person_ref, status, case when status = 'selected' then benefit else 0 end as paid
         from ranked_list l join ranked_unit u on u.list_number = l.number)
     select coalesce(a.programme, b.programme) as programme, a.status as "from", b.status as "to", count(*)::int as units,
       sum(coalesce(b.paid, 0) - coalesce(a.paid, 0))::float8 as difference
     from (select * from listed where run_id = $1) a full join (select * from listed where run_id = $2) b
       on a.programme = b.programme and a.household_ref = b.household_ref and a.person_ref is not distinct from b.person_ref
     group by 1, 2, 3`,
    [run, later],
  )
  for (const { programme: id, before, after, transitions } of foreseen.programmes) {
    const own = rows.filter((row) => row.programme === id)
    t.equal(
      own.reduce((sum, { difference }) => sum + difference, 0),
      after.spent - before.spent,
      `${id}: the difference of the budget is the sum of the households' differences`,
    )
    for (const { from, to, units } of own)
      t.equal(transitions.all[STATES.indexOf(from as never)]?.[STATES.indexOf(to as never)]?.units, units, `${id}: ${from} → ${to}`)
  }

  // Of the first run, the versions in force since: the change is the baseline now. A worker that starts now knows them.
  const fresh = openLaboratory({ ...depsWith(1), versions: versionsOf(database) })
  t.teardown(() => fresh.close())
  const inForce = await fresh.simulate({ name: 'x', baseline: { run, versions: 'inForce' }, scenarios: [scenario('nothing')] }, quietly)
  t.equal(inForce.run, run)
  t.same(totals(of('nothing', inForce).programmes, 'before'), totals(foreseen.programmes, 'after'))
  t.same(
    of('nothing', inForce).programmes.map(({ after }): ListTotals => after),
    of('nothing', inForce).programmes.map(({ before }): ListTotals => before),
  )
  const pinned = await fresh.simulate(
    { name: 'x', baseline: { run, versions: 'inForce' }, scenarios: [scenario('nothing')] },
    quietly,
    outcome.versionSet,
  )
  t.equal(pinned.versionSet, outcome.versionSet, 'fixed before: whatever is in force by now')
})
