import t from 'tap'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { unknownValues } from '../../../src/language/fact-space.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import { compileFormula } from '../../../src/language/formula/compile.ts'
import { fitFormula, type FittedFormula } from '../../../src/simulation/fit/fit-formula.ts'
import type { CandidateTerm, FitRequest } from '../../../src/simulation/fit/fit-request.ts'
import type { ReferenceSample } from '../../../src/simulation/fit/reference-sample.ts'
import { drawSample, nameOf, reordered, request, space, truth } from './small-sample.ts'

const context = { space, definitions: noDefinitions }
const sample = drawSample(1, { rows: 2000, clusters: 100, strata: 5, weighted: true, clusterError: 0.1, unknown: 0.03 })

function fit(asked: unknown, on: ReferenceSample = sample): FittedFormula {
  const { fitted, diagnostics } = fitFormula(asked, on)
  if (!fitted) throw new Error(JSON.stringify(diagnostics))
  return fitted
}
const estimates = ({ coefficients }: FittedFormula): Record<string, number> =>
  Object.fromEntries(coefficients.map((coefficient) => [nameOf(coefficient), coefficient.estimate]))
const withTerms = (...terms: unknown[]): unknown => ({ ...request, terms: [...request.terms, ...terms] })
const without = (...ids: string[]): CandidateTerm[] => request.terms.filter(({ id }) => !ids.includes(id))

/** Scores by row of a sample, by the project's own check and compiled form. */
function scores(draft: unknown, on: ReferenceSample): number[] {
  const { formula, diagnostics } = checkFormula(draft, context)
  if (!formula) throw new Error(JSON.stringify(diagnostics))
  const score = compileFormula(formula)
  const contributions = new Float64Array(formula.terms.length * 3)
  return Array.from({ length: on.rows }, (_, row) => {
    const values = unknownValues(space)
    for (const [id, column] of on.facts) {
      const value = column[row] as number
      if (!Number.isNaN(value)) values.lo[space.slot(id) as number] = values.hi[space.slot(id) as number] = value
    }
    return score(values.lo, values.hi, contributions).point / 1e6
  })
}

/** The prediction from unrounded coefficients, written out for the request of small-sample.ts. */
function predictions(b: Record<string, number>, { facts, rows }: ReferenceSample): number[] {
  const value = (id: string, row: number): number => facts.get(id)?.[row] as number
  return Array.from({ length: rows }, (_, row) => {
    const [rooms, region] = [value('rooms', row), value('region', row)]
    const band = rooms < 3 ? 0 : rooms < 5 ? b['rooms: 3 to below 5'] : b['rooms: 5 and above']
    const place = Number.isNaN(region) ? b['region: unknown'] : [0, b['region: middle'], b['region: south+badia']][Math.min(region, 2)]
    const car = Number.isNaN(value('hasCar', row)) ? NaN : value('hasCar', row) * (b['hasCar: yes'] as number)
    const size = (b.size as number) * Math.log(value('size', row))
    return (
      (b.intercept as number) + size + (b.income as number) * Math.log1p(value('income', row) / 1000) + (band ?? NaN) + (place ?? NaN) + car
    )
  })
}

t.test('the draft passes the check, and its score is the prediction within the stated rounding', async (t) => {
  for (const asked of [request, { ...request, quantile: 0.5 }]) {
    const { fitted, diagnostics } = fitFormula(asked, sample)
    t.strictSame(diagnostics, [])
    if (!fitted) return t.fail('no fit')
    t.strictSame(checkFormula(fitted.draft, context).diagnostics, [])
    const found = scores(fitted.draft, sample)
    const expected = predictions(estimates(fitted), sample)
    const differences = expected.flatMap((value, row) => (Number.isNaN(value) ? [] : [Math.abs((found[row] as number) - value)]))
    const greatest = Math.max(...differences)
    t.equal(differences.length, fitted.n)
    // ln by the formula is rounded to 6 places before it is weighted, the one above is not.
    t.ok(Math.abs(greatest - fitted.rounding.greatestDifference) < 1e-6, `${greatest}, stated ${fitted.rounding.greatestDifference}`)
    t.ok(fitted.rounding.greatestDifference < 1e-5)
    t.equal(fitted.rounding.rowsImputedOtherwise, 0)
  }
})

