import t from 'tap'
import { targetingErrors } from '../../../src/simulation/fit/targeting-errors.ts'

const of = (...values: number[]): Float64Array => Float64Array.from(values)
/** Welfare 10 to 50; the prediction puts the third before the second. */
const five = {
  welfare: of(10, 20, 30, 40, 50),
  predicted: of(1, 3, 2, 4, 5),
  weights: of(1, 1, 1, 1, 1),
  direction: 'lowerIsPoorer' as const,
}

t.test('poor is strictly below the line, selected are the poorest by prediction', async (t) => {
  t.strictSame(targetingErrors({ ...five, poverty: { line: 30 } }), {
    povertyLine: 30,
    povertyRate: 0.4,
    coverage: 0.4,
    exclusionError: 0.5,
    inclusionError: 0.5,
  })
  const wide = targetingErrors({ ...five, poverty: { line: 30 }, coverage: 0.8 })
  t.strictSame([wide.exclusionError, wide.inclusionError], [0, 0.5])
  const none = targetingErrors({ ...five, poverty: { line: 10 }, coverage: 0.2 })
  t.strictSame([none.povertyRate, none.exclusionError, none.inclusionError], [0, null, 1])
  const nobody = targetingErrors({ ...five, poverty: { line: 10 } })
  t.strictSame([nobody.coverage, nobody.inclusionError], [0, null])
})

t.test('the line of a share is the highest with no more than the share below it', async (t) => {
  const line = (share: number): number[] => {
    const { povertyLine, povertyRate } = targetingErrors({ ...five, poverty: { share } })
    return [povertyLine, povertyRate]
  }
  t.strictSame(line(0.4), [30, 0.4])
  t.strictSame(line(0.39), [20, 0.2])
  t.strictSame(line(0.1), [10, 0])
})

t.test('weights count, and a unit at the cut is selected in part', async (t) => {
  const weighted = { ...five, weights: of(3, 1, 2, 2, 2) }
  const errors = targetingErrors({ ...weighted, poverty: { line: 30 }, coverage: 0.4 })
  t.strictSame([errors.povertyRate, errors.exclusionError, errors.inclusionError], [0.4, 0.25, 0.25], 'first whole, third in half')
})

t.test('the tied at the cut share what is left, whatever the order of rows', async (t) => {
  const tied = { ...five, predicted: of(2, 2, 2, 4, 5), poverty: { line: 20 }, coverage: 0.4 }
  const errors = targetingErrors(tied)
  t.ok(Math.abs((errors.exclusionError ?? 0) - 1 / 3) < 1e-12, 'two places among three, one of them poor')
  t.ok(Math.abs((errors.inclusionError ?? 0) - 2 / 3) < 1e-12)
  const turned = targetingErrors({ ...tied, welfare: of(50, 40, 30, 20, 10), predicted: of(5, 4, 2, 2, 2) })
  t.strictSame(turned, errors)
  const close = targetingErrors({ ...tied, predicted: of(2, 2 + 1e-9, 2 - 1e-9, 4, 5) })
  t.strictSame(close, errors, 'scores have 6 places')
})

t.test('where higher is poorer everything is turned round', async (t) => {
  const deprivation = {
    welfare: of(50, 40, 30, 20, 10),
    predicted: of(5, 3, 4, 2, 1),
    weights: five.weights,
    direction: 'higherIsPoorer' as const,
  }
  t.strictSame(targetingErrors({ ...deprivation, poverty: { line: 30 } }), {
    povertyLine: 30,
    povertyRate: 0.4,
    coverage: 0.4,
    exclusionError: 0.5,
    inclusionError: 0.5,
  })
  t.equal(targetingErrors({ ...deprivation, poverty: { share: 0.4 } }).povertyLine, 30)
})
