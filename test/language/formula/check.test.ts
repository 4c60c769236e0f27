import t from 'tap'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { type FactType, factSpace } from '../../../src/language/fact-space.ts'
import { checkFormula, parseFormula } from '../../../src/language/formula/check.ts'
import { formulaDiagnosticCodes } from '../../../src/language/formula/formula-diagnostics.ts'

const words = { en: 'text', ar: 'نص' }
const fact = (id: string, type: FactType['type'], more: Partial<FactType> = {}): FactType => ({
  id,
  type,
  scale: 0,
  unit: null,
  codes: null,
  codeLabels: null,
  label: words,
  protected: false,
  ...more,
})
const space = factSpace('household', [
  fact('householdSize', 'integer', { unit: 'persons' }),
  fact('wage', 'decimal', { scale: 3, unit: 'JOD/month' }),
  fact('tenure', 'category', { codes: ['owned', 'rented', 'free'] }),
  fact('hasCar', 'boolean'),
  fact('headSex', 'category', { codes: ['M', 'F'], protected: true }),
  fact('since', 'date'),
])
const context = { space, definitions: noDefinitions }

const imputed = (points: number) => ({ imputed: { points, reason: words } })
const linear = { id: 'wage', fact: 'wage', weight: 0.035, transform: 'ln1p', clamp: [0, 5000], unknown: imputed(0.1) }
const bands = {
  id: 'size',
  fact: 'householdSize',
  bands: [
    { below: 3, points: 2 },
    { below: 6, points: 1 },
  ],
  otherwise: 0,
  unknown: 'undetermined',
}
const categories = { id: 'tenure', fact: 'tenure', points: { owned: 1, rented: 0 }, otherwise: 0.5, unknown: imputed(0.5) }
const conditional = {
  id: 'car',
  label: words,
  when: { fact: 'hasCar', operator: 'equal', value: true },
  points: 3,
  else: 0,
  unknown: imputed(0),
}
const table = { kind: 'bands', bands: [{ below: 1, value: 'poor', label: words }], otherwise: { value: 'notPoor', label: words } }
const sound = {
  id: 'example',
  version: 1,
  effectiveFrom: '2026-01-01',
  label: words,
  predicts: words,
  unit: 'perHousehold',
  direction: 'lowerIsPoorer',
  intercept: 1,
  terms: [linear, bands, categories, conditional],
  tables: {
    band: table,
    likelihood: {
      kind: 'lookUp',
      unit: 'percent',
      rows: [
        [0, 90],
        [5, 10.5],
      ],
    },
  },
}
const withTerm = (n: number, change: object) => ({
  ...sound,
  terms: sound.terms.map((term, i) => (i === n ? { ...term, ...change } : term)),
})
const without = (object: object, key: string) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
const withTable = (change: object) => ({ ...sound, tables: { band: { ...table, ...change } } })

