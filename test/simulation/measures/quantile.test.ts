/** Quantiles by weight and quantile groups. */
import fc from 'fast-check'
import t from 'tap'
import { quantile, quantileGroups, quantiles } from '../../../src/simulation/measures/quantile.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, replicated, type Row, shuffled, someRows } from './populations.ts'

const orderOf = (welfare: readonly number[], weights?: readonly number[]) =>
  welfareOrder(Float64Array.from(welfare), weights && Float64Array.from(weights))
const orderOfRows = (rows: readonly Row[]) => welfareOrder(columnOf(rows, 'welfare'), columnOf(rows, 'weight'))

t.test('by hand: half way where a share is met exactly, else the next value', async (t) => {
  t.equal(quantile(orderOf([1, 2, 3, 10]), 1, 2), 2.5)
  t.equal(quantile(orderOf([1, 2, 3]), 1, 2), 2)
  t.equal(quantile(orderOf([1, 2, 3], [1, 1, 4]), 1, 2), 3)
  t.equal(quantile(orderOf([1, 2, 3], [1, 2, 3]), 1, 2), 2.5)
  t.same([quantile(orderOf([4, 9]), 0, 4), quantile(orderOf([4, 9]), 4, 4)], [4, 9])
  t.same(quantiles(orderOf([1, 2, 3, 4, 5, 6, 7, 8]), 4), [2.5, 4.5, 6.5])
  t.same(quantiles(orderOf([NaN]), 2), [null])
  for (const [k, n] of [
    [1, 0],
    [-1, 2],
    [3, 2],
    [0.5, 1],
  ] as const)
    t.throws(() => quantile(orderOf([1]), k, n), RangeError)
})

t.test('groups by hand: equals stand together, by the middle of their ranks; unknown is in none', async (t) => {
  t.same([...quantileGroups(orderOf([10, 20, 30, 40, NaN]), 2)], [1, 1, 2, 2, 0])
  t.same([...quantileGroups(orderOf([5, 5, 5, 9]), 4)], [2, 2, 2, 4], 'three equals: rank 1.5 of 4')
  t.same([...quantileGroups(orderOf([5, 5, 5, 5]), 10)], [6, 6, 6, 6])
  t.same([...quantileGroups(orderOf([1, 2, 3], [0, 1, 1]), 2)], [0, 1, 2], 'weight 0 stands for nobody')
  t.same([...quantileGroups(orderOf([]))], [])
  for (const groups of [0, 256, 1.5]) t.throws(() => quantileGroups(orderOf([1]), groups), RangeError)
})

t.test('twenty different values make ten groups of two', async (t) => {
  const groups = quantileGroups(orderOf(Array.from({ length: 20 }, (_, i) => 100 - i)))
  t.same(
    [...groups],
    Array.from({ length: 20 }, (_, i) => 10 - Math.floor(i / 2)),
  )
})

t.test('weights are replication, the order of rows does not matter, and groups rise with welfare', async () => {
  fc.assert(
    fc.property(someRows, fc.integer({ min: 1, max: 12 }), fc.integer(), (rows, n, seed) => {
      const own = quantiles(orderOfRows(rows), n + 1)
      const shuffledRows = shuffled(rows, seed)
      const group = quantileGroups(orderOfRows(rows), n)
      const groupShuffled = quantileGroups(orderOfRows(shuffledRows), n)
      const rising = rows.every((a, i) => rows.every((b, j) => !(a.welfare < b.welfare) || (group[i] as number) <= (group[j] as number)))
      return (
        rising &&
        rows.every((row, i) => group[i] === groupShuffled[shuffledRows.indexOf(row)]) &&
        own.every((q, i) => q === quantiles(orderOfRows(shuffledRows), n + 1)[i]) &&
        own.every((q, i) => close(q, quantiles(orderOfRows(replicated(rows)), n + 1)[i] ?? null))
      )
    }),
    propertyRuns(200, 909),
  )
})
