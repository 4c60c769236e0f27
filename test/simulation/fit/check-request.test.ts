import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { parseDefinition } from '../../../src/language/condition/definition.ts'
import { fitDiagnosticCodes } from '../../../src/simulation/fit/fit-diagnostics.ts'
import { fitFormula } from '../../../src/simulation/fit/fit-formula.ts'
import type { ReferenceSample } from '../../../src/simulation/fit/reference-sample.ts'
import { householdSpace } from '../../language/formula/catalogue-space.ts'
import { drawFrom } from '../../support/random-draw.ts'
import { drawSample, request } from './small-sample.ts'

const sample = drawSample(1, { rows: 400, clusters: 20, strata: 2 })
const found = (asked: unknown, on: ReferenceSample = sample): string[] =>
  fitFormula(asked, on).diagnostics.map(({ code, pointer }) => `${code} ${pointer}`)
/** The request with one term changed, by position. */
const changed = (index: number, change: object): unknown => ({
  ...request,
  terms: request.terms.map((term, i) => (i === index ? { ...term, ...change } : term)),
})

t.test('the shape is checked, each candidate by its kind', async (t) => {
  t.strictSame(found(null), ['wrong-type '])
  t.strictSame(found({ ...request, target: 'log' }), ['wrong-value /target'])
  t.strictSame(found({ ...request, formula: { ...request.formula, intercept: 1 } }), ['unknown-key /formula/intercept'])
  t.strictSame(found(changed(0, { kind: 'curve' })), ['wrong-value /terms/0/kind'])
  t.strictSame(found(changed(0, { unknown: 'zero', weight: 2 })), ['wrong-value /terms/0/unknown', 'unknown-key /terms/0/weight'])
  t.strictSame(found({ ...request, terms: [{ id: 'x' }, 3] }), ['missing-key /terms/0', 'wrong-type /terms/1'])
  t.strictSame(found(changed(1, { limits: [] })), ['wrong-value /terms/1/limits'])
  t.strictSame(found({ ...request, targeting: { poverty: {} } }).length, 1)
})

t.test('what the check of formulas refuses is refused at the place of the request', async (t) => {
  t.strictSame(found(changed(0, { fact: 'sise' })), ['fact-unknown /terms/0/fact'])
  t.strictSame(found(changed(0, { fact: 'region' })), ['term-fact-type /terms/0/fact'])
  t.strictSame(found(changed(0, { clamp: [0, 5] })), ['transform-domain /terms/0/clamp/0'])
  t.strictSame(found(changed(0, { clamp: [5, 1] })), ['clamp-order /terms/0/clamp'])
  t.strictSame(found(changed(1, { limits: [3, 2.5] })), ['literal-places /terms/1/limits/1'])
  t.strictSame(found(changed(1, { limits: [5, 3] })), ['bands-order /terms/1/limits/1'])
  t.strictSame(found(changed(4, { when: { all: [] } })), ['group-empty /terms/4/when/all'])
  t.strictSame(found(changed(1, { id: 'size' })), ['term-repeats /terms/1/id'])
})

t.test('levels have a base, codes one group, and every level has rows', async (t) => {
  t.strictSame(found(changed(3, { base: 'west' })), ['fit-base /terms/3/base'])
  t.strictSame(found(changed(1, { base: 3 })), ['fit-base /terms/1/base'])
  t.strictSame(
    found(
      changed(3, {
        groups: [
          ['south', 'badia'],
          ['middle', 'south', 'nowhere'],
        ],
      }),
    ),
    ['fit-groups /terms/3/groups/1/1', 'fit-groups /terms/3/groups/1/2'],
  )
  t.strictSame(found(changed(1, { limits: [3, 9] })), ['fit-level-empty /terms/1'])
  const rare = drawSample(1, { rows: 60 })
  t.ok(found(request, rare).includes('fit-level-few /terms/3'), 'a warning beside the fit')
  t.ok(fitFormula(request, rare).fitted)
})

t.test('facts are in the sample, and vary', async (t) => {
  const without = (id: string): ReferenceSample => ({ ...sample, facts: new Map([...sample.facts].filter(([name]) => name !== id)) })
  t.strictSame(found(request, without('hasCar')), ['fit-fact-absent /terms/4/when'])
  t.strictSame(found(changed(0, { clamp: [1, 9] }), without('size')), ['fit-fact-absent /terms/0/fact'])
  const constant = { ...sample, facts: new Map([...sample.facts, ['income', new Float64Array(400).fill(5)]]) }
  t.strictSame(found(request, constant), ['fit-fact-constant /terms/2/fact'])
})

t.test('numbers of the request', async (t) => {
  t.strictSame(found({ ...request, quantile: 1, confidence: 0 }), ['fit-quantile /quantile', 'fit-confidence /confidence'])
  t.strictSame(found({ ...request, targeting: { poverty: { share: 0 }, coverage: 1.2 } }), [
    'fit-share /targeting/poverty/share',
    'fit-share /targeting/coverage',
  ])
  t.strictSame(found(changed(0, { id: 'intercept' })), ['fit-term-id /terms/0/id'])
})

