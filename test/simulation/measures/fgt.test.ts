/** FGT and Watts: the Handbook's example, subgroups, replication, order. */
import fc from 'fast-check'
import t from 'tap'
import { fgt, watts } from '../../../src/simulation/measures/fgt.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, knownRows, replicated, shuffled, someRows } from './populations.ts'

const LINE = 8

t.test('Haughton & Khandker 2009, ch. 4: incomes 100, 110, 150, 160 at a line of 125', async (t) => {
  const { headcount, povertyGap, severity, poorWeight } = fgt(Float64Array.of(100, 110, 150, 160), 125)
  t.equal(headcount, 0.5)
  t.ok(close(povertyGap, 0.08, 1e-15))
  t.ok(close(severity, 0.0136, 1e-15))
  t.equal(poorWeight, 2)
  t.ok(close(watts(Float64Array.of(100, 110, 150, 160), 125).value, (Math.log(1.25) + Math.log(125 / 110)) / 4, 1e-15))
})

t.test('strictly below; unknown is neither zero nor poor, and counted; a line for each row', async (t) => {
  t.equal(fgt(Float64Array.of(125, 124), 125).headcount, 0.5)
  const some = fgt(Float64Array.of(100, NaN, 200, 50), Float64Array.of(125, 125, 150, NaN), Uint8Array.of(1, 5, 3, 2))
  t.equal(some.headcount, 0.25)
  t.same(some.counted, { units: 2, weight: 4, unknownUnits: 2, unknownWeight: 7 })
  const nobody = fgt(Float64Array.of(NaN), 1)
  t.same([nobody.headcount, nobody.povertyGap, nobody.severity], [null, null, null])
  t.equal(fgt(Float64Array.of(-50), 50).povertyGap, 2, 'negative welfare is counted as it is')
  t.throws(() => fgt(Float64Array.of(1), 0), /the poverty line 0/)
  t.throws(() => fgt(Float64Array.of(1), Infinity), RangeError)
})

t.test('Watts: welfare of 0 has no logarithm unless something stands for it', async (t) => {
  const welfare = Float64Array.of(0, 10, 40)
  t.equal(watts(welfare, 20).value, null)
  t.ok(close(watts(welfare, 20, { nonPositiveAs: 20 }).value, Math.log(2) / 3))
  t.ok(close(watts(welfare, 20, { nonPositiveAs: 1 }).value, (Math.log(2) + Math.log(20)) / 3))
  t.equal(watts(Float64Array.of(), 20).value, null)
  t.same(watts(Float64Array.of(NaN, 30), Float64Array.of(20, NaN)).counted.unknownUnits, 2)
})

t.test('subgroups decompose: the whole is the mean of the groups by weight', async () => {
  fc.assert(
    fc.property(knownRows, (rows) => {
      const of = (some: typeof rows) => fgt(columnOf(some, 'welfare'), LINE, columnOf(some, 'weight'))
      const all = of(rows)
      const parts = [0, 1, 2].map((code) => of(rows.filter(({ group }) => group === code)))
      return (['headcount', 'povertyGap', 'severity'] as const).every((name) =>
        close(all[name], parts.reduce((sum, part) => sum + (part[name] ?? 0) * part.counted.weight, 0) / all.counted.weight),
      )
    }),
    propertyRuns(200, 903),
  )
})

t.test('weights are replication; the order of rows does not matter to the last bit; FGT falls from 0 to 2', async () => {
  fc.assert(
    fc.property(someRows, fc.integer(), (rows, seed) => {
      const of = (some: typeof rows) => fgt(columnOf(some, 'welfare'), LINE, columnOf(some, 'weight'))
      const { counted, ...values } = of(rows)
      const { counted: ofCopies, ...copied } = of([...replicated(rows)])
      const again = of(shuffled(rows, seed))
      return (
        JSON.stringify(again) === JSON.stringify({ ...values, counted }) &&
        counted.weight === ofCopies.weight &&
        (['headcount', 'povertyGap', 'severity'] as const).every((name) => close(values[name], copied[name])) &&
        (values.headcount ?? 0) >= (values.povertyGap ?? 0) &&
        (values.povertyGap ?? 0) >= (values.severity ?? 0)
      )
    }),
    propertyRuns(300, 904),
  )
})

t.test('a transfer from a poor to a poorer leaves the gap and lowers severity and Watts', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 40 }), fc.integer({ min: 1, max: 9 }), (poorer, amount) => {
      const before = Float64Array.of(poorer, poorer + 2 * amount + 1, 200)
      const after = Float64Array.of(poorer + amount, poorer + amount + 1, 200)
      const [a, b] = [fgt(before, 100), fgt(after, 100)]
      const falls = (x: number | null, y: number | null): boolean => (y as number) < (x as number)
      return close(a.povertyGap, b.povertyGap) && falls(a.severity, b.severity) && falls(watts(before, 100).value, watts(after, 100).value)
    }),
    propertyRuns(200, 905),
  )
})
