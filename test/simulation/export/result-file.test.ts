/** A result as CSV and Parquet: the golden shape of its rows, both held against the JSON, nothing told that the JSON does not tell. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { RESULT_COLUMNS, RESULT_TABLES, type ResultRow } from '../../../src/simulation/export/result-row.ts'
import { resultRows } from '../../../src/simulation/export/result-rows.ts'
import { readResult, storedResult, toldResult, type ToldResult } from '../../../src/simulation/result.ts'
import { testApp } from '../../support/app.ts'
import type { SimulationOutcome } from '../../../src/simulation/simulation-outcome.ts'
import { withMadeBehind } from '../support/made-behind.ts'
import { madeMovers } from '../support/made-movers.ts'
import { witnessesOf } from '../support/made-witnesses.ts'
import { HOSTILE_SCENARIO, madeOutcome, PROGRAMMES, storeMade } from '../support/made-result.ts'

const dataDirectory = t.testdir()
const { app, database, headers, keyWith } = await testApp(t, { MIZAN_DATA_DIR: dataDirectory })
const { id } = await storeMade(database)
const URL = `/v1/simulations/${id}/result`
const get = (url: string, more: Record<string, string> = {}) => app.inject({ url, headers: { ...headers, ...more } })

type Row = Readonly<Record<string, string | number | null>>
const NUMBERS = ['value', 'low', 'high']
const csvRows = (body: string): Row[] =>
  (parse(body, { columns: true }) as Record<string, string>[]).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, text]) => [name, text === '' ? null : NUMBERS.includes(name) ? Number(text) : text]),
    ),
  )
/** CSV is made safe for spreadsheets, which shows in names that look like formulas. */
const asCsv = ({ scenario, ...row }: ResultRow): Row => ({ scenario: scenario?.startsWith('=') ? `'${scenario}` : scenario, ...row })

t.test('CSV and Parquet are the rows of what the JSON tells', async (t) => {
  for (const exact of [false, true]) {
    const told = (await get(`${URL}?exact=${exact}`)).json<ToldResult>()
    const rows = [...resultRows(told)]
    t.ok(rows.length > 1_000, `${rows.length} rows`)
    const csv = await get(`${URL}?exact=${exact}&format=csv`)
    t.equal(csv.statusCode, 200, csv.body.slice(0, 300))
    t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present')
    t.match(csv.headers['content-disposition'], `filename="simulation-${id}.csv"`)
    t.equal(csv.body.slice(0, csv.body.indexOf('\r\n')), RESULT_COLUMNS.join(','))
    t.same(csvRows(csv.body), rows.map(asCsv))
    const { rows: parquet, types, about } = await parquetRows((await get(`${URL}?exact=${exact}&format=parquet`)).rawPayload)
    t.same(parquet, rows)
    t.same(new Set(Object.values(types)), new Set(['VARCHAR', 'DOUBLE']))
    t.match(about, { simulation: id, run: told.run, exact: String(exact), reference: 'synthetic', notice: /synthetic population/ })
  }
  t.same(readdirSync(join(dataDirectory, 'tmp', 'exports')), [], 'nothing is left in the folder')
  t.match((await get(URL, { accept: 'text/csv' })).headers['content-type'], /text\/csv/)
  t.equal((await get(URL, { accept: 'application/vnd.apache.parquet' })).rawPayload.subarray(0, 4).toString(), 'PAR1')
  t.match((await get(URL, { accept: 'text/html' })).headers['content-type'], /application\/json/)
  t.equal((await get(`${URL}?format=xlsx`)).statusCode, 400)
})

