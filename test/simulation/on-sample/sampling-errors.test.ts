/** Sampling errors of ten rows in two strata and five clusters, by hand; and where nothing is known of them. */
import t from 'tap'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { designOf, designOutcome, samplingErrorOfShare } from '../../../src/simulation/on-sample/sampling-errors.ts'
import { toldSampleMeasures } from '../../../src/simulation/on-sample/told-sample.ts'
import { CASH } from '../support/seeded-laboratory.ts'
import { asOf, bundleWith, HOUSEHOLDS, opened, tenRows } from './ten-rows.ts'

/** Rows 1 and 6, 2 and 7 in the north; 3 and 8, 4 and 9, 5 and 10 in the south. */
const STRATA = ['n', 'n', 's', 's', 's', 'n', 'n', 's', 's', 's']
const CLUSTERS = ['a', 'b', 'a', 'b', 'c', 'a', 'b', 'a', 'b', 'c']
const drawn = (order: readonly number[] = STRATA.map((_, row) => row)) => ({
  ...tenRows(order),
  strata: order.map((row) => STRATA[row] as string),
  clusters: order.map((row) => CLUSTERS[row] as string),
})
const bundle = bundleWith()
const measured = (rows: ReturnType<typeof tenRows>) => onSample(opened(rows), { bundle, asOf }, HOUSEHOLDS)
const near = (found: number | undefined, wanted: number): boolean => Math.abs((found ?? NaN) - wanted) < 1e-9
/** The 97.5% point of t with three degrees of freedom, from tables. */
const T3 = 3.182_446_305_284_26

t.test('by hand', async (t) => {
  const { about, baseline } = measured(drawn())
  t.same(about.design, { strata: 2, clusters: 5, singleClusterStrata: 0, degreesOfFreedom: 3 })
  // Half of all are poor. Clusters of the north −0.025 and 0, of the south 0.025, 0 and 0: 0.000625 from each stratum.
  const { headcount } = about.before.households.sampling ?? {}
  t.ok(near(headcount?.standardError, Math.sqrt(0.00125)))
  t.ok(near(headcount?.low, 0.5 - T3 * Math.sqrt(0.00125)))
  t.ok(near(headcount?.high, 0.5 + T3 * Math.sqrt(0.00125)))
  // Missed of the poor 12/35. By cluster, in 1,750ths: −60 and −20; −30, −120 and 230.
  const cash = baseline.programmes.find(({ programme }) => programme === CASH)
  const south = [-30, -120, 230].map((score) => (score - 80 / 3) ** 2).reduce((sum, square) => sum + square, 0)
  const error = cash?.households.sampling?.exclusionError
  t.ok(near(error?.standardError, Math.sqrt(2 * 2 * 20 ** 2 + 1.5 * south) / 1_750))
  t.equal(error?.low, 0, 'no share is below nothing')
})

t.test('the order of the rows means nothing', async (t) => {
  const told = (rows: ReturnType<typeof tenRows>) => JSON.stringify([measured(rows).about, measured(rows).baseline])
  t.equal(told(drawn([9, 3, 7, 1, 0, 8, 2, 6, 4, 5])), told(drawn()))
})

t.test('where nothing is known of them', async (t) => {
  const design = designOf(drawn(), drawn().welfare)
  const [none, all] = [new Float64Array(10), new Float64Array(10).fill(3)]
  t.equal(samplingErrorOfShare(none, none, design), null, 'of nobody')
  t.equal(samplingErrorOfShare(none, all, design), null, 'of a share of 0')
  t.equal(samplingErrorOfShare(all, all, design), null, 'of a share of 1')
  const alone = designOf({ ...drawn(), strata: STRATA.map((_, row) => `${row}`) }, drawn().welfare)
  t.match(designOutcome(alone), { singleClusterStrata: 10, degreesOfFreedom: 0 })
  t.equal(
    samplingErrorOfShare(
      all.map((weight, row) => weight * (row % 2)),
      all,
      alone,
    ),
    null,
    'without degrees of freedom',
  )
})

t.test('where a figure is not told, nor is how sure it is', async (t) => {
  const { baseline } = measured(drawn())
  const { programmes, households } = toldSampleMeasures(baseline, false)
  t.same(households.sampling, { headcount: null, povertyGap: null, severity: null })
  for (const { persons } of programmes) for (const error of Object.values(persons.sampling ?? {})) t.equal(error, null)
})
