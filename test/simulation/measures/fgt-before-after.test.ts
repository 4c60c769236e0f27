/** Poverty before and after transfers, of the same people. */
import t from 'tap'
import { fgtBeforeAfter } from '../../../src/simulation/measures/fgt-before-after.ts'
import { close } from './populations.ts'

t.test("the Handbook's four with a transfer of 30 to the first: one of two is lifted over the line", async (t) => {
  const { before, after, change } = fgtBeforeAfter(Float64Array.of(100, 110, 150, 160), Float64Array.of(30, 0, 0, 0), 125)
  t.equal(before.headcount, 0.5)
  t.equal(after.headcount, 0.25)
  t.equal(change.headcount, -0.25)
  t.ok(close(after.povertyGap, 0.03, 1e-15))
  t.ok(close(change.povertyGap, -0.05, 1e-12))
  t.ok(close(after.severity, 0.0036, 1e-15))
})

t.test('an unknown transfer leaves the row out of both, so that the change is not made of other people', async (t) => {
  const { before, after, change } = fgtBeforeAfter(Float64Array.of(10, 20, NaN), Float64Array.of(NaN, 20, 5), 30, Uint8Array.of(1, 2, 4))
  t.same(before.counted, after.counted)
  t.same(before.counted, { units: 1, weight: 2, unknownUnits: 2, unknownWeight: 5 })
  t.equal(change.headcount, -1)
  t.equal(fgtBeforeAfter(Float64Array.of(NaN), Float64Array.of(1), 30).change.headcount, null)
})
