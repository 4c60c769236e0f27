/** A term made heavier gives that much more of every point that it can give, whatever kind it is of. */
import t from 'tap'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { toldResult } from '../../src/simulation/result.ts'
import { madeOutcome } from './support/made-result.ts'
import { withTerm } from '../../src/simulation/try-term.ts'

t.test('who comes into another tenth is told by tens, and of few not at all', async (t) => {
  const told = (moved: number, ranked?: number, exact = false) => {
    const effect = { meanDistance: 0.12345, otherTenth: moved / 200, spearman: 0.9876, ...(ranked === undefined ? {} : { ranked }) }
    const terms = [{ term: 'size', label: { en: 'Size', ar: 'الحجم' }, lighter: effect, heavier: effect }]
    const sensitivity = { step: 0.1, formulas: [{ formula: 'f', terms }], unusedFacts: [] }
    const made = madeOutcome()
    const outcome = { ...made, baseline: { ...made.baseline, sensitivity } }
    return toldResult(outcome, exact).baseline.sensitivity?.formulas[0]?.terms[0]?.lighter
  }
  t.same(told(3, 200), { meanDistance: 0.123, otherTenth: null, spearman: 0.988 })
  t.equal(told(9, 200)?.otherTenth, null)
  t.equal(told(0, 200)?.otherTenth, 0)
  t.same(
    [11, 14, 17, 200].map((moved) => told(moved, 200)?.otherTenth),
    [0.05, 0.05, 0.1, 1],
  )
  t.equal(told(14)?.otherTenth, null, 'of a result that does not say how many were ranked')
  t.equal(told(3, 200, true)?.otherTenth, 0.015, 'exact is exact')
})

t.test('one term only, of every kind', async (t) => {
  const { bundle } = shippedBundle()
  const kinds = new Set<string>()
  for (const { formula } of bundle?.formulas ?? [])
    formula.terms.forEach((term, place) => {
      kinds.add(term.kind)
      const doubled = withTerm(formula, place, 2)
      t.same(
        doubled.terms.filter((_, other) => other !== place),
        formula.terms.filter((_, other) => other !== place),
      )
      const { unknown } = term
      t.match(doubled.terms[place], {
        least: 2 * term.least,
        most: 2 * term.most,
        ...(unknown.kind === 'imputed' ? { unknown: { points: 2 * unknown.points } } : {}),
        ...(term.kind === 'linear' ? { weight: 2 * term.weight, low: term.low } : {}),
        ...(term.kind === 'conditional' ? { points: 2 * term.points, otherwise: 2 * term.otherwise } : {}),
        ...(term.kind === 'bands' || term.kind === 'categories' ? { points: term.points.map((points) => 2 * points) } : {}),
      })
    })
  t.same([...kinds].toSorted(), ['bands', 'categories', 'conditional', 'linear'])
})
