/** Who stands close to a cut-off. */
import t from 'tap'
import { nearCutOff } from '../../../src/simulation/measures/near-cut-off.ts'

t.test('by hand: ends included, both sides and the cut-off itself apart', async (t) => {
  const score = Float64Array.of(89, 90, 99, 100, 100, 101, 110, 111, NaN)
  t.same(nearCutOff(score, 100, 10, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)), {
    below: 5,
    at: 9,
    above: 13,
    share: 27 / 36,
    counted: { units: 8, weight: 36, unknownUnits: 1, unknownWeight: 9 },
  })
  t.match(nearCutOff(score, 100, 0), { below: 0, at: 2, above: 0 })
  t.equal(nearCutOff(Float64Array.of(), 1, 1).share, null)
})

t.test('cut-off and distance are whole: scores are rounded before they are compared', async (t) => {
  for (const [cutOff, within] of [
    [0.5, 1],
    [1, 0.5],
    [1, -1],
    [NaN, 1],
  ] as const)
    t.throws(() => nearCutOff(Float64Array.of(1), cutOff, within), RangeError)
  t.throws(() => nearCutOff(Float64Array.of(0.1 + 0.2), 1, 1), /not rounded/)
})