t.test('near a cut-off: in all, and by each area and tier, of which few are not told', async (t) => {
  const rows = (exact: boolean) =>
    [...resultRows(toldResult(readResult(storedResult(madeOutcome())), exact))]
      .filter(({ table, scenario, programme }) => table === 'cutOffs' && scenario === null && programme === PROGRAMMES[0])
      .map(({ breakdown, group, groupAr, measure, value, unit, note }) => [breakdown, group, groupAr, measure, value, unit, note])
  const [first, third] = [
    ['contest', 'Amman / no tier', 'Amman ع / بلا فئة'],
    ['contest', '<b>Zarqa</b> / no tier', '<b>Zarqa</b> ع / بلا فئة'],
  ] as const
  const all = [null, null, null] as const
  t.same(rows(true), [
    [...all, 'cutOff', null, 'points', 'none'],
    [...all, 'within', 0.05, 'points', null],
    [...all, 'below', 21, 'households', null],
    [...all, 'at', 3, 'households', null],
    [...all, 'above', 123, 'households', null],
    [...first, 'cutOff', 5.010619, 'points', null],
    [...first, 'selected', 80, 'households', null],
    [...first, 'below', 20, 'households', null],
    [...first, 'at', 2, 'households', null],
    [...first, 'above', 100, 'households', null],
    [...third, 'cutOff', 5.010621, 'points', null],
    [...third, 'selected', 9, 'households', null],
    [...third, 'below', 1, 'households', null],
    [...third, 'at', 1, 'households', null],
    [...third, 'above', 23, 'households', null],
  ])
  t.same(
    rows(false)
      .filter(([, group]) => group === '<b>Zarqa</b> / no tier')
      .map(([, , , measure, value, , note]) => [measure, value, note]),
    ['cutOff', 'selected', 'below', 'at', 'above'].map((measure) => [measure, null, 'suppressed']),
  )
})

t.test('made households: a row for each fact, sentence and term, in both languages', async (t) => {
  const outcome = madeOutcome()
  const [first] = outcome.scenarios as [(typeof outcome.scenarios)[0]]
  const witnesses = witnessesOf({ '/conditions': { all: [{ fact: 'householdSize', operator: 'greaterThan', value: 3 }] } })
  const scenarios = [{ ...first, witnesses: [...witnesses, { programme: 'housing', difference: null }], movedScores: madeMovers }]
  const rows = [...resultRows(toldResult(readResult(storedResult({ ...outcome, scenarios })), false))]
  const moved = rows.filter(({ table }) => table === 'movedScores')
  const about = { scenario: HOSTILE_SCENARIO, programme: PROGRAMMES[0], formula: 'young', from: 'beyond', to: 'within' }
  t.match(moved, Array(moved.length).fill(about))
  t.same(
    moved.map(({ measure, group, value, low, words, wordsAr }) => [measure, group, value, low, words, wordsAr]),
    [
      ['area', '21', null, null, 'Irbid', 'إربد'],
      ['tier', 'large', null, null, 'Large families', 'الأسر الكبيرة'],
      ['fact', 'householdSize', 6, null, 'Members: 6', 'الأفراد: 6'],
      ['fact', 'governorate', 21, null, 'Governorate: Irbid', 'المحافظة: إربد'],
      ['fact', 'incomeTotalMonthly', 120.5, null, 'Income: JOD 120.500', 'الدخل: 120.500 دينار'],
      ['fact', 'hasHeatPump', 1, null, 'A heat pump: yes', 'مضخة حرارية: نعم'],
      ['fact', 'rooms', null, 2, 'Rooms: 2 or more', 'الغرف: 2 فأكثر'],
      ['cutOff.before', null, 5, null, null, null],
      ['score.before', null, 5.1, null, null, null],
      ['points.before', 'size', -1, null, 'Size <b>', 'العدد <b>'],
      ['points.before', 'income', 0.5, null, null, null],
      ['points.before', 'gone', 0.25, null, null, null],
      ['cutOff.after', null, 4.9, null, null, null],
      ['score.after', null, 4.35, null, null, null],
      ['points.after', 'size', -1.5, null, 'Size <b>', 'العدد <b>'],
      ['points.after', 'income', 0.5, null, null, null],
      ['points.after', 'gone', null, null, null, null],
    ],
  )
  const made = rows.filter(({ table }) => table === 'witnesses')
  const [change] = witnesses[0]?.difference?.changes.filter(({ witness }) => witness !== null) ?? []
  const own = made.filter(({ from, to }) => from === change?.from && to === change.to)
  t.same(
    own.filter(({ measure }) => measure === 'fact').map(({ words, wordsAr }) => [words, wordsAr]),
    change?.witness?.words.en.household.map((text, place) => [text, change.witness?.words.ar.household[place]]),
  )
  for (const side of ['before', 'after'] as const)
    t.same(
      own.filter(({ measure }) => measure === `because.${side}`).map(({ value, words }) => [value, words]),
      change?.witness?.words.en[side].map((text, place) => [place + 1, text]),
    )
})

