/** Scenarios that cannot be: each told by its code and the place in the request where it is written. */
import t from 'tap'
import { at } from '../../src/kernel/diagnostic.ts'
import type { NumberedText } from '../../src/programmes/compile-bundle.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import type { Change } from '../../src/simulation/scenario-schema.ts'
import { scenarioTexts } from '../../src/simulation/scenario-texts.ts'
import { day } from '../rules/real-rows.ts'
import { CASH, programmeSet, scenario } from './support/seeded-laboratory.ts'

const texts = shippedTexts()
  .filter(({ kind }) => kind !== 'cases')
  .map((text): NumberedText => ({ ...text, version: text.version ?? 1 }))
const asOf = day('2026-11-01')
const POINTER = '/scenarios/3'
const of = (...changes: Change[]) => scenarioTexts(texts, scenario('x', ...changes), asOf, POINTER)
const jsonOf = (kind: string, id: string): object => texts.find((text) => text.kind === kind && text.id === id)?.json as object

const leaf = { fact: 'householdSize', operator: 'greaterThan', value: 1 }
const nested = (depth: number): unknown => (depth === 0 ? leaf : { all: [nested(depth - 1)] })
const conditions = (json: unknown): Change[] => [{ object: 'rule', id: CASH, set: { '/conditions': json } }]
const set = (values: Record<string, unknown>): Change[] => [programmeSet(CASH, values)]
const formula = (values: Record<string, unknown>): Change[] => [{ object: 'formula', id: 'welfare-ranking', set: values }]
const quotas = (places: Record<string, number>): Change[] =>
  set({ '/targeting/quotas': { method: 'absolute', by: 'governorate', places, leftOver: 'none' } })

/** Where what is set at `pointer` is written, and what lies in it. */
const place = (pointer: string, within = ''): string => `${at('/changes/0/set', pointer)}${within}`
const condition = (within: string): string => place('/conditions', within)
const targeting = (name: string, within = ''): string => place(`/targeting/${name}`, within)

