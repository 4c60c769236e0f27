/** Reach and money by decile: rows that add up to everybody. */
import fc from 'fast-check'
import t from 'tap'
import { reachedByDecile } from '../../../src/simulation/measures/reached-by-decile.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, type Row, shuffled, someRows } from './populations.ts'

t.test('two halves by hand, with one of unknown welfare and one of unknown amount', async (t) => {
  const order = welfareOrder(Float64Array.of(1, 2, 3, 4, NaN), Uint8Array.of(2, 2, 2, 2, 5))
  const [unknown, poorer, better] = reachedByDecile(order, Uint8Array.of(1, 1, 1, 0, 1), Float64Array.of(30, 45, NaN, 99, 25), 2)
  t.same(poorer, {
    decile: 1,
    units: 2,
    weight: 4,
    reachedUnits: 2,
    reachedWeight: 4,
    coverage: 1,
    shareOfReached: 4 / 11,
    benefit: 75,
    shareOfBenefit: 0.75,
    unknownBenefitUnits: 0,
  })
  t.match(better, { units: 2, reachedUnits: 1, coverage: 0.5, benefit: 0, shareOfBenefit: 0, unknownBenefitUnits: 1 })
  t.match(unknown, { decile: 0, units: 1, weight: 5, reachedWeight: 5, benefit: 25, shareOfBenefit: 0.25 })
})

t.test('money is whole', async (t) => {
  t.throws(() => reachedByDecile(welfareOrder(Float64Array.of(1)), Uint8Array.of(1), Float64Array.of(0.5)), RangeError)
})

t.test('deciles add up to the population, the reached and the money, whatever the order', async () => {
  fc.assert(
    fc.property(someRows, fc.integer(), (rows, seed) => {
      const of = (some: readonly Row[]) =>
        reachedByDecile(
          welfareOrder(columnOf(some, 'welfare'), columnOf(some, 'weight')),
          Uint8Array.from(some, ({ group }) => Number(group === 1)),
          columnOf(some, 'benefit'),
        )
      const deciles = of(rows)
      const sum = (of: (decile: (typeof deciles)[number]) => number): number => deciles.reduce((total, decile) => total + of(decile), 0)
      const reached = rows.filter(({ group }) => group === 1)
      const money = reached.reduce((total, { benefit }) => total + benefit, 0)
      return (
        JSON.stringify(deciles) === JSON.stringify(of(shuffled(rows, seed))) &&
        sum(({ units }) => units) === rows.length &&
        sum(({ weight }) => weight) === rows.reduce((total, { weight }) => total + weight, 0) &&
        sum(({ reachedUnits }) => reachedUnits) === reached.length &&
        sum(({ benefit }) => Number(benefit)) === money &&
        (money === 0 ||
          close(
            sum(({ shareOfBenefit }) => shareOfBenefit ?? 0),
            1,
          ))
      )
    }),
    propertyRuns(200, 915),
  )
})
