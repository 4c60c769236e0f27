/** The noise of protected counts and the rounding of protected amounts, the same wherever aggregates about persons are told. */

/** Cells of fewer are not told. */
export const LEAST_UNITS = 10
/** One unit may hold this share of an amount, in hundredths. */
export const DOMINANCE_PERCENT = 80
/** Amounts are told to this many significant digits. */
export const DIGITS = 3

/** Shares of 2^32 below which the noise is this; symmetric, variance 3.06. */
const NOISE = noiseTable([
  [0, 0.22],
  [1, 0.19],
  [2, 0.12],
  [3, 0.06],
  [4, 0.02],
])

/** Of a cell's key, a whole number below 2^32: the same contents give the same noise. */
export function noiseOf(key: number): number {
  for (const [noise, below] of NOISE) if (key < below) return noise
  return 0
}

function noiseTable(shares: readonly (readonly [noise: number, share: number])[]): readonly (readonly [number, number])[] {
  const signed = shares.flatMap(([noise, share]) =>
    noise === 0 ? [[0, share] as const] : [[noise, share] as const, [-noise, share] as const],
  )
  let below = 0
  return signed.map(([noise, share]) => [noise, (below += share * 2 ** 32)] as const)
}