type Faulty = readonly [what: string, changes: Change[], code: string, pointer: string]
const faulty: readonly Faulty[] = [
  ['an unknown rule', [{ object: 'rule', id: 'none', set: {} }], 'change-of-unknown', '/changes/0/id'],
  ['an id of another kind', [{ object: 'rule', id: 'welfare-ranking', set: {} }], 'change-of-unknown', '/changes/0/id'],
  ['an unknown version', [{ object: 'rule', id: CASH, version: 9, set: {} }], 'change-of-unknown', '/changes/0/version'],
  ['no place at all', [{ object: 'rule', id: CASH, set: {} }], 'change-of-nothing', '/changes/0/set'],
  ['set and source', [{ object: 'rule', id: CASH, set: {}, source: {} }], 'change-ambiguous', '/changes/0'],
  ['set, source and value', [{ object: 'parameter', id: 'povertyLine', set: {}, source: {}, value: 1 }], 'change-ambiguous', '/changes/0'],
  ['nothing', [{ object: 'rule', id: CASH }], 'change-ambiguous', '/changes/0'],
  ['the value of a rule', [{ object: 'rule', id: CASH, value: 3 }], 'change-leads-nowhere', '/changes/0/value'],
  ['the value of a table', [{ object: 'parameter', id: 'incomeLimit', value: 3 }], 'change-leads-nowhere', '/changes/0/value'],
  ['a place in nothing', set({ '/nothing/deeper': 1 }), 'change-leads-nowhere', place('/nothing/deeper')],
  ['behind an array', set({ '/targeting/order/9': 1 }), 'change-leads-nowhere', targeting('order/9')],
  ['no pointer', set({ targeting: 1 }), 'change-leads-nowhere', place('targeting')],
  ['a prototype', set({ '/__proto__/x': 1 }), 'change-leads-nowhere', place('/__proto__/x')],
  ['a prototype inside', set({ '/targeting/__proto__': 1 }), 'change-leads-nowhere', targeting('__proto__')],
  ['a constructor', set({ '/constructor/prototype/x': 1 }), 'change-leads-nowhere', place('/constructor/prototype/x')],
  ['removing what is not there', set({ '/absent': null }), 'change-leads-nowhere', place('/absent')],
  ['another id', set({ '/id': 'other' }), 'change-of-identity', '/changes/0/set'],
  [
    'another version',
    [{ object: 'rule', id: CASH, source: { ...jsonOf('rule', CASH), version: 2 } }],
    'change-of-identity',
    '/changes/0/source',
  ],
  ['null for a text', [{ object: 'rule', id: CASH, source: null }], 'change-of-identity', '/changes/0/source'],
  ['a word for a text', [{ object: 'rule', id: CASH, source: 'x' }], 'change-of-identity', '/changes/0/source'],
  ['a list for a text', [{ object: 'rule', id: CASH, source: [] }], 'change-of-identity', '/changes/0/source'],
  ['persons for households', set({ '/unit': 'person' }), 'change-of-measure', '/changes/0/set'],
  ['another period', set({ '/targeting/period': 'month' }), 'change-of-measure', '/changes/0/set'],
  ['an empty all', conditions({ all: [] }), 'group-empty', condition('/all')],
  ['a leaf for a rule', conditions(leaf), 'condition-root', condition('')],
  ['an unknown fact', conditions({ all: [{ ...leaf, fact: 'nothing' }] }), 'fact-unknown', condition('/all/0/fact')],
  ['a fact of persons', conditions({ all: [{ ...leaf, fact: 'isChild' }] }), 'fact-unknown', condition('/all/0/fact')],
  ['an unknown operator', conditions({ all: [{ ...leaf, operator: 'like' }] }), 'operator-unknown', condition('/all/0/operator')],
  ['a wrong type', conditions({ all: [{ ...leaf, value: 'x' }] }), 'literal-type', condition('/all/0/value')],
  [
    'units that differ',
    conditions({ all: [{ ...leaf, value: { fact: 'incomeTotalMonthly' } }] }),
    'units-differ',
    condition('/all/0/value'),
  ],
  [
    'a protected fact without a law',
    conditions({ all: [{ fact: 'headSex', operator: 'equal', value: 'F' }] }),
    'protected-without-basis',
    condition('/all/0/fact'),
  ],
  [
    'an unknown governorate',
    conditions({ all: [{ fact: 'governorate', operator: 'equal', value: '99' }] }),
    'literal-code',
    condition('/all/0/value'),
  ],
  ['two kinds on one node', conditions({ all: [leaf], any: [leaf] }), 'condition-kinds-several', condition('')],
  ['a path', conditions({ all: [{ ...leaf, path: '$.x' }] }), 'key-refused', condition('/all/0/path')],
  ['too deep', conditions(nested(25)), 'condition-too-deep', condition('/all/0'.repeat(20))],
  ['too long', conditions({ all: Array.from({ length: 2_000 }, () => leaf) }), 'json-too-long', '/changes/0/set'],
  ['an unknown definition', conditions({ all: [{ condition: 'none' }] }), 'definition-unknown', condition('/all/0/condition')],
  ['its own status', conditions({ all: [{ fact: 'cashTransferStatus', operator: 'equal', value: 'eligible' }] }), 'programme-cyclic', ''],
  ['a key that there is not', set({ '/targeting/extra': 1 }), 'unknown-key', targeting('extra')],
  ['a quota of no area', quotas({ '99': 3 }), 'quota-areas', targeting('quotas', '/places/99')],
  ['quotas beyond the places', quotas({ '11': 300_000 }), 'quota-areas', targeting('quotas', '/places')],
  ['quotas without places', set({ '/targeting/places': null }), 'quota-areas', '/changes/0/set'],
  ['shares of no parameter', set({ '/targeting/quotas/to': { parameter: 'none' } }), 'quota-areas', targeting('quotas/to', '/parameter')],
  ['shares of a constant', set({ '/targeting/quotas/to/parameter': 'povertyLine' }), 'quota-areas', targeting('quotas/to/parameter')],
  ['a negative share', [{ object: 'parameter', id: 'populationShare', set: { '/values/0/rows/0/1': -0.5 } }], 'quota-areas', ''],
  ['quotas beyond counting', [...set({ '/targeting/places': null }), ...quotas({ '11': 9e15, '12': 9e15 })], 'quota-areas', ''],
  ['a negative budget', set({ '/targeting/budget': -1 }), 'wrong-value', targeting('budget')],
  ['a word for a budget', set({ '/targeting/budget': 'many' }), 'wrong-type', targeting('budget')],
  ['a budget of less than a fils', set({ '/targeting/budget': 0.0001 }), 'targeting-places', targeting('budget')],
  ['a budget beyond whole numbers', set({ '/targeting/budget': 1e13 }), 'targeting-places', targeting('budget')],
  ['a budget of many digits', set({ '/targeting/budget': 1e300 }), 'json-number-precision', targeting('budget')],
  ['a budget that no double holds', set({ '/targeting/budget': Infinity }), 'json-number-precision', '/changes/0/set'],
  ['a threshold finer than scores', set({ '/targeting/thresholds/entry': 5.1234567 }), 'targeting-places', targeting('thresholds/entry')],
  ['half a place', set({ '/targeting/places': 1.5 }), 'wrong-value', targeting('places')],
  ['an order without its end', set({ '/targeting/order': [{ by: 'score' }] }), 'order-tie-break', targeting('order')],
  ['a precedence that is taken', set({ '/targeting/precedence': 10 }), 'precedence-repeats', targeting('precedence')],
  [
    'excluding by a later programme',
    set({ '/targeting/exclusions': [{ programme: 'in-kind', when: 'selected' }] }),
    'precedence-order',
    targeting('exclusions', '/0/programme'),
  ],
  [
    'excluding by no programme',
    set({ '/targeting/exclusions': [{ programme: 'none', when: 'selected' }] }),
    'programme-unknown',
    targeting('exclusions', '/0/programme'),
  ],
  ['a formula that there is not', set({ '/formula/id': 'none' }), 'formula-unknown', place('/formula/id')],
  ['a rule that there is not', set({ '/rule/version': 7 }), 'rule-unknown', place('/rule/version')],
  ['a formula taken away', set({ '/formula': null }), 'formula-missing', '/changes/0/set'],
  [
    'a formula that programmes name, given another number',
    [{ object: 'formula', id: 'welfare-ranking', source: { ...jsonOf('formula', 'welfare-ranking'), version: 2 } }],
    'change-of-identity',
    '/changes/0/source',
  ],
  ['a word for a weight', formula({ '/terms/0/weight': 'x' }), 'wrong-type', place('/terms/0/weight')],
  ['a weight beyond the exact range', formula({ '/terms/0/weight': 1e12 }), 'literal-range', place('/terms/0/weight')],
  ['a weight of nothing', formula({ '/terms/0/fact': 'nothing' }), 'fact-unknown', place('/terms/0/fact')],
  ['a benefit that is no money', set({ '/benefit/fact': 'householdSize' }), 'benefit-not-money', place('/benefit/fact')],
  [
    'a definition of itself',
    [{ object: 'definition', id: 'below-poverty-line', set: { '/conditions': { condition: 'below-poverty-line' } } }],
    'definition-cyclic',
    condition('/condition'),
  ],
  [
    'a word for a parameter',
    [{ object: 'parameter', id: 'povertyLine', set: { '/values/1/value': 'x' } }],
    'literal-type',
    place('/values/1/value'),
  ],
  ['a parameter finer than its scale', [{ object: 'parameter', id: 'povertyLine', value: 1.23456 }], 'too-many-places', '/changes/0/value'],
]

