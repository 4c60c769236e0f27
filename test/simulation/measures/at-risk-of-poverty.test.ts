/** The threshold at 60% of the median, those below it, and how far. */
import t from 'tap'
import { atRiskOfPoverty } from '../../../src/simulation/measures/at-risk-of-poverty.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'

t.test('by hand: median 100, threshold 60, two of seven strictly below it', async (t) => {
  const order = welfareOrder(Float64Array.of(30, 50, 60, 100, 120, 150, 400, NaN))
  t.same(atRiskOfPoverty(order), {
    threshold: 60,
    rate: 2 / 7,
    medianGap: (60 - 40) / 60,
    counted: { units: 7, weight: 7, unknownUnits: 1, unknownWeight: 1 },
  })
  t.equal(atRiskOfPoverty(order, 50).threshold, 50)
  t.equal(atRiskOfPoverty(order, 50).rate, 1 / 7)
})

t.test('weights are persons', async (t) => {
  // Persons by welfare: 5 of 10, 5 of 100, 10 of 200: the median is half way between 100 and 200.
  const { threshold, rate, medianGap } = atRiskOfPoverty(welfareOrder(Float64Array.of(200, 10, 100), Uint8Array.of(10, 5, 5)))
  t.equal(threshold, 90)
  t.equal(rate, 0.25)
  t.equal(medianGap, 80 / 90)
})

t.test('nobody, nobody below, and a median of nothing', async (t) => {
  t.same(atRiskOfPoverty(welfareOrder(Float64Array.of())), {
    threshold: null,
    rate: null,
    medianGap: null,
    counted: { units: 0, weight: 0, unknownUnits: 0, unknownWeight: 0 },
  })
  t.match(atRiskOfPoverty(welfareOrder(Float64Array.of(5, 5))), { threshold: 3, rate: 0, medianGap: null })
  t.match(atRiskOfPoverty(welfareOrder(Float64Array.of(-5, 0, 0))), { threshold: 0, rate: 1 / 3, medianGap: null })
})