t.test('what the sample was drawn from is found, with about the errors that are stated', async (t) => {
  const { coefficients, rSquared, adjusted, n, clusters, strata, standardErrors, leftOut } = fit(request)
  for (const [name, true_] of Object.entries(truth)) {
    const found = coefficients.find((coefficient) => nameOf(coefficient) === name)
    t.ok(Math.abs((found?.estimate ?? NaN) - true_) < 4 * (found?.standardError ?? 0), name)
  }
  t.ok((rSquared ?? 0) > 0.6 && (adjusted ?? 1) < (rSquared ?? 0))
  t.strictSame([clusters, strata, standardErrors.kind, standardErrors.degreesOfFreedom], [100, 5, 'survey', 95])
  const unknownIn = (id: string): number => sample.facts.get(id)?.filter(Number.isNaN).length ?? 0
  t.strictSame(leftOut.reasons, [
    { reason: 'term-unknown', term: 'income', rows: unknownIn('income') },
    { reason: 'term-unknown', term: 'hasCar', rows: unknownIn('hasCar') },
  ])
  t.equal(n + leftOut.rows, 2000)
})

t.test('the order of rows changes nothing, to the last bit', async (t) => {
  for (const asked of [request, { ...request, quantile: 0.25 }]) {
    const first = fitFormula(asked, sample)
    for (const seed of [5, 6]) t.strictSame(fitFormula(asked, reordered(sample, seed)), first)
  }
  const plain = drawSample(8, { rows: 300 })
  t.strictSame(fitFormula(request, reordered(plain, 1)), fitFormula(request, plain), 'without clusters')
})

t.test('an unknown value: left out and undetermined, left out and imputed by the mean, or a column of its own', async (t) => {
  const { draft, coefficients } = fit(request)
  const imputed = Object.fromEntries(
    draft.terms.map(({ id, unknown }) => [id, unknown === 'undetermined' ? unknown : unknown.imputed.points]),
  )
  t.equal(imputed.size, 'undetermined')
  const indicator = coefficients.find((coefficient) => nameOf(coefficient) === 'region: unknown')?.estimate ?? NaN
  t.ok(Math.abs((imputed.region as number) - indicator) <= 5e-7)
  const used = predictions(estimates(fit(request)), sample).map((value) => !Number.isNaN(value))
  const weight = (row: number): number => (used[row] ? (sample.weights?.[row] ?? 0) : 0)
  const income = draft.terms.find(({ id }) => id === 'income') as { weight: number }
  const [sum, total] = Array.from(sample.facts.get('income') ?? []).reduce(
    ([sum, total], value, row) => [
      sum + (Number.isNaN(value) ? 0 : weight(row) * Math.log1p(value / 1000) * income.weight),
      total + weight(row),
    ],
    [0, 0] as [number, number],
  )
  t.ok(Math.abs((imputed.income as number) - sum / total) < 2e-6)
})

t.test('what the unknown contribute is imputed only within what the term can give', async (t) => {
  const facts = new Map(sample.facts)
  const region = sample.facts.get('region') as Float64Array
  const welfare = sample.welfare.map((value, row) => (Number.isNaN(region[row]) ? value * 3 : value))
  const { fitted, diagnostics } = fitFormula(request, { ...sample, welfare, facts })
  t.strictSame(
    diagnostics.map(({ code, pointer, severity }) => [code, pointer, severity]),
    [['fit-imputed-outside', '/terms/3', 'warning']],
  )
  const term = fitted?.draft.terms[3] as { points: Record<string, number>; unknown: { imputed: { points: number } } }
  t.equal(term.unknown.imputed.points, Math.max(...Object.values(term.points)))
  t.ok((fitted?.rounding.rowsImputedOtherwise ?? 0) > 30)
  t.ok((fitted?.rounding.greatestDifference ?? 1) < 1e-5)
})

