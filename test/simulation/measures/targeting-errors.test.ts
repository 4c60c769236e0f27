/** Errors of targeting: a table by hand, likelihoods, reasons, and what must hold for any programme. */
import fc from 'fast-check'
import t from 'tap'
import { errorsOf, targetingErrors } from '../../../src/simulation/measures/targeting-errors.ts'
import { SELECTED, TARGETING_OUTCOMES, targetingOutcomeCode } from '../../../src/simulation/measures/targeting-outcome.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, shuffled } from './populations.ts'

t.test('a table by hand: 100 poor of whom 60 are selected, 30 non-poor selected, 110 left out', async (t) => {
  const errors = errorsOf({ poorSelected: 60, poorMissed: 40, nonPoorSelected: 30, nonPoorLeftOut: 110 })
  t.equal(errors.coverage, 90 / 240)
  t.equal(errors.povertyAccuracy, 0.6)
  t.equal(errors.exclusionError, 0.4)
  t.equal(errors.inclusionError, 1 / 3)
  t.equal(errors.leakage, 0.3)
  t.equal(errors.targetingAccuracy, 170 / 240)
  // IRIS: 60 − |40 − 30| = 50.
  t.equal(errors.balancedPovertyAccuracy, 0.5)
})

t.test('no poor, nobody selected, nobody', async (t) => {
  t.match(errorsOf({ poorSelected: 0, poorMissed: 0, nonPoorSelected: 3, nonPoorLeftOut: 1 }), {
    povertyAccuracy: null,
    exclusionError: null,
    leakage: null,
    balancedPovertyAccuracy: null,
    inclusionError: 1,
  })
  t.equal(errorsOf({ poorSelected: 0, poorMissed: 2, nonPoorSelected: 0, nonPoorLeftOut: 2 }).inclusionError, null)
  t.equal(targetingErrors({ poor: Float64Array.of(), outcome: Uint8Array.of() }).coverage, null)
})

t.test('each poor unit that is missed has its reason, and unknown poverty is neither', async (t) => {
  const code = targetingOutcomeCode
  t.equal(code('selected'), SELECTED)
  const outcomes = TARGETING_OUTCOMES.map((name) => code(name))
  const errors = targetingErrors({
    poor: Float64Array.of(1, 1, 1, 1, 0.5, 1, 0, 1, NaN),
    outcome: Uint8Array.of(...outcomes, SELECTED),
    weights: Uint8Array.of(4, 1, 2, 3, 4, 1, 5, 3, 7),
  })
  // Poor: 4 selected; missed 1 + 2 + 3 + half of 4 + 1 + 0 + 3 = 12.
  t.equal(errors.poorSelected, 4)
  t.equal(errors.poorMissed, 12)
  t.equal(errors.exclusionError, 0.75)
  t.same(
    errors.missedBy.map(({ outcome, poorWeight, shareOfPoor }) => [outcome, poorWeight, shareOfPoor]),
    [
      ['unregistered', 1, 1 / 16],
      ['ineligible', 2, 2 / 16],
      ['undetermined', 3, 3 / 16],
      ['served-by-another', 2, 2 / 16],
      ['past-threshold', 1, 1 / 16],
      ['no-place', 0, 0],
      ['no-budget', 3, 3 / 16],
    ],
  )
  t.equal(errors.nonPoorLeftOut, 7)
  t.same(errors.counted, { units: 8, weight: 23, unknownUnits: 1, unknownWeight: 7 })
})

t.test('what is no outcome and no likelihood is refused', async (t) => {
  t.throws(() => targetingErrors({ poor: Float64Array.of(1), outcome: Uint8Array.of(8) }), /the outcome 8/)
  t.throws(() => targetingErrors({ poor: Float64Array.of(1), outcome: Uint8Array.of() }), /the outcome undefined/)
  t.throws(() => targetingErrors({ poor: Float64Array.of(2), outcome: Uint8Array.of(0) }), /the likelihood 2/)
})

t.test('reasons add up to the exclusion error, the table to the population; bounds; order', async () => {
  const unit = fc.record({
    poor: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, NaN)),
    outcome: fc.nat(TARGETING_OUTCOMES.length - 1),
    weight: fc.integer({ min: 0, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), fc.integer(), (units, seed) => {
      const of = (rows: typeof units) =>
        targetingErrors({
          poor: Float64Array.from(rows, ({ poor }) => poor),
          outcome: Uint8Array.from(rows, ({ outcome }) => outcome),
          weights: Uint8Array.from(rows, ({ weight }) => weight),
        })
      const own = of(units)
      const reasons = own.missedBy.reduce((sum, { shareOfPoor }) => sum + (shareOfPoor ?? 0), 0)
      return (
        JSON.stringify(own) === JSON.stringify(of(shuffled(units, seed))) &&
        close(own.exclusionError ?? 0, reasons) &&
        close(own.poorSelected + own.poorMissed + own.nonPoorSelected + own.nonPoorLeftOut, own.counted.weight) &&
        (own.balancedPovertyAccuracy ?? 0) <= (own.povertyAccuracy ?? 0) + 1e-12 &&
        [own.coverage, own.exclusionError, own.inclusionError, own.targetingAccuracy].every(
          (share) => share === null || (share >= 0 && share <= 1 + 1e-12),
        )
      )
    }),
    propertyRuns(300, 914),
  )
})
