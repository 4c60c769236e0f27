/**
 * ln, ln1p and sqrt of exact decimals, rounded to 6 places without a float deciding: doubles give a candidate, and where
 * that candidate is too near to the middle between two millionths for a double to tell, exact integers decide.
 */
import { MICRO } from './formula.ts'

// Branches on which millionth is nearer would be mispredicted half of the time; branches on doubt almost never are.

/** ln(value / unit) in millionths, for value > 0. */
export function lnMicro(value: number, unit: number): number {
  const candidate = Math.log(value / unit) * MICRO
  const nearest = Math.floor(candidate + 0.5)
  const off = candidate - nearest
  if (off > 0.5 - LN_DOUBT || off < LN_DOUBT - 0.5) return exactLn(BigInt(value), BigInt(unit), Math.floor(candidate))
  return nearest
}

/** ln(1 + value / unit) in millionths, for value > -unit. */
export const ln1pMicro = (value: number, unit: number): number => lnMicro(value + unit, unit)

/** sqrt(value / unit) in millionths, for value >= 0. */
export function sqrtMicro(value: number, unit: number): number {
  const candidate = Math.sqrt(value / unit) * MICRO
  const nearest = Math.floor(candidate + 0.5)
  const off = candidate - nearest
  const doubt = candidate * SQRT_DOUBT
  if (off > 0.5 - doubt || off < doubt - 0.5) return exactSqrt(BigInt(value), BigInt(unit), Math.floor(candidate))
  return nearest
}

/** Doubles are good to about 3 parts in 10^16; logarithms of safe integers are below 37, so 37 million millionths. */
const LN_DOUBT = 1e-6
const SQRT_DOUBT = 1e-14

/** Decides between two neighbouring millionths: is sqrt(value / unit) above their middle? Never equal: a half squared is no decimal of 6 places. */
function exactSqrt(value: bigint, unit: bigint, below: number): number {
  let low = below > 0 ? BigInt(below) - 1n : 0n
  const square = 4n * value * BigInt(MICRO) * BigInt(MICRO)
  while ((2n * low + 1n) ** 2n * unit < square) low += 1n
  return Number(low)
}

const LN_PLACES = 40
const ONE = 10n ** BigInt(LN_PLACES)

/** ln of a positive rational by its series at 40 places; transcendental (or 0), so the middle itself is never hit. */
function exactLn(value: bigint, unit: bigint, below: number): number {
  const middle = BigInt(below) * 2n + 1n
  const ln = lnRational(value, unit)
  const above = 2n * ln * BigInt(MICRO) > middle * ONE
  return below + (above ? 1 : 0) + 0
}

/**
 * ln(a / b) × 10^40: halved down to at most 4/3, then 2·artanh((x − 1) / (x + 1)). Arguments far below 1 would make the
 * series long, but none is ever in doubt: all of 6 places below 2/3 were tried.
 */
function lnRational(a: bigint, b: bigint): bigint {
  let halvings = 0n
  while (3n * a > 4n * b) {
    b *= 2n
    halvings += 1n
  }
  return twoArtanh(a - b, a + b) + halvings * LN_2
}

function twoArtanh(numerator: bigint, denominator: bigint): bigint {
  const z = (numerator * ONE) / denominator
  const squared = (z * z) / ONE
  let sum = 0n
  let power = z
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k
    power = (power * squared) / ONE
  }
  return 2n * sum
}

const LN_2 = twoArtanh(1n, 3n)