t.test('every number of the JSON is in a row, at its path', async (t) => {
  const told = toldResult(readResult(storedResult(madeOutcome())), true)
  const rows = [...resultRows(told)]
  const [scenario] = told.scenarios
  const [programme] = scenario?.programmes ?? []
  const find = (wanted: Partial<ResultRow>): ResultRow[] =>
    rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name as keyof ResultRow] === value))
  const about = { scenario: HOSTILE_SCENARIO, programme: PROGRAMMES[0] }
  t.match(find({ ...about, table: 'totals', measure: 'spent.before' }), [
    { value: (programme?.spent.before ?? 0) / 1000, unit: 'JOD/quarter' },
  ])
  t.match(find({ ...about, table: 'totals', breakdown: null, measure: 'entrants.units' }), [
    { value: programme?.all.entrants.units, unit: 'households' },
  ])
  t.match(find({ ...about, table: 'totals', breakdown: 'governorate', group: 'Amman', measure: 'leavers.persons' }), [
    { groupAr: 'Amman ع', value: programme?.by['governorate']?.[0]?.leavers.persons, reference: null },
  ])
  t.match(find({ ...about, table: 'totals', breakdown: 'welfareDecile', group: 'unknown', measure: 'selectedBefore.units' }), [
    { value: programme?.by['welfareDecile']?.[10]?.selectedBefore.units, reference: 'synthetic' },
  ])
  const transitions = find({ ...about, table: 'transitions', breakdown: null, measure: 'units' })
  t.equal(transitions.length, programme?.all.transitions.length)
  t.match(find({ scenario: null, table: 'measures', measure: 'poverty.severity' }), [{ value: 1e-7, unit: 'share' }])
  const filter = { scenario: null, programme: PROGRAMMES[0], table: 'filters', breakdown: 'filter' } as const
  t.match(find({ ...filter, group: 'below-poverty-line#/conditions' }), [
    { measure: 'excluded', value: 55, groupAr: 'ليست فقيرة', reference: null },
    { measure: 'alone', value: 20 },
    { measure: 'poorExcluded', value: 12, reference: 'synthetic' },
    { measure: 'poorAlone', value: 3, reference: 'synthetic' },
  ])
  t.equal(find({ ...filter, group: '/conditions/all/0' }).length, 4)
  t.match(find({ table: 'sensitivity', measure: 'lighter.meanDistance' }), [{ formula: 'welfare-ranking', group: 'size', value: 1.23456 }])
  t.match(find({ table: 'sensitivity', measure: 'lighter.otherTenth' }), [
    { value: told.baseline.sensitivity?.formulas[0]?.terms[0]?.lighter.otherTenth },
  ])
  t.match(find({ table: 'sensitivity', measure: 'heavier.otherTenth' }), [{ groupAr: 'الحجم', value: null, note: 'none', unit: 'share' }])
  t.match(find({ scenario: HOSTILE_SCENARIO, group: '65.5', measure: 'lines.change.headcount' }), [
    { breakdown: 'line', value: 0.1 + 0.0312 - 0.125, unit: 'difference', reference: 'synthetic' },
  ])
  t.match(find({ scenario: null, measure: 'before.poverty.shortfall.amount' }), [{ value: 1234.567, unit: 'JOD/month' }])
  t.match(find({ scenario: null, table: 'measures', measure: 'inequality.medianGap' }), [{ value: null, note: 'none' }])
  t.match(find({ scenario: null, programme: PROGRAMMES[0], table: 'fairness', group: 'Amman', measure: 'exclusionError.difference' }), [
    { value: 0.1, low: -0.05, high: 0.15, unit: 'difference' },
  ])
  t.match(find({ scenario: null, programme: PROGRAMMES[0], table: 'fairness', group: '<b>Zarqa</b>', measure: 'inclusionError.rate' }), [
    { value: null, note: 'tooSmall' },
  ])
  t.match(find({ scenario: HOSTILE_SCENARIO, table: 'fairness', group: 'Amman', measure: 'imputed.rate' }), [
    { formula: 'welfare-ranking', programme: null, value: 120 / 444, unit: 'share', reference: null },
  ])
  const likelihood = { scenario: null, formula: 'card', measure: 'likelihoods.povertyLikelihood.rate' } as const
  t.match(find({ ...likelihood, breakdown: null }), [{ value: 0.2, unit: 'share' }])
  t.match(find({ ...likelihood, group: 'Amman' }), [{ value: 0.123456, reference: null }])
  t.match(find({ ...likelihood, group: '<b>Zarqa</b>' }), [{ value: null, note: 'tooSmall' }])
  t.match(find({ ...about, table: 'fairness', breakdown: 'welfareDecile', group: '1', measure: 'undetermined.before.rate' }), [
    { value: programme?.undeterminedShare?.before[1]?.groups[0]?.rate, reference: 'synthetic' },
  ])
  t.equal(find({ scenario: null, programme: PROGRAMMES[0], table: 'deciles' }).length, 40)
  t.match(find({ scenario: null, programme: PROGRAMMES[0], measure: 'persons.exclusionError' }), [{ value: 0.45, unit: 'share' }])
  t.equal(find({ scenario: null, table: 'curves', measure: 'lorenz' }).length, 21)
  t.match(find({ table: 'ranks', measure: 'move', group: '99' }), [
    { formula: 'welfare-ranking', scenario: HOSTILE_SCENARIO, unit: 'hundredths' },
  ])
  t.match(find({ scenario: null, programme: PROGRAMMES[0], table: 'cutOffs', group: 'Amman / no tier', measure: 'cutOff' }), [
    { value: 5.010619, unit: 'points' },
  ])
  t.match(find({ scenario: null, programme: PROGRAMMES[1], table: 'cutOffs', measure: 'below' }), [{ unit: 'persons' }])
  t.same(
    new Set(rows.map(({ table }) => table)),
    new Set(RESULT_TABLES.filter((table) => !['sample', 'witnesses', 'movedScores'].includes(table))),
    'those of samples and of made households are other tests',
  )
  t.same(shape(rows), GOLDEN)
})

