/** A simulation on ten weighted rows, by hand; whatever the order of the rows and the unit of the weights; and what is unknown. */
import t from 'tap'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { decideSample } from '../../../src/simulation/on-sample/decide-sample.ts'
import { measureSampleProgramme } from '../../../src/simulation/on-sample/measure-sample-programme.ts'
import { designOf } from '../../../src/simulation/on-sample/sampling-errors.ts'
import { sampleWeights } from '../../../src/simulation/on-sample/sample-weights.ts'
import { measuredSample, type SampleMeasures } from '../../../src/simulation/on-sample/measure-sample.ts'
import { toldSampleMeasures } from '../../../src/simulation/on-sample/told-sample.ts'
import { CASH, programmeSet } from '../support/seeded-laboratory.ts'
import { asOf, bundleWith, HOUSEHOLDS, opened, shippedAgain, tenRows } from './ten-rows.ts'

const bundle = bundleWith()
const measured = onSample(opened(tenRows()), { bundle, asOf }, HOUSEHOLDS)
const cashOf = ({ programmes }: SampleMeasures) =>
  programmes.find(({ programme }) => programme === CASH) as SampleMeasures['programmes'][number]
const near = (found: number | null | undefined, wanted: number): boolean => Math.abs((found ?? NaN) - wanted) < 1e-9

t.test('by hand: five in seven of the households of two rooms have the last places', async (t) => {
  const { about, baseline } = measured
  t.same([about.households, about.withoutWelfare, about.withoutSize], [100, 0, 0])
  // Persons 375, of them 195 poor; households 100, of them 50.
  t.ok(near(about.before.persons.poverty.headcount, 195 / 375))
  t.ok(near(about.before.persons.poverty.povertyGap, 63.5 / 375))
  t.ok(near(about.before.households.poverty.headcount, 0.5))
  const cash = cashOf(baseline)
  // One room: 5 + 10. Two rooms: 25 of 35, five in seven of each row.
  t.same(cash.rows, { known: 10, poor: 5, selected: 5 })
  t.equal(cash.selected, 40)
  t.ok(near(cash.households.coverage, 0.4))
  t.ok(near(cash.households.inclusionError, 50 / 7 / 40))
  t.ok(near(cash.households.exclusionError, (10 + 50 / 7) / 50))
  t.ok(near(cash.persons.exclusionError, (10 + (2 / 7) * 135) / 195))
  const missed = new Map(cash.households.missedBy.map(({ outcome, shareOfPoor }) => [outcome, shareOfPoor]))
  t.ok(near(missed.get('ineligible'), 0.2))
  t.ok(near(missed.get('no-place'), 1 / 7))
  t.equal(missed.get('undetermined'), 0)
  // 440 + 720 + 6,000/7 + 7,800/7 + 400 dinars a month, three times.
  t.equal(cash.spent, Math.round(3 * (1_560 + 13_800 / 7) * 1000))
  t.equal(cash.stoppedByBudget, false)
  // The row of 80 dinars comes to 104; of the rows of 60 and 70 five in seven are raised.
  t.ok(near(baseline.persons.poverty.headcount, 165 / 375))
  t.ok(near(baseline.households.poverty.headcount, 0.4))
  t.ok(near(baseline.persons.poverty.povertyGap, (5.6 + 108 / 7 + (75 * (5 * 0.092 + 2 * 0.3)) / 7 + 1) / 375))
  const poorest = cash.deciles[0]
  t.ok(near(poorest?.coverage, 1))
})

