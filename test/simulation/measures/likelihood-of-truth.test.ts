/** Truth values as likelihoods. */
import t from 'tap'
import { likelihoodOfTruth } from '../../../src/simulation/measures/likelihood-of-truth.ts'

t.test("the kernel's truth values: 0 false, 1 unknown, 2 true", async (t) => {
  t.same([...likelihoodOfTruth(Uint8Array.of(0, 1, 2))], [0, NaN, 1])
  t.throws(() => likelihoodOfTruth(Uint8Array.of(3)), RangeError)
})
