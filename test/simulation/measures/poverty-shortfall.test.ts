/** The money that is missing below a line. */
import t from 'tap'
import { povertyShortfall } from '../../../src/simulation/measures/poverty-shortfall.ts'

t.test('the shortfall is exact money, also beyond 2^53', async (t) => {
  t.same(povertyShortfall(Float64Array.of(100, 110, 150, NaN), 125, Uint8Array.of(2, 1, 9, 9)), {
    money: 2 * 25 + 15,
    counted: { units: 3, weight: 12, unknownUnits: 1, unknownWeight: 9 },
  })
  const line = 100_000_000
  t.equal(povertyShortfall(Float64Array.of(1), line, Float64Array.of(1_000_000_000)).money, 99_999_999_000_000_000n)
  t.throws(() => povertyShortfall(Float64Array.of(0.5), 2), RangeError, 'money is no fraction')
})
