/** Measures of orders that were made before are those of the columns, to the bit: what a simulation keeps changes no digit. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { concentrationCurve, concentrationOfFew } from '../../../src/simulation/measures/concentration.ts'
import { fgt, fgtOfOrder } from '../../../src/simulation/measures/fgt.ts'
import { inversions } from '../../../src/simulation/measures/inversions.ts'
import { compareOrders, ordersMoved } from '../../../src/simulation/measures/compare-orders.ts'
import { quantileGroups } from '../../../src/simulation/measures/quantile.ts'
import { kendallTauB, spearman } from '../../../src/simulation/measures/rank-correlation.ts'
import { rankMoves } from '../../../src/simulation/measures/rank-moves.ts'
import { sortDoubles, sortPlaces } from '../../../src/simulation/measures/sort-doubles.ts'
import {
  groupByRow,
  NO_GROUP,
  orderOfSorted,
  reordered,
  type WelfareOrder,
  welfareOrder,
} from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'

/** Few values, so that many are equal; NaN is unknown. */
const score = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -8, max: 8 }) }, { weight: 1, arbitrary: fc.constant(NaN) })

t.test('inversions are the pairs in the wrong order, and the list comes out sorted', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 200 }), (list) => {
      const values = Int32Array.from(list)
      const pairs = list.reduce((sum, value, i) => sum + list.slice(i + 1).filter((later) => later < value).length, 0)
      return inversions(values) === pairs && values.join() === list.toSorted((a, b) => a - b).join()
    }),
    propertyRuns(300, 931),
  )
})

const NO_KEYS = new Uint32Array(3)

const keysByHand = (x: WelfareOrder, y: WelfareOrder, keys: Uint32Array) => {
  const [before, after] = [quantileGroups(x), quantileGroups(y)]
  const sum = (is: (row: number) => boolean): number => keys.reduce((all, key, row) => (is(row) ? (all + key) % 2 ** 32 : all), 0)
  return { ranked: sum((row) => before[row] !== 0), sameTenth: sum((row) => before[row] !== 0 && before[row] === after[row]) }
}

t.test('Spearman, Kendall and moves of two orders', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(score, fc.integer({ min: -8, max: 8 })), { maxLength: 60 }), (rows) => {
      const x = Float64Array.from(rows, ([one]) => one)
      // Unknown in both or in neither.
      const y = Float64Array.from(rows, ([one, other]) => (Number.isNaN(one) ? NaN : other))
      const [orderX, orderY] = [welfareOrder(x), welfareOrder(y)]
      const keys = Uint32Array.from(rows, (_, row) => row * 0x9e3779b1)
      const found = compareOrders(orderX, orderY, keys)
      return (
        Object.is(found?.spearman, spearman(x, y).value) &&
        Object.is(found?.kendall, kendallTauB(x, y).value) &&
        JSON.stringify(found?.moved) === JSON.stringify(rankMoves(orderX, orderY).moved) &&
        JSON.stringify(ordersMoved(orderX, orderY, keys)) ===
          JSON.stringify(found && { spearman: found.spearman, moved: found.moved, keys: found.keys }) &&
        isDeepStrictEqual(found?.keys, keysByHand(orderX, orderY, keys))
      )
    }),
    propertyRuns(300, 932),
  )
  const [x, y] = [Float64Array.of(1, 2, NaN), Float64Array.of(1, NaN, 2)]
  t.equal(compareOrders(welfareOrder(x), welfareOrder(y), NO_KEYS), null, 'other rows')
  t.equal(ordersMoved(welfareOrder(x), welfareOrder(y), NO_KEYS), null, 'other rows')
  const weights = Uint8Array.of(1, 2, 3)
  t.equal(compareOrders(welfareOrder(x, weights), welfareOrder(x, weights), NO_KEYS), null, 'weights')
})

t.test('rows that come in order make the order that sorting makes', async () => {
  fc.assert(
    fc.property(fc.array(score, { maxLength: 60 }), (values) => {
      const welfare = Float64Array.from(values)
      const { rows, ...order } = welfareOrder(welfare)
      const told = (one: Omit<ReturnType<typeof welfareOrder>, 'rows'>): string =>
        JSON.stringify([[...one.groupEnd], [...one.welfare], [...one.cumulativeWeight], one.counted, one.length])
      return told(orderOfSorted(rows, welfare)) === told(order)
    }),
    propertyRuns(300, 934),
  )
})

