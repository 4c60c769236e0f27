/** Concentration of a benefit and the Coady–Grosh–Hoddinott ratio. */
import fc from 'fast-check'
import t from 'tap'
import { coadyGroshHoddinott, concentrationCurve, concentrationIndex } from '../../../src/simulation/measures/concentration.ts'
import { ordinate } from '../../../src/simulation/measures/curve.ts'
import { gini, lorenzCurve } from '../../../src/simulation/measures/lorenz.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, knownRows, type Row, shuffled } from './populations.ts'

const indexOf = (welfare: readonly number[], amount: readonly number[], weights?: readonly number[]): number | null =>
  concentrationIndex(
    concentrationCurve(welfareOrder(Float64Array.from(welfare), weights && Float64Array.from(weights)), Float64Array.from(amount)),
  )

t.test('the poorest gets all, the best off gets all, all get the same, and ties', async (t) => {
  t.equal(indexOf([1, 2, 3, 4], [1, 0, 0, 0]), -0.75)
  t.equal(indexOf([1, 2, 3, 4], [0, 0, 0, 1]), 0.75)
  t.equal(indexOf([1, 2, 3, 4], [1, 1, 1, 1]), 0)
  t.equal(indexOf([10, 10, 20, 20], [1, 0, 1, 0]), 0)
  t.equal(indexOf([1, 2], [0, 0]), null)
  t.equal(indexOf([], []), null)
})

t.test('under-five deaths in India 1982–92 by wealth group, births as weights: −0.1694 (World Bank, technical note 7)', async (t) => {
  const births = [29939, 28776, 26528, 24689, 19739]
  const deaths = [154.7, 152.9, 119.5, 86.9, 54.3].map((rate, i) => rate * (births[i] as number))
  t.ok(close(indexOf([1, 2, 3, 4, 5], deaths, births), -0.1694, 1e-4))
})

t.test('Grosh, Coady & Hoddinott 2003: 60% of the benefits to the bottom 40% is 1.5', async (t) => {
  const order = welfareOrder(Float64Array.of(1, 2, 3, 4, 5))
  const curve = concentrationCurve(order, Float64Array.of(40, 20, 20, 10, 10))
  t.ok(close(coadyGroshHoddinott(curve, 0.4), 1.5, 1e-12))
  t.equal(coadyGroshHoddinott(curve, 1), 1)
  t.equal(coadyGroshHoddinott(concentrationCurve(order, new Float64Array(5)), 0.4), null)
  for (const poorest of [0, 1.2]) t.throws(() => coadyGroshHoddinott(curve, poorest), RangeError)
})

t.test('unknown amounts and welfare are left out and counted', async (t) => {
  const curve = concentrationCurve(welfareOrder(Float64Array.of(1, 2, NaN, 4), Uint8Array.of(1, 2, 3, 4)), Float64Array.of(5, NaN, 7, 5))
  t.same(curve.counted, { units: 2, weight: 5, unknownUnits: 2, unknownWeight: 5 })
  t.equal(ordinate(curve, 0.2), 0.5)
  const withoutPoorest = concentrationCurve(welfareOrder(Float64Array.of(1, 2)), Float64Array.of(NaN, 5))
  t.equal(withoutPoorest.cumulativeWeight.length, 1, 'a group of unknown amounts only is no point')
  t.equal(ordinate(withoutPoorest, 0), 0)
})

t.test('of welfare itself it is the Gini; bounds; order', async () => {
  const own = (rows: readonly Row[]) => welfareOrder(columnOf(rows, 'welfare'), columnOf(rows, 'weight'))
  fc.assert(
    fc.property(knownRows, fc.integer(), (rows, seed) => {
      const order = own(rows)
      const welfare = columnOf(rows, 'welfare').map((y, i) => y * (rows[i] as Row).weight)
      const again = shuffled(rows, seed)
      const index = concentrationIndex(concentrationCurve(order, columnOf(rows, 'benefit')))
      return (
        close(concentrationIndex(concentrationCurve(order, welfare)), gini(lorenzCurve(order))) &&
        index === concentrationIndex(concentrationCurve(own(again), columnOf(again, 'benefit'))) &&
        (index === null || Math.abs(index) <= 1)
      )
    }),
    propertyRuns(300, 910),
  )
})
