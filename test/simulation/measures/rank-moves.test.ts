/** Moves between two orders: matrix and distribution by hand, and sums. */
import fc from 'fast-check'
import t from 'tap'
import { rankMoves } from '../../../src/simulation/measures/rank-moves.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { columnOf, type Row, shuffled, someRows } from './populations.ts'

const quantileAt = (moves: ReturnType<typeof rankMoves>, percent: number): number | null | undefined =>
  moves.moved.quantiles.find((one) => one.percent === percent)?.move

t.test('the poorest of four becomes the best off, one loses its rank', async (t) => {
  const moves = rankMoves(welfareOrder(Float64Array.of(1, 2, 3, 4, 5)), welfareOrder(Float64Array.of(9, 2, 3, 4, NaN)), 2)
  // Before: places 10, 30, 50, 70, 90 in groups 1 1 2 2 2; after: 87.5, 12.5, 37.5, 62.5 in groups 2 1 1 2.
  t.same([...moves.matrix], [0, 0, 0, 0, 1, 1, 1, 1, 1])
  t.equal(moves.moved.units, 4)
  t.equal(moves.moved.sameGroup, 2)
  t.equal(quantileAt(moves, 50), (-12.5 + -7.5) / 2)
  t.equal(quantileAt(moves, 99), 77.5)
  t.equal(quantileAt(moves, 1), -17.5)
  t.equal(moves.moved.greatestDistance, 77.5)
  t.equal(moves.moved.meanDistance, (77.5 + 17.5 + 12.5 + 7.5) / 4)
})

t.test('nobody ranked in both; columns of different length are refused', async (t) => {
  const moves = rankMoves(welfareOrder(Float64Array.of(NaN, 1)), welfareOrder(Float64Array.of(1, NaN)), 1)
  t.same([...moves.matrix], [0, 1, 1, 0])
  t.same([moves.moved.meanDistance, moves.moved.greatestDistance, quantileAt(moves, 50)], [null, null, null])
  t.throws(() => rankMoves(welfareOrder(Float64Array.of(1)), welfareOrder(Float64Array.of())), RangeError)
})

t.test('cells add up to the rows; margins are the sizes of groups; the same order moves nobody; order of rows', async () => {
  const order = (rows: readonly Row[], name: 'welfare' | 'other') => welfareOrder(columnOf(rows, name), columnOf(rows, 'weight'))
  fc.assert(
    fc.property(someRows, fc.integer(), (rows, seed) => {
      const own = rankMoves(order(rows, 'welfare'), order(rows, 'other'))
      const same = rankMoves(order(rows, 'welfare'), order(rows, 'welfare'))
      const again = shuffled(rows, seed)
      const unranked = own.matrix.slice(0, 11).reduce((sum, n) => sum + n, 0)
      return (
        own.matrix.reduce((sum, n) => sum + n, 0) === rows.length &&
        unranked === rows.filter(({ welfare }) => Number.isNaN(welfare)).length &&
        (same.moved.greatestDistance ?? 0) === 0 &&
        same.moved.sameGroup === same.moved.units &&
        JSON.stringify(own) === JSON.stringify(rankMoves(order(again, 'welfare'), order(again, 'other')))
      )
    }),
    propertyRuns(200, 917),
  )
})
