/** Sainte-Laguë against the naive method in rationals, and what it promises. */
import fc from 'fast-check'
import t from 'tap'
import { apportion, placeSequence } from '../../src/targeting/apportion.ts'
import { propertyRuns } from '../support/property-runs.ts'

const weight = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 5_000_000 }), fc.maxSafeInteger().map(Math.abs))
const weights = fc.array(weight, { minLength: 1, maxLength: 12 })
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

function naive(places: number, weights: readonly number[]): number[] {
  const held = weights.map(() => 0)
  if (sum(weights) === 0) return held
  for (let place = 0; place < places; place++) {
    let best = -1
    weights.forEach((weight, area) => {
      if (weight === 0) return
      const divisor = 2n * BigInt(held[area] as number) + 1n
      if (best < 0 || BigInt(weight) * (2n * BigInt(held[best] as number) + 1n) > BigInt(weights[best] as number) * divisor) best = area
    })
    held[best] = (held[best] as number) + 1
  }
  return held
}

t.test('by hand: 7 places over 53, 24 and 23 (thousand votes, the textbook example) are 3, 2 and 2', async (t) => {
  t.same(apportion(7, [53_000, 24_000, 23_000]), [3, 2, 2])
  t.same(apportion(1, [5, 5]), [1, 0], 'equal quotients: the first area')
  t.same(apportion(3, [0, 0]), [0, 0], 'no weights, no places')
  t.same(apportion(3, []), [])
  t.throws(() => apportion(1.5, [1]), RangeError)
  t.throws(() => apportion(1, [-1]), RangeError)
  t.equal(placeSequence([0]).next(), -1)
})

t.test('the quick start equals the naive method', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200 }),
      weights,
      (places, weights) => apportion(places, weights).join() === naive(places, weights).join(),
    ),
    propertyRuns(1000, 11),
  )
})

t.test('125,000 places over twelve areas equal the naive method', async (t) => {
  const population = [4_744_700, 582_100, 224_300, 1_616_300, 651_100, 281_800, 2_097_500, 293_500, 208_700, 375_300, 114_000, 171_000]
  t.same(apportion(125_000, population), naive(125_000, population))
})

t.test('all places are given, and one more never takes one away', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), weights, (places, weights) => {
      fc.pre(sum(weights) > 0)
      const fewer = apportion(places, weights)
      const more = apportion(places + 1, weights)
      return sum(fewer) === places && more.every((held, area) => held >= (fewer[area] as number)) && sum(more) === places + 1
    }),
    propertyRuns(500, 12),
  )
})

t.test('as many places as the weights sum to are the weights: absolute quotas are proportional to themselves', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 }),
      (quotas) => apportion(sum(quotas), quotas).join() === quotas.join(),
    ),
    propertyRuns(300, 13),
  )
})