/** What is wrong, the formula, and every code with its pointer that must be reported, no more and no less. */
const faulty: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['not an object', [], ['wrong-type ']],
  ['a misspelt key', { ...without(sound, 'direction'), directoin: 'lowerIsPoorer' }, ['missing-key ', 'unknown-key /directoin']],
  ['an unknown direction', { ...sound, direction: 'downwards' }, ['wrong-value /direction']],
  ['no terms', { ...sound, terms: [] }, ['wrong-value /terms']],
  ['a date that is none', { ...sound, effectiveFrom: '2026-02-30' }, ['wrong-value /effectiveFrom']],
  ['an end before the beginning', { ...sound, effectiveTo: '2026-01-01' }, ['effective-order /effectiveTo']],
  ['a label in one language', { ...sound, label: { en: 'only English' } }, ['missing-key /label']],
  ['an intercept of 7 places', { ...sound, intercept: 0.1234567 }, ['literal-places /intercept']],
  ['a term of no kind', { ...sound, terms: [{ id: 'x', fact: 'wage', unknown: 'undetermined' }] }, ['term-kind-missing /terms/0']],
  ['a term of two kinds', withTerm(0, { bands: bands.bands }), ['term-kinds-several /terms/0']],
  ['a term that is a text', { ...sound, terms: ['wage'] }, ['wrong-type /terms/0']],
  ['an unknown key in a term', withTerm(0, { wieght: 2 }), ['unknown-key /terms/0/wieght']],
  ['two terms of one id', withTerm(1, { id: 'wage' }), ['term-repeats /terms/1/id']],
  ['a misspelt fact', withTerm(0, { fact: 'wages' }), ['fact-unknown /terms/0/fact']],
  ['a weight on a category', withTerm(0, { fact: 'tenure' }), ['term-fact-type /terms/0/fact']],
  ['bands over a boolean', withTerm(1, { fact: 'hasCar' }), ['term-fact-type /terms/1/fact']],
  ['codes for a number', withTerm(2, { fact: 'wage' }), ['term-fact-type /terms/2/fact']],
  ['a weight of 7 places', withTerm(0, { weight: 0.0000001 }), ['literal-places /terms/0/weight']],
  ['a weight of 16 digits', withTerm(0, { weight: 1234567890.123456 }), ['literal-range /terms/0/weight']],
  ['no clamp', { ...sound, terms: [without(linear, 'clamp')] }, ['missing-key /terms/0']],
  ['a clamp of more places than the fact', withTerm(0, { clamp: [0.0001, 5] }), ['literal-places /terms/0/clamp/0']],
  ['a clamp upside down', withTerm(0, { clamp: [10, 1] }), ['clamp-order /terms/0/clamp']],
  ['a clamp of three', withTerm(0, { clamp: [1, 2, 3] }), ['wrong-value /terms/0/clamp']],
  ['ln of zero', withTerm(0, { transform: 'ln' }), ['transform-domain /terms/0/clamp/0']],
  ['ln1p of minus one', withTerm(0, { clamp: [-1, 5] }), ['transform-domain /terms/0/clamp/0']],
  ['the root of a negative', withTerm(0, { transform: 'sqrt', clamp: [-0.001, 5] }), ['transform-domain /terms/0/clamp/0']],
  ['an unknown transform', withTerm(0, { transform: 'log' }), ['wrong-value /terms/0/transform']],
  [
    'a product beyond 2^53',
    withTerm(0, { transform: 'identity', weight: 1000, clamp: [0, 9007199.255] }),
    ['product-range /terms/0/clamp'],
  ],
  ['a sum beyond 2^53', withTerm(3, { points: 9_007_199_254 }), ['score-range /terms']],
  [
    'bands out of order',
    withTerm(1, {
      bands: [
        { below: 6, points: 1 },
        { below: 3, points: 2 },
      ],
    }),
    ['bands-order /terms/1/bands/1/below'],
  ],
  [
    'a band twice',
    withTerm(1, {
      bands: [
        { below: 3, points: 1 },
        { below: 3, points: 2 },
      ],
    }),
    ['bands-order /terms/1/bands/1/below'],
  ],
  ['half a person', withTerm(1, { bands: [{ below: 2.5, points: 1 }] }), ['literal-places /terms/1/bands/0/below']],
  ['a code that does not exist', withTerm(2, { points: { owned: 1, rentd: 0 } }), ['literal-code /terms/2/points/rentd']],
  ['a code without points', { ...sound, terms: [without(categories, 'otherwise')] }, ['categories-uncovered /terms/0/points']],
  [
    'an otherwise that never applies',
    withTerm(2, { points: { owned: 1, rented: 0, free: 0 } }),
    ['categories-otherwise-unused /terms/2/otherwise'],
  ],
  ['no word on unknown inputs', { ...sound, terms: [without(bands, 'unknown')] }, ['missing-key /terms/0']],
  ['an imputation without reason', withTerm(0, { unknown: { imputed: { points: 0.1 } } }), ['missing-key /terms/0/unknown/imputed']],
  ['imputed points that the term cannot give', withTerm(3, { unknown: imputed(4) }), ['imputed-outside /terms/3/unknown/imputed/points']],
  [
    'a condition with errors',
    withTerm(3, { when: { fact: 'hasCar', operator: 'equals', value: true } }),
    ['operator-unknown /terms/3/when/operator'],
  ],
  [
    'a condition with a path',
    withTerm(3, { when: { fact: 'hasCar', operator: 'equal', value: true, path: '$.x' } }),
    ['key-refused /terms/3/when/path'],
  ],
  ['a conditional term without a label', { ...sound, terms: [without(conditional, 'label')] }, ['missing-key /terms/0']],
  [
    'a protected fact without a basis',
    withTerm(2, { fact: 'headSex', points: { M: 0, F: 1 }, otherwise: undefined }),
    ['protected-without-basis /terms/2/fact'],
  ],
  [
    'a protected fact in a condition',
    withTerm(3, { when: { fact: 'headSex', operator: 'equal', value: 'F' } }),
    ['protected-without-basis /terms/3/when'],
  ],
  ['a basis for an unknown fact', { ...sound, legalBasis: [{ fact: 'headSx', basis: words }] }, ['fact-unknown /legalBasis/0/fact']],
  ['a table of no kind', withTable({ kind: 'steps' }), ['table-kind /tables/band/kind']],
  [
    'a table out of order',
    {
      ...sound,
      tables: {
        t: {
          kind: 'lookUp',
          rows: [
            [5, 1],
            [5, 2],
          ],
        },
      },
    },
    ['bands-order /tables/t/rows/1/0'],
  ],
  [
    'two bands of one name',
    withTable({ otherwise: { value: 'poor', label: words } }),
    ['table-value-repeats /tables/band/otherwise/value'],
  ],
  [
    'several errors at once',
    { ...withTerm(0, { fact: 'wages', weight: 0.0000001 }), intercept: 0.1234567, tables: { t: { kind: 'x' } } },
    ['fact-unknown /terms/0/fact', 'table-kind /tables/t/kind', 'literal-places /intercept'],
  ],
]

