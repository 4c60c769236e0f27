import fc from 'fast-check'
import t from 'tap'
import { divideExactly } from '../../../src/language/formula/contribution.ts'
import { ln1pMicro, lnMicro, sqrtMicro } from '../../../src/language/formula/transform.ts'
import { round, roundedLn, roundedRoot } from './reference.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const units = fc.constantFrom(1, 10, 1000, 1_000_000)
const values = fc.oneof(
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.maxSafeInteger().map((v) => Math.max(1, Math.abs(v))),
)

t.test('ln, ln1p and sqrt are the correctly rounded millionths', async () => {
  fc.assert(
    fc.property(values, units, (value, unit) => {
      const [v, u] = [BigInt(value), BigInt(unit)]
      return (
        BigInt(lnMicro(value, unit)) === roundedLn(v, u) &&
        (value + unit > Number.MAX_SAFE_INTEGER || BigInt(ln1pMicro(value, unit)) === roundedLn(v + u, u)) &&
        (value / unit > 8e13 || BigInt(sqrtMicro(value, unit)) === roundedRoot(v, u))
      )
    }),
    propertyRuns(1000, 5),
  )
})

t.test('known values', async (t) => {
  t.equal(lnMicro(1, 1), 0)
  t.equal(lnMicro(10, 1), 2_302_585)
  t.equal(lnMicro(1, 2), -693_147)
  t.equal(ln1pMicro(0, 1000), 0)
  t.equal(sqrtMicro(0, 10), 0)
  t.equal(sqrtMicro(2, 1), 1_414_214)
  t.notOk(Object.is(ln1pMicro(0, 1), -0))
})

t.test('where a double cannot tell the nearer millionth, integers decide', async (t) => {
  // The middle between two millionths, squared and cut off or rounded up at 6 places of the argument: as near as arguments get.
  for (const k of [1_000_000n, 2_345_678n, 31_622_776n, 94_868_329n]) {
    const square = (2n * k + 1n) ** 2n / (4n * 1_000_000n)
    for (const value of [square, square + 1n])
      t.equal(BigInt(sqrtMicro(Number(value), 1_000_000)), roundedRoot(value, 1_000_000n), `sqrt near ${k}.5`)
  }
  for (const power of [-6, -3, 3, 6, 9].map((p) => p + 0.0000005)) {
    const middle = BigInt(Math.round(Math.exp(power) * 1e6))
    for (const value of [middle - 1n, middle, middle + 1n].filter((v) => v > 0n))
      t.equal(BigInt(lnMicro(Number(value), 1_000_000)), roundedLn(value, 1_000_000n))
  }
  // Large arguments lie so densely that some are within a millionth of a millionth of the middle.
  for (const k of [30_000_000, 31_234_567, 34_999_999, 36_100_000]) {
    const middle = BigInt(Math.round(Math.exp((k + 0.5) / 1_000_000)))
    for (const value of [-3n, -2n, -1n, 0n, 1n, 2n, 3n].map((step) => middle + step))
      t.equal(BigInt(lnMicro(Number(value), 1)), roundedLn(value, 1n), `ln near ${k}.5`)
  }
  // Large roots are beyond what a double can tell at all.
  for (const value of [8_999_999_999_999_998n, 9_007_199_254_740_991n])
    t.equal(BigInt(sqrtMicro(Number(value), 1000)), roundedRoot(value, 1000n))
})

t.test('division rounds half away from zero, up to 2^53', async (t) => {
  t.equal(divideExactly(5, 10), 1)
  t.equal(divideExactly(-5, 10), -1)
  t.equal(divideExactly(4, 10), 0)
  t.notOk(Object.is(divideExactly(-4, 10), -0))
  t.notOk(Object.is(divideExactly(-0, 10), -0))
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom(10, 100, 1000, 10_000, 100_000, 1_000_000), (n, divisor) => {
      const product = Math.sign(n) * Math.min(Math.abs(n), Number.MAX_SAFE_INTEGER - divisor)
      return BigInt(divideExactly(product, divisor)) === round(BigInt(product), BigInt(divisor))
    }),
    propertyRuns(2000, 3),
  )
  const edge = Number.MAX_SAFE_INTEGER - 10
  for (let product = edge - 50; product <= edge; product++)
    t.equal(BigInt(divideExactly(product, 10)), round(BigInt(product), 10n), `${product} / 10`)
})