t.test('what is suppressed stays so, and says that it is', async (t) => {
  const outcome = madeOutcome()
  const [told, exact] = [false, true].map((one) => [...resultRows(toldResult(outcome, one))]) as [ResultRow[], ResultRow[]]
  const placed = ({ scenario, programme, formula, table, breakdown, group, from, to, measure }: ResultRow): string =>
    JSON.stringify([scenario, programme, formula, table, breakdown, group, from, to, measure])
  const toldBy = new Map(told.map((row) => [placed(row), row]))
  t.equal(toldBy.size, told.length)
  // Which group's few moved is not told either: that row of theirs is not there.
  const gone = exact.filter((row) => !toldBy.has(placed(row)))
  t.ok(gone.every(({ table, breakdown }) => table === 'transitions' && breakdown !== null))
  t.equal(told.length, exact.length - gone.length)
  const small = exact.filter(
    (row) =>
      !gone.includes(row) &&
      (row.unit === 'households' || row.unit === 'persons') &&
      /units$|sameTenth|below|above/.test(row.measure) &&
      row.value !== 0 &&
      (row.value ?? 10) < 10,
  )
  t.ok(small.length > 10, `${small.length} small cells`)
  t.same(
    small.filter((row) => toldBy.get(placed(row))?.note !== 'suppressed' || toldBy.get(placed(row))?.value !== null),
    [],
  )
  t.ok(exact.every(({ note }) => note !== 'suppressed'))
  t.ok(told.every(({ value, note }) => (value === null) === (note !== null)))
})

