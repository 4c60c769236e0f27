/** A truth value as a likelihood, so that measures that take likelihoods take what is certain too. */
import { TRUE, UNKNOWN } from '../../kernel/truth.ts'

/** By row: 0 for false, 1 for true, NaN for unknown, from the kernel's codes. Anything else is a RangeError. */
export function likelihoodOfTruth(truth: Uint8Array): Float64Array {
  return Float64Array.from(truth, (code, row) => {
    if (code > TRUE) throw new RangeError(`row ${row} has the truth value ${code}`)
    return code === UNKNOWN ? NaN : Number(code === TRUE)
  })
}