t.test('collinear columns are named with what they are made of, and nothing is dropped', async (t) => {
  const twice = { id: 'sizeAgain', kind: 'linear', fact: 'size', transform: 'ln', clamp: [1, 15], unknown: 'undetermined' }
  const whole = { ...twice, id: 'plain', transform: 'identity' }
  const { fitted, diagnostics } = fitFormula(withTerms(twice), sample)
  t.equal(fitted, undefined)
  t.strictSame(
    diagnostics.map(({ code, pointer, message }) => [code, pointer, message]),
    [['fit-collinear', '/terms/5', 'sizeAgain is 1 × size']],
  )
  t.ok(fit(withTerms(whole)), 'a transform of the same fact can be told apart')
  const bands = { id: 'small', kind: 'bands', fact: 'rooms', limits: [5], unknown: 'mean' }
  t.match(fitFormula(withTerms(bands), sample).diagnostics[0]?.message, /^small: 5 and above is 1 × rooms: 5 and above$/)
})

t.test('weights that rounding spoils are said', async (t) => {
  const plain = { id: 'income', kind: 'linear', fact: 'income', unknown: 'mean' }
  const asked = { ...request, terms: [...without('income'), plain], target: 'welfare' }
  const tiny = { ...sample, welfare: sample.welfare.map((value) => value / 100_000) }
  const { fitted, diagnostics } = fitFormula(asked, tiny)
  t.ok(diagnostics.some(({ code, pointer, severity }) => code === 'fit-weight-rounds' && pointer === '/terms/4' && severity === 'warning'))
  t.ok((fitted?.rounding.greatestDifference ?? 0) > 1e-6)
})

t.test('levels of welfare are corrected, ranks are not touched', async (t) => {
  const plain = drawSample(4, { rows: 5000, rowError: 0.5 })
  const { retransformation, residualDeviation } = fit(request, plain)
  if (!retransformation) return t.fail('none')
  const { smearing, normal, meanWelfare, meanPredicted } = retransformation
  t.ok(Math.abs(normal - Math.exp(residualDeviation ** 2 / 2)) < 1e-12)
  t.ok(Math.abs(smearing / Math.exp(0.125) - 1) < 0.03, `the truth is exp(0.5² / 2): ${smearing}`)
  t.ok(meanPredicted.plain < 0.92 * meanWelfare)
  t.ok(Math.abs(meanPredicted.smearing / meanWelfare - 1) < 0.02)
  t.ok(Math.abs(meanPredicted.normal / meanWelfare - 1) < 0.02)
  t.equal(fit({ ...request, target: 'welfare' }).retransformation, null)
  t.equal(fit({ ...request, quantile: 0.5 }).retransformation, null, 'exp of a quantile is the quantile')
})

t.test('standard errors of a clustered sample are wider than those that ignore the clusters', async (t) => {
  const clustered = drawSample(6, { rows: 2000, clusters: 40, clusterError: 0.4 })
  const byCluster = new Map(clustered.clusters?.map((name) => [name, Number(name.slice(1)) % 4]))
  const region = Float64Array.from(clustered.clusters ?? [], (name) => byCluster.get(name) as number)
  const on = { ...clustered, facts: new Map([...clustered.facts, ['region', region]]) }
  const error = (kind: FitRequest['standardErrors']): number =>
    fit({ ...request, standardErrors: kind }, on).coefficients.find(({ term }) => term === 'region')?.standardError ?? NaN
  t.ok(error('cluster') > 2 * error('robust'))
  t.ok(Math.abs(error('survey') / error('cluster') - 1) < 0.02, 'one stratum')
  t.ok(Math.abs(error('classical') / error('robust') - 1) < 0.1)
})

t.test('a sample whose measure is higher for the poorer gives a formula of that direction', async (t) => {
  const deprivation = { ...sample, welfare: sample.welfare.map((value) => 1000 / value) }
  const asked = { ...request, formula: { ...request.formula, direction: 'higherIsPoorer' } }
  const { draft, inSample } = fit(asked, deprivation)
  t.equal(draft.direction, 'higherIsPoorer')
  const mirrored = fit(request)
  t.ok(Math.abs((inSample.exclusionError ?? 0) - (mirrored.inSample.exclusionError ?? 1)) < 0.002)
  t.ok(Math.abs(draft.intercept + mirrored.draft.intercept - Math.log(1000)) < 1e-5)
})
