/** Standard errors and intervals of a programme's errors on a sample. */
import { SELECTED } from '../measures/targeting-outcome.ts'
import { type SampleDesign, samplingError, type SamplingError, samplingErrorOfShare } from './sampling-errors.ts'
import type { SampleList } from './select-sample.ts'

export interface ErrorSampling {
  readonly coverage: SamplingError | null
  readonly inclusionError: SamplingError | null
  readonly exclusionError: SamplingError | null
  readonly leakage: SamplingError | null
  readonly targetingAccuracy: SamplingError | null
}

/** `poor`: 1, 0, NaN unknown: such rows are in no error, as in the errors themselves. `weights`: households or persons by row. */
export function errorSampling({ outcomes }: SampleList, poor: Float64Array, weights: Float64Array, design: SampleDesign): ErrorSampling {
  const share = outcomes[SELECTED] as Float64Array
  const by = (of: (isPoor: number, selected: number) => number): Float64Array =>
    weights.map((weight, row) => (Number.isNaN(poor[row] as number) ? 0 : weight * of(poor[row] as number, share[row] as number)))
  const [all, ofPoor, selected] = [by(() => 1), by((isPoor) => isPoor), by((_, own) => own)]
  const nonPoorSelected = by((isPoor, own) => (1 - isPoor) * own)
  return {
    coverage: samplingErrorOfShare(selected, all, design),
    inclusionError: samplingErrorOfShare(nonPoorSelected, selected, design),
    exclusionError: samplingErrorOfShare(
      by((isPoor, own) => isPoor * (1 - own)),
      ofPoor,
      design,
    ),
    // More who are not poor can be selected than there are poor.
    leakage: samplingError(nonPoorSelected, ofPoor, design),
    targetingAccuracy: samplingErrorOfShare(
      by((isPoor, own) => isPoor * own + (1 - isPoor) * (1 - own)),
      all,
      design,
    ),
  }
}
