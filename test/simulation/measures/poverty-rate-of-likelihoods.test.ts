/** A group's poverty rate is the mean of its likelihoods. */
import t from 'tap'
import { povertyRateOfLikelihoods, povertyRatesByGroup } from '../../../src/simulation/measures/poverty-rate-of-likelihoods.ts'
import { close } from './populations.ts'

t.test('by hand: three likelihoods, one unknown, weights', async (t) => {
  // As in Schreiner's scorecards: households of 0.5, 0.25 and 0.1 make a rate of 28.3%.
  t.ok(close(povertyRateOfLikelihoods(Float64Array.of(0.5, 0.25, 0.1)).rate, 0.85 / 3, 1e-15))
  const { rate, counted } = povertyRateOfLikelihoods(Float64Array.of(0.5, NaN, 0.1), Uint8Array.of(3, 7, 1))
  t.ok(close(rate, 0.4, 1e-15))
  t.same(counted, { units: 2, weight: 4, unknownUnits: 1, unknownWeight: 7 })
  t.equal(povertyRateOfLikelihoods(Float64Array.of()).rate, null)
})

t.test('by group, and what is refused', async (t) => {
  const rates = povertyRatesByGroup(Float64Array.of(1, 0, 0.5, NaN), Uint8Array.of(0, 0, 2, 2), 3)
  t.same(
    rates.map(({ rate }) => rate),
    [0.5, null, 0.5],
  )
  t.equal(rates[2]?.counted.unknownUnits, 1)
  t.throws(() => povertyRatesByGroup(Float64Array.of(1), Uint8Array.of(3), 3), /in group 3 of 3/)
  for (const p of [-0.1, 1.1]) t.throws(() => povertyRateOfLikelihoods(Float64Array.of(p)), /the likelihood/)
})
