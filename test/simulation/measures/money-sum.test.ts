/** Money: exact integers at any size. */
import fc from 'fast-check'
import t from 'tap'
import { moneyShare, MoneySum, moneySums } from '../../../src/simulation/measures/money-sum.ts'
import { propertyRuns } from '../../support/property-runs.ts'

t.test('a number below 2^53, a BigInt beyond, never a fraction', async (t) => {
  const sum = new MoneySum()
  t.ok(Object.is(sum.value(), 0))
  sum.add(Number.MAX_SAFE_INTEGER)
  t.equal(sum.value(), Number.MAX_SAFE_INTEGER)
  sum.add(1)
  sum.add(1)
  t.equal(sum.value(), 2n ** 53n + 1n)
  sum.add(-2)
  t.equal(sum.value(), Number.MAX_SAFE_INTEGER, 'and back')
  sum.addTimes(Number.MAX_SAFE_INTEGER, 3)
  t.equal(sum.value(), 4n * BigInt(Number.MAX_SAFE_INTEGER))
  for (const term of [0.5, NaN, Infinity, 2 ** 53]) t.throws(() => sum.add(term), RangeError)
  t.throws(() => sum.addTimes(0.5, 3), RangeError)
  t.throws(() => sum.addTimes(2 ** 53, 2 ** 53), RangeError)
  t.equal(moneySums(3).length, 3)
})

t.test('shares', async (t) => {
  t.equal(moneyShare(1, 4), 0.25)
  t.equal(moneyShare(2n ** 60n, 2n ** 62n), 0.25)
  t.equal(moneyShare(0, 0), null)
})

t.test('equals the sum of big integers', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 9 }))), (terms) => {
      const sum = new MoneySum()
      for (const [term, count] of terms) sum.addTimes(term, count)
      return BigInt(sum.value()) === terms.reduce((total, [term, count]) => total + BigInt(term) * BigInt(count), 0n)
    }),
    propertyRuns(300, 902),
  )
})
