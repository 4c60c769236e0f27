/** Measures of an order come to what the same measures of a column come to. */
import fc from 'fast-check'
import t from 'tap'
import { atkinson } from '../../../src/simulation/measures/atkinson.ts'
import { watts } from '../../../src/simulation/measures/fgt.ts'
import { lorenzCurve, meanWelfare } from '../../../src/simulation/measures/lorenz.ts'
import { entropyOfOrder, shortfallOfOrder, wattsOfOrder } from '../../../src/simulation/measures/of-welfare.ts'
import { povertyShortfall } from '../../../src/simulation/measures/poverty-shortfall.ts'
import { meanLogDeviation, theil } from '../../../src/simulation/measures/theil.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const near = (value: number | null, wanted: number | null): boolean =>
  value === null || wanted === null ? value === wanted : Math.abs(value - wanted) < 1e-9

const household = fc.record({
  welfare: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 3 }), fc.constant(NaN)),
  persons: fc.integer({ min: 0, max: 9 }),
})

t.test('as the measures of a column, whatever is known, nought or nobody', async () => {
  fc.assert(
    fc.property(fc.array(household, { maxLength: 40 }), (households) => {
      const welfare = Float64Array.from(households, (one) => one.welfare)
      const persons = Uint32Array.from(households, (one) => one.persons)
      const order = welfareOrder(welfare, persons)
      const found = entropyOfOrder(order, meanWelfare(lorenzCurve(order)))
      const of = {
        meanLogDeviation: meanLogDeviation(welfare, { weights: persons }).value,
        theil: theil(welfare, persons).value,
        atkinsonHalf: atkinson(welfare, 0.5, persons).value,
        atkinsonOne: atkinson(welfare, 1, persons).value,
      }
      for (const [name, wanted] of Object.entries(of))
        if (!near(found[name as keyof typeof found], wanted)) throw new Error(`${name}: ${JSON.stringify(found)} for ${JSON.stringify(of)}`)
      if (!near(wattsOfOrder(order, 100), watts(welfare, 100, { weights: persons }).value)) throw new Error('watts')
      if (shortfallOfOrder(order, 100) !== povertyShortfall(welfare, 100, persons).money) throw new Error('shortfall')
    }),
    propertyRuns(300, 931),
  )
})

t.test('by hand: two persons, one with three times as much', async (t) => {
  const order = welfareOrder(Float64Array.of(50, 150))
  const { meanLogDeviation: deviation, theil: index, atkinsonHalf, atkinsonOne } = entropyOfOrder(order, 100)
  t.ok(near(deviation, (Math.log(2) - Math.log(1.5)) / 2))
  t.ok(near(index, (0.5 * Math.log(0.5) + 1.5 * Math.log(1.5)) / 2))
  t.ok(near(atkinsonHalf, 1 - ((Math.sqrt(0.5) + Math.sqrt(1.5)) / 2) ** 2))
  t.ok(near(atkinsonOne, 1 - Math.sqrt(0.75)))
  t.ok(near(wattsOfOrder(order, 100), Math.log(2) / 2))
  t.equal(shortfallOfOrder(order, 100), 50)
  t.equal(shortfallOfOrder(order, 100, { units: Float64Array.of(1500, 1000), scale: 1000 }), 75, 'one and a half equivalents')
})