t.test('what the poor lack is told by who they are, to three digits, and else not at all', async (t) => {
  const told = (outcome: SimulationOutcome) => {
    const rows = [...resultRows(toldResult(outcome, false))]
    return (scenario: string | null, measure: string) => rows.filter((one) => one.scenario === scenario && one.measure === measure)
  }
  const without = told(madeOutcome())
  for (const measure of ['poverty.shortfall.amount', 'poverty.shortfall.households', 'before.poverty.shortfall.amount'])
    t.match(without(null, measure), [{ value: null, note: 'suppressed' }], measure)
  t.match(without(null, 'inequality.theil'), [{ value: 0.111 }])
  // Of 399 households, of whom one could move a third place.
  t.match(without(null, 'likelihoods.povertyLikelihood.rate')[1], { group: 'Amman', value: 0.12 })
  const of = told(withMadeBehind(madeOutcome(), 1))
  const [households] = of(null, 'poverty.shortfall.households')
  t.ok(Math.abs((households?.value ?? NaN) - 300) <= 4, `${households?.value} of 300`)
  const [amount] = of(null, 'before.poverty.shortfall.amount')
  t.ok(Math.abs((amount?.value ?? NaN) / 1_230 - 1) < 0.02, `${amount?.value} of some 1,230`)
})

t.test('exact is a permission, and audited as for JSON; to others it is not there', async (t) => {
  const reader = await keyWith('simulations:read')
  const events = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ count: number }>(
      "select count(*)::int as count from audit_event where action = 'simulation.read-exact'",
    )
    return rows[0]?.count ?? 0
  }
  for (const format of ['json', 'csv', 'parquet']) {
    const before = await events()
    t.equal((await app.inject({ url: `${URL}?format=${format}&exact=true`, headers: reader })).statusCode, 403)
    t.equal((await app.inject({ url: `${URL}?format=${format}`, headers: reader })).statusCode, 200)
    t.equal(await events(), before)
    t.equal((await get(`${URL}?format=${format}&exact=true`)).statusCode, 200)
    t.equal(await events(), before + 1)
  }
  const { id: others } = await storeMade(database, 'NAF')
  t.equal((await get(`/v1/simulations/${others}/result?format=csv`)).statusCode, 404)
})

/** Rows by table and measure, which is what a reader's program relies on. */
const shape = (rows: readonly ResultRow[]): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const { table, measure } of rows) found[`${table} ${measure}`] = (found[`${table} ${measure}`] ?? 0) + 1
  return found
}

/** Two programmes under two scenarios in all and in 4 + 11 groups; policies are the two and the baseline. */
const GROUPS = 2 * 2 * (1 + 4 + 11)
const POLICIES = 3
const SCENARIOS = 2
/** Of a kind of rate, by how many groups it is told of. */
const fairness = (of: string, groups: number): Record<string, number> =>
  Object.fromEntries(['rate', 'difference', 'ratio'].map((measure) => [`fairness ${of}.${measure}`, groups]))
const MARGINS = ['selectedBefore', 'selectedAfter', 'entrants', 'leavers']
const CELLS = ['units', 'persons', 'before', 'after']
const transitionsGolden = (): number =>
  toldResult(madeOutcome(), true).scenarios.reduce(
    (sum, { programmes }) =>
      sum +
      programmes.reduce(
        (own, { all, by }) => own + [all, ...Object.values(by).flat()].reduce((cells, group) => cells + group.transitions.length, 0),
        0,
      ),
    0,
  )
