/** The arithmetic of generated assembly code against plain BigInt, at and beyond the edge of exact doubles. */
import fc from 'fast-check'
import t from 'tap'
import { civil, dayOf, monthsBetween } from '../../../src/kernel/date.ts'
import { divideRounded, MAX_INTEGER } from '../../../src/kernel/decimal.ts'
import * as exact from '../../../src/language/catalogue/assembly/exact.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const edges = [0, 1, -1, 3, 10, 1000, 94_906_265, 94_906_267, 2 ** 52, MAX_INTEGER, -MAX_INTEGER]
const integer = fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger(), fc.integer({ min: -10_000, max: 10_000 }))
const within = (a: bigint): number => (a <= BigInt(MAX_INTEGER) && a >= -BigInt(MAX_INTEGER) ? Number(a) : NaN)
const runs = propertyRuns(2_000, 29)

t.test('sums, products and quotients are those of whole numbers; beyond ±2^53 the result is unknown', (t) => {
  const property = fc.property(integer, integer, integer, (a, b, c) => {
    const [x, y, z] = [BigInt(a), BigInt(b), BigInt(c)]
    t.same(exact.narrow(exact.add(exact.add(a, b), c)), within(x + y + z), `${a} + ${b} + ${c}`)
    t.same(exact.narrow(exact.times(a, b)), within(x * y), `${a} * ${b}`)
    t.same(exact.narrow(exact.quotient(a, b)), divideRounded(x, y) ?? NaN, `${a} / ${b}`)
    // What leaves the exact range on the way may come back.
    t.same(exact.narrow(exact.quotient(exact.times(a, b), c)), divideRounded(x * y, z) ?? NaN, `${a} * ${b} / ${c}`)
    t.same(exact.narrow(exact.add(exact.times(a, b), exact.times(-1, exact.times(a, b)))), 0)
  })
  fc.assert(property, runs)
  t.end()
})

t.test('unknown stays unknown', (t) => {
  const big = exact.times(MAX_INTEGER, MAX_INTEGER)
  for (const f of [exact.add, exact.times, exact.quotient]) {
    for (const known of [5, big]) t.same([f(NaN, known), f(known, NaN)], [NaN, NaN], f.name)
  }
  t.same([exact.leastKnown(NaN, 5), exact.leastKnown(5, NaN), exact.leastKnown(5, 3)], [5, 5, 3])
  t.same([exact.greatestKnown(NaN, 5), exact.greatestKnown(5, NaN), exact.greatestKnown(5, 3)], [5, 5, 5])
  t.same([exact.quotient(5, 0), exact.quotient(big, 0)], [NaN, NaN])
  t.same([exact.years(NaN, 1), exact.months(1, NaN), exact.year(NaN)], [NaN, NaN, NaN])
  t.equal(Object.is(exact.narrow(exact.times(0, -5)), 0), true, 'no negative zero')
  t.end()
})

t.test('a factor of more than 10^20 makes a product unknown, as in SQL', (t) => {
  t.equal(exact.inner(10n ** 20n), 10n ** 20n)
  t.same(exact.inner(10n ** 20n + 1n), NaN)
  t.same(exact.inner(-(10n ** 20n) - 1n), NaN)
  t.equal(exact.inner(7), 7)
  t.end()
})

t.test('a window begins on the first day that is fewer whole months before', (t) => {
  const day = fc.integer({ min: dayOf({ year: 1900, month: 1, day: 1 }), max: dayOf({ year: 2100, month: 12, day: 31 }) })
  const property = fc.property(day, fc.integer({ min: 1, max: 600 }), (asOf, months) => {
    const start = exact.windowStart(asOf, months)
    t.ok(monthsBetween(start, asOf) < months && monthsBetween(start - 1, asOf) >= months, `${months} months before ${asOf}: ${start}`)
  })
  fc.assert(property, runs)
  t.end()
})

t.test('months are numbered without gaps', (t) => {
  for (let day = -1000; day < 40_000; day += 13) {
    const { year, month } = civil(day)
    t.equal(exact.month(day) - exact.month(dayOf({ year, month, day: 0 })), 1)
  }
  t.end()
})
