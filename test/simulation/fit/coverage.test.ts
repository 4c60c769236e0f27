/** Intervals of 95% hold the coefficients that samples were drawn from in about 95% of samples: a count within binomial bounds. */
import t from 'tap'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { checkRequest } from '../../../src/simulation/fit/check-request.ts'
import { designMatrix } from '../../../src/simulation/fit/design-matrix.ts'
import type { FitRequest } from '../../../src/simulation/fit/fit-request.ts'
import { factorOf } from '../../../src/simulation/fit/least-squares.ts'
import type { ReferenceSample } from '../../../src/simulation/fit/reference-sample.ts'
import { regress } from '../../../src/simulation/fit/regression.ts'
import { type Interval, intervals } from '../../../src/simulation/fit/standard-errors.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { type Drawn, drawSample, nameOf, request, truth } from './small-sample.ts'

interface Way {
  readonly name: string
  readonly asked: Partial<FitRequest>
  readonly drawn: Drawn
  /** What the approximation may cost: 0 where the intervals are exact. */
  readonly allowance: number
}

const ways: readonly Way[] = [
  { name: 'classical', asked: { standardErrors: 'classical' }, drawn: { rows: 120 }, allowance: 0 },
  { name: 'robust', asked: { standardErrors: 'robust' }, drawn: { rows: 200, weighted: true }, allowance: 0.015 },
  {
    name: 'cluster',
    asked: { standardErrors: 'cluster' },
    drawn: { rows: 300, clusters: 50, clusterError: 0.2 },
    allowance: 0.02,
  },
  {
    name: 'survey',
    asked: { standardErrors: 'survey' },
    drawn: { rows: 300, clusters: 60, strata: 4, clusterError: 0.2, weighted: true },
    allowance: 0.02,
  },
  { name: 'median', asked: { quantile: 0.5, standardErrors: 'robust' }, drawn: { rows: 300 }, allowance: 0.03 },
]

/** The parts of a fit that intervals come from: cross-validation and draft would take most of the time. */
function fitted(asked: FitRequest, sample: ReferenceSample): [string, Interval][] {
  const { checked } = checkRequest(asked, sample, noDefinitions)
  if (!checked) throw new Error('the request does not check')
  const { design } = designMatrix(checked.terms, sample, 'ln')
  const values = design.columns.map((column) => column.values)
  const factor = factorOf(values, design.target, design.weights)
  const { coefficients, covariance } = regress(design, factor, asked.quantile, { kind: checked.standardErrors, single: 'centre' })
  const bounds = intervals(coefficients, covariance, checked.confidence)
  return design.columns.map((column, j) => [nameOf(column), bounds[j] as Interval])
}

for (const { name, asked, drawn, allowance } of ways) {
  t.test(`${name}: intervals cover`, async (t) => {
    const { numRuns, seed } = propertyRuns(name === 'median' ? 40 : 100, 40)
    const covered = new Map<string, number>()
    for (let run = 0; run < numRuns; run++) {
      for (const [coefficient, { low, high }] of fitted({ ...request, ...asked }, drawSample(seed + 1000 * run, drawn))) {
        const true_ = truth[coefficient as keyof typeof truth]
        covered.set(coefficient, (covered.get(coefficient) ?? 0) + (low <= true_ && true_ <= high ? 1 : 0))
      }
    }
    t.equal(covered.size, 8)
    // Five standard deviations of a count: a sound interval fails once in a million of these.
    const chance = 5 * Math.sqrt((0.95 * 0.05) / numRuns)
    for (const [coefficient, count] of covered) {
      const share = count / numRuns
      t.ok(share >= 0.95 - allowance - chance && share <= 0.95 + allowance + chance, `${coefficient}: ${share}`)
    }
    const mean = [...covered.values()].reduce((sum, count) => sum + count, 0) / covered.size / numRuns
    // The coefficients of one sample depend on one another, so their mean is given the chance of a single one at 3.
    t.ok(Math.abs(mean - 0.95) <= allowance + (3 / 5) * chance, `all: ${mean}`)
  })
}