t.test('each fault has its code and its place', async (t) => {
  for (const [what, changes, code, pointer] of faulty) {
    const answer = of(...changes)
    if (answer.ok) t.fail(`${what} is accepted`)
    else t.match(answer.errors[0], { code, pointer: `${POINTER}${pointer}`, severity: 'error' }, what)
  }
})

t.test('a fault says what there is, and what was meant', async (t) => {
  const programme = (set: Record<string, unknown>): Change => ({ object: 'programme', id: CASH, set })
  const told: readonly (readonly [Change, object])[] = [
    [
      { object: 'rule', id: CASH, version: 9, set: {} },
      { message: /no version 9/, expected: 'one of 1' },
    ],
    [{ object: 'parameter', id: 'povertyline', value: 1 }, { hint: 'did you mean "povertyLine"?' }],
    [programme({ 'targeting/budget': 1 }), { expected: /begins with \//, hint: 'did you mean "/targeting/budget"?' }],
    [
      programme({ '/targeting/order/9': {} }),
      { message: '"/targeting/order/9" leads nowhere', expected: '"/targeting/order" has places 0 to 2' },
    ],
    [programme({ '/tageting/budget': 1 }), { expected: /^the text has id, /, hint: 'did you mean "targeting"?' }],
    [programme({ '/targeting/places/x': 1 }), { expected: '"/targeting/places" has no places' }],
    [
      { object: 'parameter', id: 'populationShare', value: 1 },
      { pointer: `${POINTER}/changes/0/value`, expected: 'set' },
    ],
    [programme({ '/targeting/budget': 1, '/unit': 'person' }), { pointer: `${POINTER}/changes/0/set/~1unit` }],
    [{ object: 'rule', id: CASH, source: 'x' }, { message: 'a text is an object' }],
  ]
  for (const [change, fault] of told) {
    const answer = of(change)
    t.match(answer.ok ? null : answer.errors[0], fault, JSON.stringify(change))
  }
})

t.test('what only follows from a fault is not told beside it', async (t) => {
  const answer = of(...conditions({ all: [] }))
  t.equal(answer.ok ? 0 : answer.errors.length, 1)
})

t.test('a fault is told of the change that wrote it, of several', async (t) => {
  const first = programmeSet('housing', { '/targeting/budget': 1 })
  const pointers = (...changes: Change[]): string[] => {
    const answer = of(...changes)
    return answer.ok ? [] : answer.errors.map(({ pointer }) => pointer)
  }
  t.equal(pointers(first, ...set({ '/targeting/precedence': 10 }))[0], `${POINTER}/changes/1/set/~1targeting~1precedence`)
  t.same(pointers(...set({ '/targeting/budget': -1 }), ...set({ '/targeting/places': 5 })), [
    `${POINTER}/changes/0/set/~1targeting~1budget`,
  ])
  t.same(pointers(...set({ '/absent/x': 1 }), { object: 'rule', id: 'none', set: {} }), [
    `${POINTER}/changes/0/set/~1absent~1x`,
    `${POINTER}/changes/1/id`,
  ])
  const cash = jsonOf('programme', CASH) as { readonly targeting: object }
  const source = { ...cash, targeting: { ...cash.targeting, precedence: 0 } }
  t.same(pointers({ object: 'programme', id: CASH, source }), [`${POINTER}/changes/0/source/targeting/precedence`])
})

t.test('sound changes are compiled, one upon the other', async (t) => {
  const answer = of(
    ...set({ '/targeting/budget': 5 }),
    ...set({ '/targeting/places': 7, '/targeting/quotas': null }),
    { object: 'parameter', id: 'povertyLine', value: 120.5 },
    { object: 'parameter', id: 'population-share', set: { '/values/0/rows/0/1': 0.5 } },
  )
  if (!answer.ok) return t.same(answer.errors, [])
  const { targeting: changed } = answer.bundle.programmes.find(({ id }) => id === CASH)?.programme.source ?? {}
  t.match(changed, { budget: 5, places: 7 })
  t.notOk(changed?.quotas)
  t.equal(answer.bundle.catalogue.parameters.get('povertyLine')?.epochs.at(-1)?.value, 120_500)
  t.equal(answer.bundle.catalogue.parameters.get('povertyLine')?.epochs[0]?.value, 68_000, 'what held before stays')
  t.equal(answer.texts.length, texts.length)
  const nothing = of()
  t.ok(nothing.ok && nothing.texts.every((text, index) => text === texts[index]))
})
