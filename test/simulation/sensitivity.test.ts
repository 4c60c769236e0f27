/** A term made heavier gives that much more of every point that it can give, whatever kind it is of. */
import t from 'tap'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { withTerm } from '../../src/simulation/sensitivity.ts'

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
