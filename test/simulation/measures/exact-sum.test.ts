/** Exact sums: against big integers, and the same bytes in any order. */
import fc from 'fast-check'
import t from 'tap'
import { ExactSum, exactSums } from '../../../src/simulation/measures/exact-sum.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { shuffled } from './populations.ts'

function exactSum(terms: Iterable<number>): number {
  const sum = new ExactSum()
  for (const term of terms) sum.add(term)
  return sum.value()
}

/** A double is a whole number of 2^-1074. */
function inSmallest(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xf_ffff_ffff_ffffn
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return bits >> 63n === 1n ? -magnitude : magnitude
}

t.test('what addition from left to right loses', async (t) => {
  t.equal(exactSum([1e100, 1, -1e100]), 1)
  t.equal(exactSum(Array.from({ length: 10 }, () => 0.1)), 1)
  t.equal(exactSum([1e16, 1, 1e-16]), 10000000000000002, 'half way, and something below that decides')
  t.equal(exactSum([1e16, 1]), 1e16, 'half way goes to the even one')
  t.equal(exactSum([1e16, 1, -1e-16]), 1e16)
  t.equal(exactSum([-1e16, -1, -1e-16]), -10000000000000002)
  t.ok(Object.is(exactSum([]), 0))
  t.ok(Object.is(exactSum([-0, -0]), 0))
  t.same(
    exactSums(2).map((sum) => sum.value()),
    [0, 0],
  )
})

t.test('no double is nearer to the exact sum, and the order of terms does not matter', async () => {
  const term = fc.oneof(
    fc.double({ min: -1e300, max: 1e300, noNaN: true }),
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.integer({ min: -1000, max: 1000 }).map((n) => n * 2 ** 50),
    fc.integer(),
  )
  const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b)
  fc.assert(
    fc.property(fc.array(term, { maxLength: 40 }), fc.integer(), (terms, seed) => {
      const sum = exactSum(terms)
      const exact = terms.reduce((total, x) => total + inSmallest(x), 0n)
      const step = sum === 0 ? Number.MIN_VALUE : Math.abs(sum) * 2 ** -52
      const nearest = [sum - step, sum + step].every((other) => distance(inSmallest(sum), exact) <= distance(inSmallest(other), exact))
      return nearest && Object.is(sum, exactSum(shuffled(terms, seed)))
    }),
    propertyRuns(500, 901),
  )
})
