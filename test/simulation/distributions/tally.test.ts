/** Tallies against a plain count, and what is told of them: no few, no extreme, the same each time. */
import t from 'tap'
import { recordKeys } from '../../../src/access/disclosure/cell-keys.ts'
import { LEAST_UNITS } from '../../../src/access/disclosure/cell-noise.ts'
import type { FactType, ValueType } from '../../../src/language/fact-space.ts'
import { counting, type Collected, QUANTILES, roundedValue, tally, type Tally } from '../../../src/simulation/distributions/tally.ts'
import { toldDistribution } from '../../../src/simulation/distributions/told-distribution.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { type Draw, drawFrom } from '../../support/random-draw.ts'

const keyOf = recordKeys(new Uint8Array(32).fill(5))
const NOBODY = { units: 0, households: 0, key: 0 }
const number = { codes: 0, nonNegative: true } as const

/** Each value of a household of its own, or of the household given. */
function collected(values: readonly number[], households: readonly number[] = values.map((_, n) => n)): Collected {
  const keys = Uint32Array.from(values, (_, n) => keyOf(n + 1))
  const cells = counting(1)
  values.forEach((_, n) => cells.add(0, households[n] as number, keys[n] as number))
  const [all = NOBODY] = cells.cells()
  return {
    known: Float64Array.from(values),
    households: Uint32Array.from(households),
    keys,
    all,
    bounded: NOBODY,
    unknown: NOBODY,
    bytes: values.length,
  }
}

const type = (of: ValueType, scale = 0): FactType => ({
  id: 'x',
  type: of,
  scale,
  unit: null,
  codes: of === 'category' ? ['a', 'b', 'c'] : null,
  codeLabels: null,
  label: { en: 'x', ar: 'س' },
  protected: false,
})

const drawn = (draw: Draw, count: number): number[] =>
  Array.from({ length: count }, () => (draw.between(0, 3) === 0 ? draw.between(-50, 50) : draw.between(0, 10 ** draw.between(1, 9))))

t.test('numbers: bins hold everybody once, quantiles have ten on each side, and the reach leaves out fewer than ten', async (t) => {
  const { numRuns, seed } = propertyRuns(60, 11)
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const values = drawn(draw, draw.between(0, 3_000))
    const found = tally({ type: 'integer', ...number }, collected(values))
    const sorted = values.toSorted((a, b) => a - b)
    found.quantiles?.forEach((told, place) => {
      const rank = Math.ceil(((QUANTILES[place] as number) * values.length) / 100)
      const own = sorted[rank - 1] as number
      const isTold = [values.filter((value) => value <= own), values.filter((value) => value >= own)].every(
        ({ length }) => length >= LEAST_UNITS,
      )
      t.equal(told, isTold ? roundedValue(own, 'integer') : null)
    })
    t.equal(found.histogram === null, (found.quantiles ?? []).filter((value) => value !== null).length < 2)
    for (const { from, below, units } of found.histogram ?? [])
      if (values.filter((value) => value >= (from ?? -Infinity) && value < (below ?? Infinity)).length !== units)
        t.fail(`bin ${from}–${below}`)
    if (found.histogram)
      t.equal(
        found.histogram.reduce((sum, { units }) => sum + units, 0),
        values.length,
      )
    t.ok((found.histogram?.length ?? 0) <= 16, 'few bins')
    if (found.reach === null) t.ok(values.length < 2 * LEAST_UNITS)
    else {
      const { low, high } = found.reach
      t.ok(sorted.filter((value) => value < low).length < LEAST_UNITS && sorted.filter((value) => value > high).length < LEAST_UNITS)
    }
  }
})