t.test('doubles sort as they do by themselves, also where most are nearly equal', async (t) => {
  const isSorted = (list: readonly number[]): boolean => {
    const values = Float64Array.from(list, (value) => value + 0)
    const places = sortPlaces(values)
    const isStable = places.every(
      (place, i) => i === 0 || values[place] !== values[places[i - 1] as number] || place > (places[i - 1] as number),
    )
    const sorted = values.toSorted().join()
    return (
      sortDoubles(values.slice()).join() === sorted &&
      places.length === values.length &&
      isStable &&
      [...places].map((place) => values[place]).join() === sorted
    )
  }
  const close = fc.double({ min: 1, max: 1 + 1e-12, noNaN: true })
  const value = fc.oneof(close, fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }))
  fc.assert(fc.property(fc.array(value, { maxLength: 400 }), isSorted), propertyRuns(300, 935))
  t.ok(isSorted([]) && isSorted(Array.from({ length: 99 }, () => 7)))
})

t.test('an order in which some have moved', async () => {
  const row = fc.record({
    welfare: score,
    persons: fc.integer({ min: 0, max: 5 }),
    rise: fc.oneof(fc.constant(0), fc.integer({ min: -4, max: 9 })),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (rows, line) => {
      const welfare = Float64Array.from(rows, (one) => one.welfare)
      const persons = Uint32Array.from(rows, (one) => one.persons)
      const raised = welfare.map((value, at) => (persons[at] === 0 ? value : value + (rows[at]?.rise ?? 0) / (persons[at] as number)))
      const moved = rows.flatMap(({ rise, persons: size, welfare: value }, at) =>
        rise === 0 || size === 0 || Number.isNaN(value) ? [] : [at],
      )
      const now = { rows: Uint32Array.from(moved), welfare: Float64Array.from(moved, (at) => raised[at] as number) }
      const found = reordered(welfareOrder(welfare, persons), now)
      const afresh = welfareOrder(raised, persons)
      const told = ({ groupEnd, welfare: values, cumulativeWeight, counted }: typeof found): string =>
        JSON.stringify([[...groupEnd], [...values], [...cumulativeWeight], counted])
      const standing = (order: typeof found): string => groupByRow(order).join()
      return (
        told(found) === told(afresh) &&
        standing(found) === standing(afresh) &&
        JSON.stringify(fgtOfOrder(found, line)) === JSON.stringify(fgt(raised, line, persons))
      )
    }),
    propertyRuns(300, 933),
  )
})

t.test('a curve of the few who have an amount', async (t) => {
  const row = fc.record({ welfare: score, persons: fc.integer({ min: 0, max: 5 }), amount: fc.oneof(fc.constant(0), fc.nat(90)) })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const order = welfareOrder(
        Float64Array.from(rows, (one) => one.welfare),
        Uint32Array.from(rows, (one) => one.persons),
      )
      const amount = Float64Array.from(rows, (one) => one.amount)
      const few = Uint32Array.from(rows.flatMap((one, at) => (one.amount === 0 ? [] : [at])))
      const paid = { rows: few, amounts: Float64Array.from(few, (at) => amount[at] as number) }
      const told = ({ cumulativeWeight, cumulativeAmount }: ReturnType<typeof concentrationOfFew>): string =>
        JSON.stringify([[...cumulativeWeight], [...cumulativeAmount]])
      return told(concentrationOfFew(order, paid)) === told(concentrationCurve(order, amount))
    }),
    propertyRuns(300, 934),
  )
  const order = welfareOrder(Float64Array.of(1, 2))
  t.throws(() => concentrationOfFew(order, { rows: Uint32Array.of(0, 1), amounts: Float64Array.of(2 ** 53, 1) }), RangeError)
  t.same([...groupByRow(welfareOrder(Float64Array.of(NaN, 5)))], [NO_GROUP, 0])
})
