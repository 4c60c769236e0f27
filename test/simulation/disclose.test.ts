/** What is told of cells: nothing of few, noise that contents decide, and amounts that no single unit makes up. */
import t from 'tap'
import { recordKeys } from '../../src/access/disclosure/cell-keys.ts'
import { LEAST_UNITS, noiseOf } from '../../src/access/disclosure/cell-noise.ts'
import { disclosedCell, disclosedIndex, exactCell } from '../../src/simulation/disclose.ts'
import { type Cell, NOBODY, sumOf } from '../../src/simulation/tabulate.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'

const keyOf = recordKeys(new Uint8Array(32).fill(3))

/** A cell of one household. */
const one = (reference: number, { persons = 4, before = 0, after = 0 } = {}): Cell => ({
  units: 1,
  persons,
  before,
  after,
  paidBefore: before > 0 ? 1 : 0,
  paidAfter: after > 0 ? 1 : 0,
  largestBefore: before,
  largestAfter: after,
  key: keyOf(reference),
})
const many = (count: number, from: number, more: Parameters<typeof one>[1] = {}): Cell[] =>
  Array.from({ length: count }, (_, index) => one(from + index, more))
const shuffled = <T>(draw: Draw, list: readonly T[]): T[] =>
  list
    .map((value) => ({ value, at: draw.between(0, 1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)

t.test('few are not told, and nobody is nobody', async (t) => {
  t.same(disclosedCell(NOBODY), { units: 0, persons: 0, before: 0, after: 0 })
  for (let count = 1; count < LEAST_UNITS; count++)
    t.same(disclosedCell(sumOf(many(count, 1, { after: 40_500 }))), { units: null, persons: null, before: null, after: null })
  for (let from = 1; from < 400; from += 10) {
    const { units } = disclosedCell(sumOf(many(LEAST_UNITS, from)))
    t.ok(units !== null && units >= LEAST_UNITS && units <= LEAST_UNITS + 4, `${units}`)
  }
  const cell = sumOf(many(5, 1, { before: 10, after: 20 }))
  t.same(exactCell(cell), { units: 5, persons: 20, before: 50, after: 100 }, 'exact is exact, and tells no key')
})

t.test('the same contents give the same noise in whatever order, by whatever way they are put together', async (t) => {
  const { numRuns, seed } = propertyRuns(50, 5)
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const cells = many(draw.between(10, 60), draw.between(1, 1_000_000), { after: draw.between(1, 99) * 1_000 })
    const told = disclosedCell(sumOf(cells))
    const mixed = shuffled(draw, cells)
    const cut = draw.between(0, mixed.length)
    t.same(disclosedCell(sumOf(mixed)), told)
    t.same(disclosedCell(sumOf([sumOf(mixed.slice(0, cut)), sumOf(mixed.slice(cut))])), told)
  }
})

t.test('the noise is symmetric, of variance 3.06, and no wider than four', async (t) => {
  const count = 200_000
  const seen = new Map<number, number>()
  for (let step = 0; step < count; step++) {
    const noise = noiseOf(Math.floor((step / count) * 2 ** 32))
    seen.set(noise, (seen.get(noise) ?? 0) + 1)
  }
  t.same(
    [...seen.keys()].toSorted((a, b) => a - b),
    [-4, -3, -2, -1, 0, 1, 2, 3, 4],
  )
  const share = (noise: number): number => (seen.get(noise) ?? 0) / count
  for (const noise of [1, 2, 3, 4]) t.ok(Math.abs(share(noise) - share(-noise)) < 1e-4, `${noise}`)
  const variance = [...seen.keys()].reduce((sum, noise) => sum + share(noise) * noise ** 2, 0)
  t.ok(Math.abs(variance - 3.06) < 1e-2, `${variance}`)
  t.equal(noiseOf(0), 0)
  t.ok(Math.abs(noiseOf(2 ** 32 - 1)) <= 4)
})

t.test('noise of real cells: unbiased, and as wide as it is said to be', async (t) => {
  let [sum, squares] = [0, 0]
  const count = 4_000
  for (let cell = 0; cell < count; cell++) {
    const noise = (disclosedCell(sumOf(many(30, 1 + cell * 30))).units as number) - 30
    sum += noise
    squares += noise ** 2
  }
  // Five standard errors.
  t.ok(Math.abs(sum / count) < 5 * Math.sqrt(3.06 / count), `mean ${sum / count}`)
  t.ok(Math.abs(squares / count - 3.06) < 0.3, `variance ${squares / count}`)
})

t.test('two results that one household sets apart do not say which way, nor how many', async (t) => {
  const { numRuns, seed } = propertyRuns(2_000, 77)
  const differences: number[] = []
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const from = 1 + run * 100
    const size = draw.between(20, 90)
    const [without, with_] = [sumOf(many(size, from)), sumOf(many(size + 1, from))]
    differences.push((disclosedCell(with_).units as number) - (disclosedCell(without).units as number))
  }
  const share = (is: (difference: number) => boolean): number => differences.filter(is).length / numRuns
  // One more household looks like one more in a sixth of the cases, like none more or fewer in over a third.
  t.ok(share((difference) => difference === 1) < 0.22, `told as one more: ${share((difference) => difference === 1)}`)
  t.ok(share((difference) => difference <= 0) > 0.3, `told as none more or fewer: ${share((difference) => difference <= 0)}`)
  t.ok(share((difference) => difference >= 2) > 0.3, `told as two more or above: ${share((difference) => difference >= 2)}`)
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / numRuns
  t.ok(Math.abs(mean - 1) < 5 * Math.sqrt(6.12 / numRuns), `unbiased: ${mean}`)
})

t.test('an amount that one unit makes up is not told, on the side where it does', async (t) => {
  const paid = many(20, 1, { before: 100, after: 100 })
  const rich = one(900, { before: 100, after: 1_000_000 })
  const told = disclosedCell(sumOf([...paid, rich]))
  t.type(told.units, 'number')
  t.type(told.before, 'number', 'nobody dominates before')
  t.equal(told.after, null)
  t.type(disclosedCell(sumOf([...paid, one(900, { before: 100, after: 400 })])).after, 'number')
})

t.test('an amount is of those who are paid: fewer than ten of them are not told, however many stand in the margin', async (t) => {
  const leaving = many(60, 1, { before: 40_500 })
  for (const staying of [1, 9]) {
    const margin = sumOf([...leaving, ...many(staying, 500, { before: 40_500, after: 81_000 })])
    t.match(disclosedCell(margin), { units: Number, before: Number, after: null }, `${staying} stay`)
  }
  const margin = sumOf([...leaving, ...many(10, 500, { before: 40_500, after: 81_000 })])
  const { after, units } = disclosedCell(margin)
  const noise = (units as number) - 70
  t.equal(after, Math.round((81_000 * Math.max(10, 10 + noise)) / 1_000) * 1_000, 'its noise is that of ten, not a share of seventy')
  t.equal(disclosedCell(sumOf(leaving)).after, 0, 'nobody paid is zero')
})

t.test('amounts have three digits, and follow the moved count', async (t) => {
  for (let from = 1; from < 2_000; from += 40) {
    const { units, before, persons } = disclosedCell(sumOf(many(40, from, { before: 123_457, persons: 5 })))
    const exact = (units as number) * 123_457
    t.ok(Math.abs((before as number) - exact) <= 5 * 10 ** (Math.floor(Math.log10(exact)) - 3), `${before} of ${exact}`)
    t.match(String(before), /^\d{1,3}0*$/)
    t.equal(persons, (units as number) * 5)
  }
})

t.test('an index is told to three places', async (t) => {
  t.equal(disclosedIndex(0.123456), 0.123)
  t.equal(disclosedIndex(-0.0004), -0)
  t.same([disclosedIndex(null), disclosedIndex(NaN), disclosedIndex(Infinity)], [null, null, null])
})