t.test('a sound formula has no findings', async (t) => {
  const { formula, diagnostics } = checkFormula(sound, context)
  t.strictSame(diagnostics, [])
  t.equal(formula?.terms.length, 4)
  t.strictSame(formula?.slots, [0, 1, 2, 3])
})

t.test('faulty formulas: each its exact codes and pointers, and no formula', async (t) => {
  t.ok(faulty.length >= 40)
  for (const [what, json, wanted] of faulty) {
    const text = JSON.parse(JSON.stringify(json)) as unknown
    const { formula, diagnostics } = checkFormula(text, context)
    t.strictSame(diagnostics.map((d) => `${d.code} ${d.pointer}`).toSorted(), [...wanted].toSorted(), what)
    t.equal(formula, undefined, `${what}: no formula`)
    for (const found of diagnostics) {
      t.ok(found.message.length > 10, `${what}: has words`)
      t.ok(found.expected ?? found.hint, `${what}: says what is expected or how to mend it`)
    }
  }
})

t.test('every code of the table is reported by some faulty formula', async (t) => {
  const met = new Set(faulty.flatMap(([, , wanted]) => wanted.map((line) => line.split(' ')[0])))
  for (const code of Object.keys(formulaDiagnosticCodes)) t.ok(met.has(code) || code.startsWith('case-'), code)
})

t.test('hints name what was probably meant', async (t) => {
  const hint = (json: unknown) => checkFormula(json, context).diagnostics[0]?.hint
  t.match(hint(withTerm(0, { fact: 'wages' })), /"wage"/)
  t.match(hint(withTerm(2, { points: { owned: 1, rentd: 0 } })), /"rented"/)
  t.match(hint(withTerm(0, { wieght: 2 })), /"weight"/)
})

t.test('a basis for a fact that is not used is a warning only', async (t) => {
  const { formula, diagnostics } = checkFormula({ ...sound, legalBasis: [{ fact: 'headSex', basis: words }] }, context)
  t.strictSame(
    diagnostics.map((d) => [d.code, d.severity, d.pointer]),
    [['basis-unused', 'warning', '/legalBasis/0/fact']],
  )
  t.ok(formula)
})

t.test('a protected fact with a basis is accepted', async (t) => {
  const json = { ...sound, terms: [{ ...categories, fact: 'headSex', points: { M: 0 } }], legalBasis: [{ fact: 'headSex', basis: words }] }
  t.strictSame(checkFormula(json, context).diagnostics, [])
})

t.test('the text is strict JSON', async (t) => {
  t.ok(parseFormula(JSON.stringify(sound), context).formula)
  t.equal(parseFormula('{"id": 1,}', context).diagnostics[0]?.code, 'json-syntax')
  t.equal(parseFormula('{"id": "a", "id": "b"}', context).diagnostics[0]?.code, 'json-duplicate-key')
})

t.test('the largest products and sums that are exact are accepted', async (t) => {
  const edge = { ...linear, transform: 'identity', weight: 0.999999, clamp: [-9007199.254, 9007199.254], unknown: imputed(0) }
  t.strictSame(checkFormula({ ...sound, intercept: 0, terms: [edge], tables: {} }, context).diagnostics, [])
  const sum = { ...conditional, points: 9_007_199_254.74099, unknown: imputed(0) }
  t.strictSame(checkFormula({ ...sound, intercept: 0, terms: [sum] }, context).diagnostics, [])
})
