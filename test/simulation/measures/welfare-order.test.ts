/** The order of a population: ties as groups, weights added up, unknown left out and counted. */
import t from 'tap'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'

t.test('by hand: groups of equals, weight 0 and unknown welfare left out', async (t) => {
  const order = welfareOrder(Float64Array.of(5, NaN, 2, 5, 9, NaN, 1.5), Uint8Array.of(1, 3, 2, 4, 0, 0, 1))
  t.same([...order.rows], [6, 2, 0, 3])
  t.same([...order.groupEnd], [1, 2, 4])
  t.same([...order.welfare], [1.5, 2, 5])
  t.same([...order.cumulativeWeight], [1, 3, 8])
  t.same(order.counted, { units: 4, weight: 8, unknownUnits: 1, unknownWeight: 3 })
  t.equal(order.length, 7)
})

t.test('nobody, and what is refused', async (t) => {
  t.same(welfareOrder(Float64Array.of(NaN)).counted, { units: 0, weight: 0, unknownUnits: 1, unknownWeight: 1 })
  t.throws(() => welfareOrder(Float64Array.of(Infinity)), /infinite welfare/)
  for (const weight of [-1, NaN, Infinity]) t.throws(() => welfareOrder(Float64Array.of(1), Float64Array.of(weight)), /has the weight/)
  t.throws(() => welfareOrder(Float64Array.of(1, 2), Uint8Array.of(1)), /row 1 has the weight undefined/)
})
