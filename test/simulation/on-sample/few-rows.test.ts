/** What a sample tells of few rows, and of a population whose size is withheld, to somebody who may not see exact results. */
import t from 'tap'
import { disclosedCell } from '../../../src/simulation/disclose.ts'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { samplePopulation } from '../../../src/simulation/on-sample/sample-population.ts'
import { toldSample, toldSampleMeasures } from '../../../src/simulation/on-sample/told-sample.ts'
import { NOBODY } from '../../../src/simulation/tabulate.ts'
import { CASH } from '../support/seeded-laboratory.ts'
import { asOf, bundleWith, HOUSEHOLDS, opened, tenRows } from './ten-rows.ts'

const bundle = bundleWith()

/** Forty selected, of one room, and sixty left out, of five: so many of each are poor. */
function split(poorSelected: number, poorLeftOut: number) {
  const rows = 100
  const isSelected = (row: number): boolean => row < 40
  const isPoor = (row: number): boolean => (isSelected(row) ? row < poorSelected : row - 40 < poorLeftOut)
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => of(row))
  return opened({
    ...tenRows(),
    rows,
    weights: null,
    welfare: column((row) => (isPoor(row) ? 50 : 400) + row / 10),
    facts: new Map([
      ['householdSize', column(() => 4)],
      ['rooms', column((row) => (isSelected(row) ? 1 : 5))],
    ]),
  })
}

const toldOf = (sample: ReturnType<typeof opened>) => toldSampleMeasures(onSample(sample, { bundle, asOf }, HOUSEHOLDS).baseline, false)
const cashOf = (sample: ReturnType<typeof opened>) => toldOf(sample).programmes.find(({ programme }) => programme === CASH)

t.test('a sample stands for as many households as are disclosed, and for none where that is withheld', async (t) => {
  for (const households of [1, 3, 9]) t.throws(() => samplePopulation(households, 12_345), { code: 'request-invalid' })
  const keys = Array.from({ length: 50 }, (_, key) => key * 85_899_345)
  const found = keys.map((key) => samplePopulation(143, key))
  t.same(
    found,
    keys.map((key) => disclosedCell({ ...NOBODY, units: 143, key }).units),
  )
  t.ok(new Set(found).size > 1, 'and is not the number itself')
})

t.test('errors that few rows are behind are hidden, whichever of the four they are', async (t) => {
  const hidden = { inclusionError: null, exclusionError: null, leakage: null, targetingAccuracy: null, balancedPovertyAccuracy: null }
  t.match(cashOf(split(39, 20)), { households: hidden, persons: hidden }, 'one selected who is not poor')
  const missed = cashOf(split(20, 1))
  t.match(missed, { households: hidden, persons: hidden }, 'one poor who is missed')
  t.ok(missed?.households.missedBy.every(({ shareOfPoor }) => shareOfPoor === null))
  t.match(cashOf(split(20, 20)), {
    households: { rows: { poorSelected: 20, poorMissed: 20, nonPoorSelected: 20, nonPoorLeftOut: 40 }, coverage: 0.4, inclusionError: 0.5 },
    persons: { exclusionError: 0.5 },
  })
  t.ok(cashOf(split(20, 20))?.households.missedBy.some(({ outcome, shareOfPoor }) => outcome === 'no-place' && shareOfPoor === 0.5))
  const atCutOff = (sample: ReturnType<typeof opened>) =>
    toldOf(sample).formulas.find(({ formula }) => formula === 'welfare-ranking')?.cutOffs[0]
  t.match(atCutOff(split(20, 1)), { households: { coverage: 0.4, inclusionError: null, exclusionError: null, leakage: null } })
  t.match(atCutOff(split(20, 20)), { households: { coverage: 0.4, inclusionError: 0.5, exclusionError: 0.5 } })
})

t.test('persons rest on rows of known size only', async (t) => {
  const sample = split(20, 20)
  const sizes = Float64Array.from({ length: 100 }, (_, row) => (row >= 40 && row < 59 ? NaN : 4))
  const facts = new Map([...sample.rows.facts, ['householdSize', sizes]])
  t.match(cashOf({ ...sample, rows: { ...sample.rows, facts } }), {
    households: { exclusionError: 0.5 },
    persons: { exclusionError: null },
  })
})

t.test('welfare of fewer than ten rows is told of nobody, nor poverty of few poor rows', async (t) => {
  const nine = onSample(opened(tenRows([0, 1, 2, 3, 4, 5, 6, 7, 8])), { bundle, asOf }, HOUSEHOLDS)
  const { before } = toldSample(nine.about, HOUSEHOLDS, false)
  for (const welfare of [before.persons, before.households, toldSampleMeasures(nine.baseline, false).persons]) {
    t.same(Object.values({ ...welfare.rows, ...welfare.poverty, ...welfare.inequality }), Array(10).fill(null))
    t.ok(welfare.lorenz.every(({ amount }) => amount === null))
  }
  t.same(toldSample(nine.about, HOUSEHOLDS, true).before, nine.about.before)
  const few = toldSample(onSample(split(1, 2), { bundle, asOf }, HOUSEHOLDS).about, HOUSEHOLDS, false).before.households
  t.same(few.rows, { known: 100, poor: null, atRisk: null })
  t.same(few.poverty, { headcount: null, povertyGap: null, severity: null })
  t.match(few.inequality, { gini: Number, atRiskOfPoverty: null, medianGap: null })
  const many = toldSample(onSample(split(20, 20), { bundle, asOf }, HOUSEHOLDS).about, HOUSEHOLDS, false).before.households
  t.match(many, { rows: { poor: 40 }, poverty: { headcount: 0.4 }, inequality: { medianGap: Number } })
})