t.test('a scenario is held against the baseline', async (t) => {
  const more = cashOf(measured.measure(bundleWith(programmeSet(CASH, { '/targeting/places': 50 }))))
  t.same(more.entrants, { rows: 3, households: 10 })
  t.same(more.leavers, { rows: 0, households: 0 })
  t.same(cashOf(measured.measure(bundle)).entrants, { rows: 0, households: 0 }, 'no change moves nobody')
  // A thousand dinars a month of the 1,160 that the rows of one room cost.
  const poor = cashOf(measured.measure(bundleWith(programmeSet(CASH, { '/targeting/places': null, '/targeting/budget': 3_000 }))))
  t.match(poor, { stoppedByBudget: true, spent: 3_000_000 })
  t.ok(near(poor.households.coverage, (15 * 1_000) / 1_160 / 100))
  const stopped = new Map(poor.households.missedBy.map(({ outcome, shareOfPoor }) => [outcome, shareOfPoor]))
  t.ok(near(stopped.get('no-budget'), (15 * (160 / 1_160) + 25) / 50), 'the rest would have had a place')
})

t.test('the order of the rows means nothing, nor the unit of the weights', async (t) => {
  const told = (rows: ReturnType<typeof tenRows>) => {
    const { about, baseline, measure } = onSample(opened(rows), { bundle, asOf }, HOUSEHOLDS)
    return JSON.stringify([about, baseline, measure(bundleWith(programmeSet(CASH, { '/targeting/budget': 3_000 })))])
  }
  const once = told(tenRows())
  t.equal(told(tenRows([9, 3, 7, 1, 0, 8, 2, 6, 4, 5])), once)
  t.equal(told(tenRows(undefined, 2 ** -20)), once)
  const numbers = (text: string): number[] => [...text.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)].map(([number]) => Number(number))
  const [a, b] = [numbers(once), numbers(told(tenRows(undefined, 3.7)))]
  t.equal(a.length, b.length)
  t.same(
    a.filter((number, place) => Math.abs(number - (b[place] as number)) > 1e-9),
    [],
  )
})

t.test('welfare in other units is the same welfare', async (t) => {
  const rows = tenRows()
  const sizes = rows.facts.get('householdSize') as Float64Array
  const yearly = { ...rows, welfare: rows.welfare.map((value, row) => value * 12 * (sizes[row] as number)) }
  const found = onSample(opened(yearly, 'JOD/household/year'), { bundle, asOf }, HOUSEHOLDS)
  t.same(found.baseline, measured.baseline)
})

t.test('what is unknown is neither false nor zero', async (t) => {
  const rows = tenRows()
  const sizes = (rows.facts.get('householdSize') as Float64Array).slice()
  const welfare = rows.welfare.slice()
  // A row of unknown size is undetermined, and in no measure of persons; one of unknown welfare in no measure of the poor.
  sizes[0] = NaN
  welfare[3] = NaN
  const found = onSample(
    opened({ ...rows, welfare, facts: new Map([...rows.facts, ['householdSize', sizes]]) }),
    { bundle, asOf },
    HOUSEHOLDS,
  )
  t.match(found.about, { withoutSize: 1, withoutWelfare: 1 })
  t.ok(near(found.about.before.households.poverty.headcount, 35 / 85), 'of whom both are known')
  t.ok(near(found.about.before.persons.poverty.headcount, 145 / 325))
  const cash = cashOf(found.baseline)
  t.equal(cash.selected, 40, 'the other rows take its places')
  const missed = new Map(cash.households.missedBy.map(({ outcome, shareOfPoor }) => [outcome, shareOfPoor]))
  t.ok(near(missed.get('undetermined'), 5 / 40))
  const bare = onSample(
    opened({ ...rows, facts: new Map([['rooms', rows.facts.get('rooms') as Float64Array]]) }),
    { bundle, asOf },
    HOUSEHOLDS,
  )
  t.match(cashOf(bare.baseline), { selected: 0, households: { coverage: 0, inclusionError: null }, persons: { coverage: null } })
  t.ok(bare.baseline.unknownFacts.includes('householdSize'))
  t.ok(bare.about.notMeasured.some(({ what }) => what === 'persons'))
})

