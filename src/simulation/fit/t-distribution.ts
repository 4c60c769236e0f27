/** Quantiles of Student's t and the normal distribution, for intervals and bandwidths. */

const LN_SQRT_2PI = 0.5 * Math.log(2 * Math.PI)

/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x - LN_SQRT_2PI)

/** Φ(x), by the series of G. Marsaglia, Evaluating the Normal Distribution, Journal of Statistical Software 11(4), 2004. */
export function normalBelow(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0
  let term = x
  let sum = x
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return 0.5 + sum * normalDensity(x)
}

export const normalQuantile = (probability: number): number => inverse(normalBelow, probability)

/** The t with this probability below it; degrees of freedom need not be whole. */
export const tQuantile = (probability: number, degreesOfFreedom: number): number => inverse((t) => tBelow(t, degreesOfFreedom), probability)

/** P(T ≤ t) from the regularised incomplete beta function. */
export function tBelow(t: number, degreesOfFreedom: number): number {
  const outside = incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
  return t > 0 ? 1 - outside / 2 : outside / 2
}

/** Bisection to the last digit: slow and without surprises, and asked a handful of times per fit. */
function inverse(below: (x: number) => number, probability: number): number {
  if (probability === 0.5) return 0
  if (probability < 0.5) return -inverse(below, 1 - probability)
  let high = 1
  while (below(high) < probability && high < 1e300) high *= 2
  let low = 0
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) break
    if (below(middle) < probability) low = middle
    else high = middle
  }
  return high
}

/** I_x(a, b) by its continued fraction (DLMF 8.17.22), evaluated by the modified method of Lentz. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const tiny = 1e-300
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny)
  let fraction = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d, tiny)
    c = nonZero(1 + even / c, tiny)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d, tiny)
    c = nonZero(1 + odd / c, tiny)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return front * fraction
}

const nonZero = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value)

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) after moving x up to where six terms give every digit. */
function lnGamma(x: number): number {
  let shift = 0
  while (x < 15) shift += Math.log(x++)
  const squared = 1 / (x * x)
  const series =
    (1 / 12 - squared * (1 / 360 - squared * (1 / 1260 - squared * (1 / 1680 - squared * (1 / 1188 - squared * (691 / 360360)))))) / x
  return (x - 0.5) * Math.log(x) - x + LN_SQRT_2PI + series - shift
}
