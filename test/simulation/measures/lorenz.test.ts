/** Lorenz curve, Gini, S80/S20: published figures and what must hold for any population. */
import fc from 'fast-check'
import t from 'tap'
import { curvePoints, ordinate } from '../../../src/simulation/measures/curve.ts'
import { gini, giniOfSample, lorenzCurve, meanWelfare, s80s20, welfareShares } from '../../../src/simulation/measures/lorenz.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, knownRows, replicated, type Row, shuffled, someRows } from './populations.ts'

const curveOf = (welfare: readonly number[], weights?: readonly number[]) =>
  lorenzCurve(welfareOrder(Float64Array.from(welfare), weights && Float64Array.from(weights)))
const curveOfRows = (rows: readonly Row[]) => lorenzCurve(welfareOrder(columnOf(rows, 'welfare'), columnOf(rows, 'weight')))
const times = (n: number, value: number): number[] => Array.from({ length: n }, () => value)

t.test('Damgaard & Weiner 2000: two populations with the corrected Gini 4/9, uncorrected 0.4', async (t) => {
  for (const welfare of [
    [...times(9, 50 / 9), 50],
    [...times(5, 2), ...times(5, 18)],
  ]) {
    t.ok(close(gini(curveOf(welfare)), 0.4, 1e-12))
    t.ok(close(giniOfSample(curveOf(welfare)), 4 / 9, 1e-12))
  }
})

t.test('n − 1 with nothing and one with all: 1 − 1/n; all equal: exactly 0 (World Bank, wbpip)', async (t) => {
  t.ok(close(gini(curveOf([...times(99, 0), 100])), 0.99, 1e-12))
  t.ok(close(gini(curveOf([...times(999, 0), 1000])), 0.999, 1e-12))
  t.equal(gini(curveOf(times(100, 7.3))), 0)
})

t.test('United States 1968, means and frequencies of ten classes of income: 0.388926', async (t) => {
  const means = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
  const curve = curveOf(means, [482, 825, 722, 690, 661, 760, 745, 2140, 1911, 1024])
  t.ok(close(gini(curve), 0.388925666072782, 1e-12))
  t.equal(meanWelfare(curveOf([1, 2, 3], [1, 1, 2])), 2.25)
})

t.test('ordinates by hand, between points by straight lines', async (t) => {
  const curve = curveOf([1, 2, 3, 4])
  t.same(curvePoints(curve, [0, 0.25, 0.5, 1]), [
    { population: 0, amount: 0 },
    { population: 0.25, amount: 0.1 },
    { population: 0.5, amount: 0.3 },
    { population: 1, amount: 1 },
  ])
  t.ok(close(ordinate(curve, 0.2), 0.08))
  t.ok(close(ordinate(curve, 0.8), 0.68))
  t.ok(close(s80s20(curve), 0.32 / 0.08))
  t.ok(welfareShares(curve, 4)?.every((share, i) => close(share, (i + 1) / 10)))
  t.throws(() => ordinate(curve, 1.1), RangeError)
})

t.test('nobody, nothing, less than nothing', async (t) => {
  for (const curve of [curveOf([]), curveOf([NaN]), curveOf([0, 0]), curveOf([-3, 1])]) {
    t.same([gini(curve), giniOfSample(curve), s80s20(curve), welfareShares(curve)], [null, null, null, null])
  }
  t.equal(meanWelfare(curveOf([])), null)
  t.equal(meanWelfare(curveOf([-3, 1])), -1)
  t.equal(ordinate(curveOf([]), 0.5), null)
  t.equal(giniOfSample(curveOf([5])), null)
  t.equal(s80s20(curveOf([0, 0, 1])), null, 'the poorest fifth has nothing')
  t.ok((gini(curveOf([-1, 0, 2])) as number) > 1, 'negative welfare can carry it beyond 1')
})

t.test('bounds, scale, replication, weights as replication, order', async () => {
  fc.assert(
    fc.property(someRows, fc.integer({ min: 2, max: 1000 }), fc.integer(), (rows, factor, seed) => {
      const own = gini(curveOfRows(rows))
      const scaled = gini(curveOfRows(rows.map((row) => ({ ...row, welfare: row.welfare * factor }))))
      const copies = gini(curveOfRows([...rows, ...rows]))
      const byWeight = gini(curveOfRows(replicated(rows)))
      const again = gini(curveOfRows(shuffled(rows, seed)))
      if (own === null) return scaled === null && copies === null
      return own >= 0 && own < 1 && close(own, scaled) && close(own, copies) && close(own, byWeight) && own === again
    }),
    propertyRuns(300, 906),
  )
})

t.test('the mean difference over twice the mean, by all pairs, is the Gini', async () => {
  fc.assert(
    fc.property(knownRows, (rows) => {
      let difference = 0
      let weight = 0
      let sum = 0
      for (const a of rows) {
        weight += a.weight
        sum += a.weight * a.welfare
        for (const b of rows) difference += a.weight * b.weight * Math.abs(a.welfare - b.welfare)
      }
      return close(gini(curveOfRows(rows)), difference / (2 * weight * sum))
    }),
    propertyRuns(200, 907),
  )
})

t.test('a transfer from a richer to a poorer lowers it; the curve is convex and never above the diagonal', async () => {
  fc.assert(
    fc.property(knownRows, (rows) => {
      const curve = curveOfRows(rows)
      const points = Array.from({ length: 21 }, (_, i) => ordinate(curve, i / 20) as number)
      const welfare = rows.map((row) => row.welfare)
      const [least, most] = [Math.min(...welfare), Math.max(...welfare)]
      const taken = (most - least) / 4
      const from = welfare.indexOf(most)
      const to = welfare.indexOf(least)
      const levelled = welfare.map((y, i) => (i === from ? y - taken : i === to ? y + taken : y))
      const fell = most === least || (gini(curveOf(levelled)) as number) < (gini(curveOf(welfare)) as number)
      return (
        fell &&
        points.every((L, i) => L <= i / 20 + 1e-12) &&
        points.slice(2).every((L, i) => L - (points[i + 1] as number) >= (points[i + 1] as number) - (points[i] as number) - 1e-9)
      )
    }),
    propertyRuns(200, 908),
  )
})