t.test('what cannot be measured is said, and facts that follow from others are computed', async (t) => {
  const { about, baseline } = onSample(opened(tenRows()), { bundle: shippedAgain(), asOf }, HOUSEHOLDS)
  t.same(
    about.notMeasured.flatMap(({ programme }) => programme ?? []),
    ['pwd-rehabilitation'],
  )
  t.notOk(baseline.programmes.some(({ programme }) => programme === 'pwd-rehabilitation'))
  t.notOk(baseline.unknownFacts.includes('cashTransferBenefit'), 'it follows from the size')
  t.ok(baseline.unknownFacts.includes('headIsJordanian'))
  for (const { because } of about.notMeasured) t.ok(because.en !== '' && because.ar !== '')
})

t.test('figures of fewer than ten rows are told to nobody who may not see exact ones', async (t) => {
  const told = toldSampleMeasures(measured.baseline, false).programmes.find(({ programme }) => programme === CASH)
  t.match(told, {
    rows: { known: 10, poor: null, selected: null },
    selected: null,
    spent: null,
    coadyGroshHoddinott: null,
    households: { coverage: null, inclusionError: null, exclusionError: null },
  })
  t.ok(told?.deciles.every(({ coverage, rows }) => coverage === null && (rows === null || rows === 0)))
  t.same(toldSampleMeasures(measured.baseline, true), measured.baseline)
})

t.test('rows of unknown size are in poverty neither before nor after, so that a transfer to them moves nothing', async (t) => {
  const rows = tenRows()
  const everybody = bundleWith({
    object: 'rule',
    id: CASH,
    set: { '/conditions': { all: [{ fact: 'rooms', operator: 'greaterThanInclusive', value: 1 }] } },
  })
  // The sample knows what each is paid, of whom it does not know the size too.
  const paid: readonly [string, Float64Array] = ['cashTransferBenefit', new Float64Array(10).fill(120)]
  const sizes = (rows.facts.get('householdSize') as Float64Array).map((size, row) => (row < 3 ? NaN : size))
  const found = onSample(
    opened({ ...rows, facts: new Map([...rows.facts, paid, ['householdSize', sizes]]) }),
    { bundle: everybody, asOf },
    HOUSEHOLDS,
  )
  const cash = cashOf(found.baseline)
  t.ok(cash.rows.selected > 3 && cash.spent > 0, 'rows of unknown size are paid')
  t.ok(near(found.about.before.households.poverty.headcount, 20 / 70))
  t.equal(found.about.before.households.rows.known, 7)
  t.equal(found.baseline.households.rows.known, 7)
  t.ok(found.about.notMeasured.some(({ what }) => what === 'persons'))
  t.notOk(measured.about.notMeasured.some(({ what }) => what === 'persons'))
})

t.test('places that bind nobody move nobody', async (t) => {
  const spare = (places: number) => bundleWith(programmeSet(CASH, { '/targeting/places': places, '/targeting/budget': 3_000 }))
  for (const [before, after] of [
    [83, 97],
    [61, 100],
    [47, 91],
  ] as const) {
    const cash = cashOf(onSample(opened(tenRows()), { bundle: spare(before), asOf }, HOUSEHOLDS).measure(spare(after)))
    t.match(cash, { entrants: { rows: 0 }, leavers: { rows: 0 }, stoppedByBudget: true })
  }
})

t.test('shares that differ in their last bits alone move nobody', async (t) => {
  const rows = tenRows()
  const weights = sampleWeights(rows, HOUSEHOLDS)
  const list = decideSample(bundle, rows, weights, asOf).lists.find((one) => one?.programme === CASH)
  if (!list) throw new Error('no list')
  const other = { ...list, selected: list.selected.map((share, row) => share + (row % 2 === 0 ? 1e-15 : -1e-15)) }
  const { entrants, leavers } = measureSampleProgramme(
    bundle,
    list,
    { list: other },
    measuredSample(weights, rows.welfare, 100_000, designOf(rows, rows.welfare)),
  )
  t.same([entrants, leavers], Array(2).fill({ rows: 0, households: 0 }))
})
