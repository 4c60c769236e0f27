/** Rates by group: differences, ratios, groups too small to speak of. */
import fc from 'fast-check'
import t from 'tap'
import { newcombe, wilson } from '../../../src/simulation/measures/confidence-interval.ts'
import { type GroupRate, ratesByGroup } from '../../../src/simulation/measures/fairness.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, shuffled } from './populations.ts'

interface Unit {
  readonly n: number
  readonly d: number
  readonly w: number
  readonly group: number
}

const ratesOf = (units: readonly Unit[], reference: number | 'rest', unitsMin: number): readonly GroupRate[] =>
  ratesByGroup(
    {
      numerator: Float64Array.from(units, ({ n }) => n),
      denominator: Float64Array.from(units, ({ d }) => d),
      weights: Float64Array.from(units, ({ w }) => w),
    },
    Uint8Array.from(units, ({ group }) => group),
    3,
    { reference, unitsMin },
  )
const many = (count: number, group: number, n: number, d = 1): Unit[] => Array.from({ length: count }, () => ({ n, d, w: 1, group }))

// Missed poor: 56 of 70 in group 0, 48 of 80 in group 1, 2 of 4 in group 2; non-poor are not in the rate.
const units = [many(56, 0, 1), many(14, 0, 0), many(30, 0, 0, 0), many(48, 1, 1), many(32, 1, 0), many(2, 2, 1), many(2, 2, 0)].flat()

t.test('against a reference group: difference and ratio with their intervals', async (t) => {
  const [first, second, third] = ratesOf(units, 1, 30) as [GroupRate, GroupRate, GroupRate]
  t.equal(first.units, 70)
  t.equal(first.rate, 0.8)
  t.same(first.interval, wilson({ rate: 0.8, draws: 70 }))
  t.ok(close(first.difference?.value ?? null, 0.2))
  t.same(first.difference?.interval, newcombe({ rate: 0.8, draws: 70 }, { rate: 0.6, draws: 80 }))
  t.ok(close(first.ratio?.value ?? null, 0.8 / 0.6))
  t.same([second.difference, second.ratio], [null, null], 'the reference itself')
  t.same(third, { group: 2, tooSmall: true, units: null, unknownUnits: null, rate: null, interval: null, difference: null, ratio: null })
})

t.test('against the rest: others that are not too small, so that those do not follow from it', async (t) => {
  const [first] = ratesOf(units, 'rest', 30) as [GroupRate]
  t.ok(close(first.difference?.value ?? null, 0.8 - 0.6), 'group 2 is not in the rest')
  const [whole] = ratesOf(units, 'rest', 1) as [GroupRate]
  t.ok(close(whole.difference?.value ?? null, 0.8 - 50 / 84))
  t.same(ratesOf(many(50, 0, 1), 'rest', 30)[0]?.difference, null, 'no rest')
  t.same(ratesOf(units, 2, 30)[0]?.difference, null, 'a reference that is too small')
})

t.test('unknown is in no rate, a rate of 0 has no ratio, and what is no rate is refused', async (t) => {
  const [first, second] = ratesOf([...many(5, 0, 1), ...many(2, 0, NaN), ...many(1, 0, 0, NaN), ...many(5, 1, 0)], 1, 1) as [
    GroupRate,
    GroupRate,
  ]
  t.match(first, { units: 5, unknownUnits: 3, rate: 1, ratio: null })
  t.equal(second.rate, 0)
  t.equal(ratesOf([...many(5, 0, 1), ...many(5, 1, 0)], 0, 1)[1]?.ratio?.interval, null)
  t.throws(() => ratesOf(many(1, 0, 1, 0.5), 0, 1), /the rate 1 of 0.5/)
  t.throws(() => ratesOf(many(1, 3, 1), 0, 1), /in group 3 of 3/)
  t.throws(() => ratesOf(many(1, 0, 1), 3, 1), /the reference 3/)
})

t.test('unequal weights count as fewer draws: 1 and 3 as 16/10 (Kish)', async (t) => {
  const [first] = ratesOf(
    [
      { n: 1, d: 1, w: 1, group: 0 },
      { n: 0, d: 1, w: 3, group: 0 },
    ],
    'rest',
    1,
  )
  t.equal(first?.rate, 0.25)
  t.same(first?.interval, wilson({ rate: 0.25, draws: 1.6 }))
})

t.test('an interval holds its rate; the order of rows does not matter', async () => {
  const unit = fc
    .record({
      d: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      w: fc.nat(9),
      group: fc.nat(2),
    })
    .map(({ d, part, w, group }) => ({ n: d * part, d, w, group }))
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), fc.integer(), fc.constantFrom('rest' as const, 0), (some, seed, reference) => {
      const own = ratesOf(some, reference, 2)
      const rates = own.every(
        ({ rate, interval }) => rate === null || (interval !== null && interval.low <= rate + 1e-12 && rate <= interval.high + 1e-12),
      )
      return rates && JSON.stringify(own) === JSON.stringify(ratesOf(shuffled(some, seed), reference, 2))
    }),
    propertyRuns(200, 919),
  )
})
