/** Spearman and Kendall: values by hand, and against definitions that look at all pairs. */
import fc from 'fast-check'
import t from 'tap'
import { discordance } from '../../../src/simulation/measures/discordance.ts'
import { kendallTauB, spearman } from '../../../src/simulation/measures/rank-correlation.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { close, columnOf, replicated, type Row, shuffled, someRows } from './populations.ts'

t.test("ties averaged, as in R's cor(): √0.9 and 5/√30", async (t) => {
  const [x, y] = [Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 3, 2, 4)]
  t.ok(close(spearman(x, y).value, Math.sqrt(0.9), 1e-15))
  t.ok(close(kendallTauB(x, y).value, 5 / Math.sqrt(30), 1e-15))
})

t.test('the same order is exactly 1, the opposite −1, and no order has no value', async (t) => {
  const x = Float64Array.from({ length: 1000 }, (_, i) => Math.floor(i / 3) + 0.1)
  for (const measure of [spearman, kendallTauB]) {
    t.equal(measure(x, x).value, 1)
    t.equal(
      measure(
        x,
        x.map((value) => -value),
      ).value,
      -1,
    )
    t.equal(measure(x, new Float64Array(1000)).value, null)
    t.equal(measure(Float64Array.of(), Float64Array.of()).value, null)
    const some = measure(Float64Array.of(1, NaN, 3, 4), Float64Array.of(2, 2, NaN, 9), Uint8Array.of(1, 2, 4, 8))
    t.equal(some.value, 1)
    t.same(some.counted, { units: 2, weight: 9, unknownUnits: 2, unknownWeight: 6 })
  }
})

t.test('discordant pairs of a small permutation, and the arrays come out sorted', async (t) => {
  const values = Float64Array.of(3, 1, 2)
  const weights = Float64Array.of(2, 3, 5)
  t.equal(discordance(values, weights), 2 * 3 + 2 * 5)
  t.same(
    [[...values], [...weights]],
    [
      [1, 2, 3],
      [3, 5, 2],
    ],
  )
  t.equal(discordance(Float64Array.of(), Float64Array.of()), 0)
})

/** All pairs: the definition. */
function kendallByPairs(rows: readonly Row[]): number | null {
  let [agreeing, ordered, orderedX, orderedY] = [0, 0, 0, 0]
  for (const a of rows) {
    for (const b of rows) {
      const x = Math.sign(a.welfare - b.welfare)
      const y = Math.sign(a.other - b.other)
      const pair = a.weight * b.weight
      agreeing += pair * x * y
      orderedX += pair * x * x
      orderedY += pair * y * y
    }
  }
  ordered = Math.sqrt(orderedX * orderedY)
  return ordered === 0 ? null : agreeing / ordered
}

/** Pearson of average ranks of rows of weight 1. */
function spearmanByRanks(rows: readonly Row[]): number | null {
  const ranks = (of: (row: Row) => number): number[] =>
    rows.map((row) => 1 + rows.filter((b) => of(b) < of(row)).length + (rows.filter((b) => of(b) === of(row)).length - 1) / 2)
  const x = ranks((row) => row.welfare)
  const y = ranks((row) => row.other)
  const mean = (rows.length + 1) / 2
  const product = (a: number[], b: number[]): number => a.reduce((sum, r, i) => sum + (r - mean) * ((b[i] as number) - mean), 0)
  const scale = Math.sqrt(product(x, x) * product(y, y))
  return scale === 0 ? null : product(x, y) / scale
}

t.test('equal their definitions; weights are replication; order of rows and monotone scales do not matter', async () => {
  fc.assert(
    fc.property(someRows, fc.integer(), (rows, seed) => {
      const known = rows.filter(({ welfare, other }) => !Number.isNaN(welfare) && !Number.isNaN(other))
      return [
        { measure: kendallTauB, expected: kendallByPairs(known) },
        { measure: spearman, expected: spearmanByRanks(replicated(known)) },
      ].every(({ measure, expected }) => {
        const of = (some: readonly Row[]) => measure(columnOf(some, 'welfare'), columnOf(some, 'other'), columnOf(some, 'weight')).value
        const own = of(rows)
        const stretched = measure(
          columnOf(rows, 'welfare').map(Math.log),
          columnOf(rows, 'other').map((y) => 7 * y),
          columnOf(rows, 'weight'),
        ).value
        return (
          close(own, expected) &&
          close(own, of(replicated(rows))) &&
          own === of(shuffled(rows, seed)) &&
          own === stretched &&
          own === measure(columnOf(rows, 'other'), columnOf(rows, 'welfare'), columnOf(rows, 'weight')).value
        )
      })
    }),
    propertyRuns(300, 916),
  )
})
