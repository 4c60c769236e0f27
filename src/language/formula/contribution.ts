/** Arithmetic of contributions, shared by the check (which proves its ranges) and by the compiled code (which relies on them). */
import { MAX_INTEGER } from '../../kernel/decimal.ts'
import type { LinearTerm } from './formula.ts'
import { MICRO } from './formula.ts'
import type { Transform } from './schema.ts'
import { ln1pMicro, lnMicro, sqrtMicro } from './transform.ts'

/**
 * product / divisor rounded half away from zero, all exact: a double's quotient is a candidate, its exact remainder decides.
 * INVARIANT (by check): |product| + divisor <= 2^53, so the candidate is off by at most one and candidate × divisor is exact.
 */
export function divideExactly(product: number, divisor: number): number {
  const magnitude = product < 0 ? -product : product
  const candidate = Math.floor(magnitude / divisor + 0.5)
  const twice = 2 * (magnitude - candidate * divisor)
  const rounded = twice >= divisor ? candidate + 1 : twice < -divisor ? candidate - 1 : candidate
  return product < 0 ? 0 - rounded : rounded + 0
}

/** Whether weight × transformed ÷ divisor can be computed by `divideExactly`. */
export const productIsExact = (weight: number, transformed: number, divisor: number): boolean =>
  BigInt(Math.abs(weight)) * BigInt(Math.abs(transformed)) + BigInt(divisor) <= BigInt(MAX_INTEGER)

/** Whether the transform is defined from `low` (scaled) upwards. */
export function inDomain(transform: Transform, low: number, unit: number): boolean {
  if (transform === 'ln') return low > 0
  if (transform === 'ln1p') return low > -unit
  return transform === 'identity' || low >= 0
}

/** The transformed fact: at the fact's own scale for identity, in millionths otherwise. */
export function transformed(transform: Transform, value: number, unit: number): number {
  if (transform === 'ln') return lnMicro(value, unit)
  if (transform === 'ln1p') return ln1pMicro(value, unit)
  return transform === 'sqrt' ? sqrtMicro(value, unit) : value
}

export const divisorOf = (transform: Transform, unit: number): number => (transform === 'identity' ? unit : MICRO)

/** Contribution of one clamped value. */
export function linearContribution(term: Pick<LinearTerm, 'weight' | 'transform' | 'scale'>, value: number): number {
  const unit = 10 ** term.scale
  return divideExactly(term.weight * transformed(term.transform, value, unit), divisorOf(term.transform, unit))
}