t.test('standard errors need what they are made of', async (t) => {
  t.strictSame(found({ ...request, quantile: 0.5, standardErrors: 'classical' }), ['fit-standard-errors /standardErrors'])
  const plain = drawSample(1, { rows: 400 })
  t.strictSame(found({ ...request, standardErrors: 'cluster' }, plain), ['fit-standard-errors /standardErrors'])
  t.equal(fitFormula(request, plain).fitted?.standardErrors.kind, 'robust')
  t.equal(fitFormula(request, { ...sample, clusters: null }).fitted?.standardErrors.kind, 'survey')
  const lonely = { ...sample, strata: sample.clusters?.map((name) => (name === 'c3' ? 'alone' : 'rest')) ?? null }
  t.strictSame(found({ ...request, singleClusterStrata: 'refuse' }, lonely), ['fit-single-cluster /singleClusterStrata'])
  t.equal(fitFormula(request, lonely).fitted?.standardErrors.singleClusterStrata, 1)
  const omitted = fitFormula({ ...request, singleClusterStrata: 'omit' }, lonely).fitted?.coefficients
  const centred = fitFormula(request, lonely).fitted?.coefficients
  t.ok((omitted?.[0]?.standardError ?? 1) < (centred?.[0]?.standardError ?? 0))
  const all = { ...sample, strata: sample.clusters }
  t.strictSame(found(request, all), ['fit-clusters-few /standardErrors'])
  t.strictSame(found({ ...request, crossValidation: { folds: 21, seed: 'x' } }), ['fit-clusters-few /crossValidation/folds'])
  const few = drawSample(1, { rows: 5 })
  t.ok(found(request, few).includes('fit-rows-few '))
})

t.test('rows are left out by reason', async (t) => {
  const welfare = sample.welfare.map((value, row) => (row === 0 ? NaN : row < 3 ? 0 : value))
  const weights = sample.welfare.map((_, row) => (row < 2 ? 0 : 1))
  const { fitted } = fitFormula(request, { ...sample, welfare, weights })
  t.strictSame(fitted?.leftOut, {
    rows: 3,
    reasons: [
      { reason: 'weight-zero', term: null, rows: 2 },
      { reason: 'welfare-unknown', term: null, rows: 1 },
      { reason: 'welfare-not-positive', term: null, rows: 2 },
    ],
  })
})

t.test('a protected fact needs its legal basis here too', async (t) => {
  const headSex = sample.facts.get('hasCar') as Float64Array
  const region = sample.facts.get('region') as Float64Array
  const on = {
    ...sample,
    facts: new Map([...sample.facts, ['headSex', headSex.map((value, row) => ((region[row] as number) > 1 ? value : 0))]]),
  }
  const asked = {
    ...request,
    terms: [...request.terms, { id: 'headSex', kind: 'categories', fact: 'headSex', base: 'M', unknown: 'mean' }],
  }
  t.strictSame(found(asked, on), ['protected-without-basis /terms/5/fact'])
  const legalBasis = [{ fact: 'headSex', basis: { en: 'x', ar: 'س' } }]
  t.ok(fitFormula({ ...asked, formula: { ...request.formula, legalBasis } }, on).fitted)
})

t.test('a condition may name a shared definition', async (t) => {
  const { definition } = parseDefinition(
    JSON.stringify({
      id: 'owns-car',
      label: { en: 'x', ar: 'س' },
      scope: 'household',
      conditions: { all: [{ fact: 'hasCar', operator: 'equal', value: true }] },
    }),
  )
  if (!definition) return t.fail('the definition does not check')
  const asked = changed(4, { when: { condition: 'owns-car' } })
  const { fitted } = fitFormula(asked, sample, new Map([[definition.id, definition]]))
  t.strictSame(fitted?.coefficients, fitFormula(request, sample).fitted?.coefficients)
})

const page = readFileSync(join(projectRoot, 'docs', 'explanation', 'fitting-a-formula.md'), 'utf8')

t.test('every code is explained where people look', async (t) => {
  const missing = Object.entries(fitDiagnosticCodes).filter(([code, meaning]) => !page.includes(`\`${code}\` | ${meaning}`))
  t.strictSame(missing, [])
})

t.test('the request of the page is one, over the shipped catalogue', async (t) => {
  const [, text = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  const draw = drawFrom(1)
  const column = (most: number): Float64Array => Float64Array.from({ length: 800 }, () => draw.between(1, most))
  const facts = {
    householdSize: column(9),
    rooms: column(6),
    governorate: column(12).map((value) => value - 1),
    hasPrivateCar: column(2).map((value) => value - 1),
  }
  const on = { space: householdSpace(), rows: 800, welfare: column(500), weights: null, strata: null, clusters: null }
  const { fitted, diagnostics } = fitFormula(JSON.parse(text), { ...on, facts: new Map(Object.entries(facts)) })
  t.strictSame(diagnostics, [])
  t.equal(fitted?.coefficients.length, 13)
})