const GOLDEN: Record<string, number> = {
  ...Object.fromEntries(
    ['budget', 'places', 'spent', 'stoppedByBudget'].flatMap((name) => ['before', 'after'].map((side) => [`totals ${name}.${side}`, 4])),
  ),
  'totals spent.difference': 4,
  ...Object.fromEntries(MARGINS.flatMap((margin) => CELLS.map((cell) => [`totals ${margin}.${cell}`, GROUPS]))),
  ...Object.fromEntries(
    ['gainers', 'losers', 'unchanged'].flatMap((change) => ['units', 'persons'].map((of) => [`totals ${change}.${of}`, GROUPS])),
  ),
  'totals gainers.amount': GROUPS,
  'totals losers.amount': GROUPS,
  // Of each scenario, all programmes together.
  ...Object.fromEntries(
    ['budget.before', 'budget.after', 'spent.before', 'spent.after', 'spent.difference'].map((of) => [`totals yearly.${of}`, 2]),
  ),
  ...Object.fromEntries(CELLS.map((cell) => [`transitions ${cell}`, transitionsGolden()])),
  ...Object.fromEntries(
    ['', 'before.'].flatMap((path) =>
      [
        'poverty.headcount',
        'poverty.povertyGap',
        'poverty.severity',
        'poverty.watts',
        'poverty.shortfall.households',
        'poverty.shortfall.amount',
        'inequality.gini',
        'inequality.s80s20',
        'inequality.atRiskOfPoverty',
        'inequality.medianGap',
        'inequality.meanLogDeviation',
        'inequality.theil',
        'inequality.atkinsonHalf',
        'inequality.atkinsonOne',
      ].map((measure) => [`measures ${path}${measure}`, POLICIES]),
    ),
  ),
  ...Object.fromEntries(
    ['before', 'after', 'change'].flatMap((side) =>
      ['headcount', 'povertyGap', 'severity'].map((name) => [`measures lines.${side}.${name}`, POLICIES * 2]),
    ),
  ),
  ...Object.fromEntries(
    [
      'coverage',
      'inclusionError',
      'exclusionError',
      'leakage',
      'targetingAccuracy',
      'balancedPovertyAccuracy',
      'coadyGroshHoddinott',
      'concentrationIndex',
      'persons.coverage',
      'persons.inclusionError',
      'persons.exclusionError',
      'persons.leakage',
      'persons.targetingAccuracy',
      'persons.balancedPovertyAccuracy',
      'households.coadyGroshHoddinott',
    ].map((measure) => [`measures ${measure}`, POLICIES * 2]),
  ),
  'measures missedBy': POLICIES * 2 * 7,
  'measures persons.missedBy': POLICIES * 2 * 7,
  'deciles coverage': POLICIES * 2 * 10,
  'deciles shareOfBenefit': POLICIES * 2 * 10,
  'deciles households.coverage': POLICIES * 2 * 10,
  'deciles households.shareOfBenefit': POLICIES * 2 * 10,
  ...fairness('exclusionError', POLICIES * 2 * 3),
  ...fairness('inclusionError', POLICIES * 2 * 3),
  ...fairness('imputed', POLICIES * 13),
  'fairness likelihoods.povertyLikelihood.rate': POLICIES * 14,
  ...fairness('undetermined.before', SCENARIOS * 2 * 13),
  ...fairness('undetermined.after', SCENARIOS * 2 * 13),
  'curves lorenz': POLICIES * 21,
  'curves concentration': POLICIES * 2 * 21,
  'ranks spearman': 1,
  'ranks kendall': 1,
  'ranks meanDistance': 1,
  'ranks sameTenth': 1,
  'ranks move': 9,
  // Two in all, and two areas of one programme.
  'cutOffs cutOff': POLICIES * 4,
  'cutOffs within': POLICIES * 2,
  'cutOffs below': POLICIES * 4,
  'cutOffs at': POLICIES * 4,
  'cutOffs above': POLICIES * 4,
  'cutOffs selected': POLICIES * 2,
  'leftOut welfare.households': POLICIES,
  'leftOut welfare.persons': POLICIES,
  // Of two programmes and a formula.
  'leftOut withoutScore': POLICIES * 3,
  'leftOut withoutWelfare': POLICIES * 2,
  'filters excluded': POLICIES * 2,
  'filters alone': POLICIES * 2,
  'filters poorExcluded': POLICIES * 2,
  'filters poorAlone': POLICIES * 2,
  ...Object.fromEntries(
    ['lighter', 'heavier'].flatMap((side) => ['meanDistance', 'otherTenth', 'spearman'].map((name) => [`sensitivity ${side}.${name}`, 1])),
  ),
}

async function parquetRows(bytes: Buffer): Promise<{ rows: unknown[]; types: Record<string, string>; about: Record<string, string> }> {
  const path = join(dataDirectory, 'read.parquet')
  writeFileSync(path, bytes)
  const instance = await DuckDBInstance.create(':memory:')
  const duckdb = await instance.connect()
  const read = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjectsJson() as Record<string, string>[]
  try {
    return {
      rows: await read(`select * from read_parquet('${path}')`),
      types: Object.fromEntries(
        (await read(`describe select * from read_parquet('${path}')`)).map((row) => [row['column_name'], row['column_type']]),
      ),
      about: Object.fromEntries(
        (await read(`select decode(key) as k, decode(value) as v from parquet_kv_metadata('${path}')`)).map(({ k, v }) => [k, v]),
      ),
    }
  } finally {
    duckdb.closeSync()
    instance.closeSync()
  }
}
