/** Exact decimals: what is read, refused and written, and division held against rationals. */
import fc from 'fast-check'
import t from 'tap'
import { MAX_INTEGER, MAX_SCALE, divideRounded, formatDecimal, parseDecimal, safe, scaledOfNumber } from '../../src/kernel/decimal.ts'
import { propertyRuns } from '../support/property-runs.ts'

const read = (text: string, scale: number): number | string => {
  const scaled = parseDecimal(text, scale)
  return scaled.ok ? scaled.value : scaled.error
}
const readNumber = (value: number, scale: number): number | string => {
  const scaled = scaledOfNumber(value, scale)
  return scaled.ok ? scaled.value : scaled.error
}

const texts = [
  ['0', 0, 0],
  ['-0', 0, 0],
  ['-0.000', 3, 0],
  ['12.5', 3, 12_500],
  ['-12.5', 1, -125],
  ['12.500', 1, 125],
  ['0.001', 3, 1],
  ['9007199254740991', 0, MAX_INTEGER],
  ['-9007199254740991', 0, -MAX_INTEGER],
  ['9007199254740992', 0, 'out-of-range'],
  ['9007199254.740992', 6, 'out-of-range'],
  ['0.0001', 3, 'too-many-places'],
  ['1.5', 0, 'too-many-places'],
  ['', 0, 'not-a-decimal'],
  ['1e3', 0, 'not-a-decimal'],
  ['+1', 0, 'not-a-decimal'],
  ['01', 0, 'not-a-decimal'],
  ['.5', 1, 'not-a-decimal'],
  ['5.', 1, 'not-a-decimal'],
  ['1,5', 1, 'not-a-decimal'],
  [' 1', 0, 'not-a-decimal'],
  ['1\n', 0, 'not-a-decimal'],
  ['٥', 0, 'not-a-decimal'],
  ['0x10', 0, 'not-a-decimal'],
  ['Infinity', 0, 'not-a-decimal'],
  [`0.${'0'.repeat(39)}`, 3, 'not-a-decimal'],
] as const
for (const [text, scale, expected] of texts) t.equal(read(text, scale), expected, `${JSON.stringify(text)} at scale ${scale}`)
t.ok(Object.is(read('-0.0', 1), 0), 'zero has no sign')

const numbers = [
  [0.1, 1, 1],
  [0.07, 2, 7],
  [1.005, 3, 1005],
  [300, 3, 300_000],
  [-4.5, 1, -45],
  [-0, 0, 0],
  [1e-6, 6, 1],
  [1.5e-6, 7, 15],
  [1e-7, 6, 'too-many-places'],
  [-1.25e-7, 9, -125],
  [1e15, 0, 1_000_000_000_000_000],
  [123_456_789_012_345, 0, 123_456_789_012_345],
  [1_234_567_890_123_456, 0, 'out-of-range'],
  [0.1 + 0.2, 6, 'out-of-range'],
  [1e21, 0, 'out-of-range'],
  [1.5e300, 0, 'not-a-decimal'],
  [Number.NaN, 0, 'not-a-decimal'],
  [Number.POSITIVE_INFINITY, 0, 'not-a-decimal'],
] as const
for (const [value, scale, expected] of numbers) t.equal(readNumber(value, scale), expected, `${value} at scale ${scale}`)

const written = [
  [12_500, 3, '12.500'],
  [-5, 3, '-0.005'],
  [0, 3, '0.000'],
  [-0, 0, '0'],
  [-0, 2, '0.00'],
  [7, 0, '7'],
  [MAX_INTEGER, 6, '9007199254.740991'],
] as const
for (const [value, scale, expected] of written) t.equal(formatDecimal(value, scale), expected)

const integer = fc.integer({ min: -MAX_INTEGER, max: MAX_INTEGER })
const scale = fc.integer({ min: 0, max: MAX_SCALE })

t.test('what is written is read as itself, with any zeros behind it', async () => {
  fc.assert(
    fc.property(integer, scale, fc.integer({ min: 0, max: 8 }), (value, places, zeros) => {
      const text = formatDecimal(value, places)
      const more = zeros === 0 ? '' : `${places === 0 ? '.' : ''}${'0'.repeat(zeros)}`
      return read(text + more, places) === (value === 0 ? 0 : value)
    }),
    propertyRuns(5000, 91),
  )
})

t.test('a number of at most 15 digits is the decimal it prints as', async () => {
  const short = fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 })
  fc.assert(
    fc.property(short, scale, (value, places) => readNumber(Number(formatDecimal(value, places)), places) === (value === 0 ? 0 : value)),
    propertyRuns(5000, 92),
  )
})

t.test('division rounds half away from zero', async (t) => {
  t.equal(divideRounded(1, 2), 1)
  t.equal(divideRounded(-1, 2), -1)
  t.equal(divideRounded(1, -2), -1)
  t.equal(divideRounded(-1, -2), 1)
  t.equal(divideRounded(5, 2), 3)
  t.equal(divideRounded(4, 3), 1)
  t.equal(divideRounded(5, 3), 2)
  t.ok(Object.is(divideRounded(-1, 3), 0), 'zero has no sign')
  t.equal(divideRounded(7, 0), null)
  t.equal(divideRounded(0, 0), null)
  t.equal(divideRounded(BigInt(MAX_INTEGER) * 2n, 2), MAX_INTEGER)
  t.equal(divideRounded(BigInt(MAX_INTEGER) * 2n, 1), null, 'beyond the exact range is unknown')
  fc.assert(
    fc.property(integer, integer, (numerator, denominator) => {
      if (denominator === 0) return divideRounded(numerator, denominator) === null
      const quotient = divideRounded(numerator, denominator)
      if (quotient === null) return false
      const [n, d, q] = [BigInt(numerator), BigInt(denominator), BigInt(quotient)]
      const off = 2n * (n - q * d) // twice the remainder: its size is at most |d|, and at a tie |q| is the greater one
      const size = off < 0n ? -off : off
      const width = d < 0n ? -d : d
      if (size < width) return true
      return size === width && (q < 0n ? -q : q) * width * 2n > (n < 0n ? -n : n) * 2n
    }),
    propertyRuns(5000, 93),
  )
})

t.test('the exact range has both ends', async (t) => {
  t.equal(safe(BigInt(MAX_INTEGER)), MAX_INTEGER)
  t.equal(safe(-BigInt(MAX_INTEGER)), -MAX_INTEGER)
  t.equal(safe(BigInt(MAX_INTEGER) + 1n), null)
  t.equal(safe(-BigInt(MAX_INTEGER) - 1n), null)
})