t.test('codes, flags and dates', async (t) => {
  const codes = tally({ type: 'category', codes: 3, nonNegative: false }, collected([...Array<number>(25).fill(0), 2, 2, 7]))
  t.same(
    codes.codes?.map(({ units }) => units),
    [25, 0, 2],
    'a code outside the list is in no cell',
  )
  const told = toldDistribution(type('category'), codes)
  t.match(told.codes, [
    { code: 'a', label: { en: 'a' } },
    { code: 'b', units: 0, share: 0 },
    { code: 'c', units: null, share: null },
  ])
  t.ok(Math.abs((told.codes?.[0]?.units ?? 0) - 25) <= 4)
  t.same([told.quantiles, told.histogram], [null, null])
  const flags = tally({ type: 'boolean', codes: 0, nonNegative: false }, collected(Array.from({ length: 60 }, (_, n) => n % 2)))
  t.match(toldDistribution(type('boolean'), flags).codes, [
    { code: 'false', label: { ar: 'لا' } },
    { code: 'true', label: { en: 'Yes' } },
  ])
  const days = Array.from({ length: 4_000 }, (_, n) => n * 5)
  const dates = toldDistribution(type('date'), tally({ type: 'date', ...number }, collected(days)))
  for (const { value } of dates.quantiles ?? []) t.match(value, /^\d{4}-\d{2}-01$/, 'by the month')
  for (const { from, below } of dates.histogram ?? []) for (const edge of [from, below]) t.match(edge ?? '2000-01-01', /-01$/)
  t.equal(roundedValue(45, 'date', 2, 'up'), 59, 'outwards to the next month')
  t.equal(roundedValue(31, 'date', 2, 'up'), 31, 'the first of a month stays')
  const money = toldDistribution(
    type('decimal', 3),
    tally({ type: 'decimal', ...number }, collected(Array.from({ length: 2_000 }, (_, n) => 123_456 + n))),
  )
  t.same(money.quantiles?.[0], { percent: 1, value: '123.000' })
})

t.test('ten members of one household are one household', async (t) => {
  const one = toldDistribution(
    type('boolean'),
    tally({ type: 'boolean', codes: 0, nonNegative: false }, collected(Array<number>(12).fill(1), Array<number>(12).fill(3))),
  )
  const persons = Array.from({ length: 200 }, (_, n) => n)
  const few = collected(
    persons,
    persons.map((n) => Math.floor(n / 25)),
  )
  const told = toldDistribution(type('integer'), tally({ type: 'integer', ...number }, few))
  t.match(told, { known: { units: null }, histogram: null }, 'two hundred persons of eight households')
  t.ok(told.quantiles?.every(({ value }) => value === null))
  // A family of ten at each end, and thirty persons who live alone between.
  const [tenth, alone] = [Array<number>(10), Array.from({ length: 30 }, (_, n) => 101 + n)]
  const ends = [...tenth.fill(5), ...alone, ...tenth.fill(999)]
  const homes = [...tenth.fill(1_000), ...alone, ...tenth.fill(2_000)]
  const { reach } = tally({ type: 'integer', ...number }, collected(ends, homes))
  t.same(reach, { low: 100, high: 130 }, 'the reach is that of ten households, not of ten of one')
  t.equal(tally({ type: 'integer', ...number }, few).reach, null)
  t.same(one.codes?.[1], { code: 'true', label: { en: 'Yes', ar: 'نعم' }, units: null, share: null })
})

t.test('no answer moves by an extreme: the richest may have any amount', async (t) => {
  const values = Array.from({ length: 5_000 }, (_, n) => n)
  const tells = (most: number): Tally => tally({ type: 'integer', ...number }, collected([...values, most]))
  t.same(tells(5_000), tells(9e15))
  const less = toldDistribution(type('integer'), tally({ type: 'integer', ...number }, collected(values)))
  t.ok(less.quantiles?.every(({ value }) => Number(value) < 4_990))
})

t.test('told cells are zero, suppressed or at least ten, and the same contents are told the same', async (t) => {
  const { numRuns, seed } = propertyRuns(60, 12)
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const found = tally({ type: 'integer', ...number }, collected(drawn(draw, draw.between(0, 1_500))))
    const told = toldDistribution(type('integer'), found)
    t.same(told, toldDistribution(type('integer'), found))
    for (const { units, share } of [told.known, told.bounded, told.unknown, ...(told.histogram ?? [])]) {
      if (!(units === null || units === 0 || units >= LEAST_UNITS)) t.fail(`${units}`)
      if (share !== null && !(share >= 0 && share <= 1)) t.fail(`${share}`)
    }
  }
})
