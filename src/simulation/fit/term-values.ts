/** What a term makes of each row of a sample: the transformed fact or the level, as the compiled formula will see it. */
import { unknownValues } from '../../language/fact-space.ts'
import { compileCondition } from '../../language/condition/compile.ts'
import { divisorOf, transformed } from '../../language/formula/contribution.ts'
import { type LinearTerm, slotsOf } from '../../language/formula/formula.ts'
import { FALSE, TRUE } from '../../kernel/truth.ts'
import type { FitTerm } from './candidate-term.ts'
import type { ReferenceSample } from './reference-sample.ts'

/** By row of the sample: the number that the weight multiplies, or the position of the level; NaN where unknown. */
export function termValues({ term, levelOfCode }: FitTerm, sample: ReferenceSample): Float64Array {
  if (term.kind === 'conditional') return conditionLevels(term, sample)
  const type = sample.space.types[term.slot]
  const values = sample.facts.get(type?.id ?? '') ?? new Float64Array(sample.rows).fill(NaN)
  switch (term.kind) {
    case 'linear':
      return values.map((value) => (Number.isNaN(value) ? NaN : linearValue(term, value)))
    case 'bands':
      return values.map((value) => (Number.isNaN(value) ? NaN : term.limits.filter((limit) => value >= limit).length))
    case 'categories':
      return values.map((value) => (Number.isNaN(value) ? NaN : (levelOfCode[value] as number)))
  }
}

/** Ids of the facts that the term reads. */
export const factsOf = ({ term }: FitTerm, { space }: ReferenceSample): string[] =>
  slotsOf(term).flatMap((slot) => space.types[slot]?.id ?? [])

/** Clamped, transformed and rounded to 6 places by the code that scores. */
function linearValue({ low, high, transform, scale }: LinearTerm, value: number): number {
  const unit = 10 ** scale
  return transformed(transform, Math.min(Math.max(value, low), high), unit) / divisorOf(transform, unit)
}

function conditionLevels(term: Extract<FitTerm['term'], { kind: 'conditional' }>, sample: ReferenceSample): Float64Array {
  const evaluate = compileCondition(term.condition)
  const trace = new Uint8Array(term.condition.nodes.length)
  const facts = rowReader(sample, slotsOf(term))
  return Float64Array.from({ length: sample.rows }, (_, row) => {
    const { lo, hi } = facts(row)
    const truth = evaluate(lo, hi, trace)
    return truth === TRUE ? 1 : truth === FALSE ? 0 : NaN
  })
}

/** Reads one row after another into one pair of arrays, as scoring takes them. */
export function rowReader(
  sample: ReferenceSample,
  slots: readonly number[],
): (row: number) => { readonly lo: Float64Array; readonly hi: Float64Array } {
  const nothing = unknownValues(sample.space)
  const values = { lo: nothing.lo.slice(), hi: nothing.hi.slice() }
  const columns = slots.map((slot) => sample.facts.get(sample.space.types[slot]?.id ?? ''))
  return (row) => {
    slots.forEach((slot, i) => {
      const value = columns[i]?.[row] ?? NaN
      values.lo[slot] = Number.isNaN(value) ? (nothing.lo[slot] as number) : value
      values.hi[slot] = Number.isNaN(value) ? (nothing.hi[slot] as number) : value
    })
    return values
  }
}
