/** Theil 0 and 1 and Atkinson: closed forms, decomposition, and what must hold for any population. */
import fc from 'fast-check'
import t from 'tap'
import { atkinson } from '../../../src/simulation/measures/atkinson.ts'
import { meanLogDeviation, theil } from '../../../src/simulation/measures/theil.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, knownRows, replicated, type Row, shuffled } from './populations.ts'

const measures: readonly ((rows: readonly Row[]) => number | null)[] = [
  (rows) => meanLogDeviation(columnOf(rows, 'welfare'), { weights: columnOf(rows, 'weight') }).value,
  (rows) => theil(columnOf(rows, 'welfare'), columnOf(rows, 'weight')).value,
  ...[0.5, 1, 2].map((aversion) => (rows: readonly Row[]) => atkinson(columnOf(rows, 'welfare'), aversion, columnOf(rows, 'weight')).value),
]

t.test('closed forms of 1 and 3: mean 2', async (t) => {
  const welfare = Float64Array.of(1, 3)
  t.ok(close(meanLogDeviation(welfare).value, Math.log(2) - Math.log(3) / 2, 1e-15))
  t.ok(close(theil(welfare).value, (0.5 * Math.log(0.5) + 1.5 * Math.log(1.5)) / 2, 1e-15))
  t.ok(close(atkinson(welfare, 1).value, 1 - Math.sqrt(3) / 2, 1e-15))
  t.ok(close(atkinson(welfare, 2).value, 1 - 1.5 / 2, 1e-15), 'the harmonic mean is 1.5')
  t.ok(close(atkinson(welfare, 0.5).value, 1 - ((1 + Math.sqrt(3)) / 2) ** 2 / 2, 1e-15))
})

t.test('one of n has all: Theil is ln n, Atkinson with e ≥ 1 is 1, and the mean log deviation is undefined', async (t) => {
  const welfare = Float64Array.of(0, 0, 0, 8)
  t.ok(close(theil(welfare).value, Math.log(4), 1e-15))
  t.equal(atkinson(welfare, 1).value, 1)
  t.ok(close(atkinson(welfare, 0.5).value, 0.75))
  t.equal(meanLogDeviation(welfare).value, null)
  t.equal(meanLogDeviation(welfare).nonPositiveUnits, 3)
  t.ok(close(meanLogDeviation(welfare, { nonPositiveAs: 1 }).value, (3 * Math.log(2) + Math.log(2 / 8)) / 4), 'as PovcalNet has it')
})

t.test('unknown is left out; negative welfare and nobody have no value', async (t) => {
  const some = theil(Float64Array.of(1, NaN, 3), Uint8Array.of(1, 9, 1))
  t.equal(some.value, theil(Float64Array.of(1, 3)).value)
  t.same(some.counted, { units: 2, weight: 2, unknownUnits: 1, unknownWeight: 9 })
  t.same(Object.keys(some).toSorted(), ['counted', 'nonPositiveUnits', 'value'])
  for (const welfare of [[-1, 5], [], [NaN], [0, 0]]) {
    t.equal(theil(Float64Array.from(welfare)).value, null)
    t.equal(atkinson(Float64Array.from(welfare), 0.5).value, null)
  }
  t.equal(meanLogDeviation(Float64Array.of()).value, null)
  for (const aversion of [0, -1, Infinity, NaN]) t.throws(() => atkinson(Float64Array.of(1), aversion), RangeError)
})

t.test('0 to 1 or more, scale, replication, weights as replication, order', async () => {
  fc.assert(
    fc.property(knownRows, fc.integer({ min: 2, max: 1000 }), fc.integer(), (rows, factor, seed) =>
      measures.every((measure) => {
        const own = measure(rows) as number
        return (
          own >= 0 &&
          close(own, measure(rows.map((row) => ({ ...row, welfare: row.welfare * factor })))) &&
          close(own, measure([...rows, ...rows])) &&
          close(own, measure(replicated(rows))) &&
          own === measure(shuffled(rows, seed))
        )
      }),
    ),
    propertyRuns(200, 911),
  )
})

t.test('decomposition: within groups, by shares of persons or of welfare, plus between their means', async () => {
  const totals = (rows: readonly Row[]): { weight: number; welfare: number } =>
    rows.reduce((sum, row) => ({ weight: sum.weight + row.weight, welfare: sum.welfare + row.weight * row.welfare }), {
      weight: 0,
      welfare: 0,
    })
  fc.assert(
    fc.property(knownRows, (rows) => {
      const all = totals(rows)
      const mean = all.welfare / all.weight
      const parts = [0, 1, 2].map((code) => rows.filter(({ group }) => group === code)).filter((part) => part.length > 0)
      let [within0, within1, between0, between1] = [0, 0, 0, 0]
      for (const part of parts) {
        const own = totals(part)
        const relative = own.welfare / own.weight / mean
        within0 += (own.weight / all.weight) * (measures[0]?.(part) as number)
        between0 += (own.weight / all.weight) * -Math.log(relative)
        within1 += (own.welfare / all.welfare) * (measures[1]?.(part) as number)
        between1 += (own.welfare / all.welfare) * Math.log(relative)
      }
      return close(measures[0]?.(rows) ?? null, within0 + between0) && close(measures[1]?.(rows) ?? null, within1 + between1)
    }),
    propertyRuns(200, 912),
  )
})

t.test('a transfer from a richer to a poorer lowers all of them', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), (poorer, amount) => {
      const rows = (a: number, b: number): Row[] => [a, b, 200].map((welfare) => ({ welfare, other: 0, weight: 1, benefit: 0, group: 0 }))
      const before = rows(poorer, poorer + 2 * amount + 1)
      const after = rows(poorer + amount, poorer + amount + 1)
      return measures.every((measure) => (measure(after) as number) < (measure(before) as number))
    }),
    propertyRuns(200, 913),
  )
})
