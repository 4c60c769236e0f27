/** Faulty rules, each refused with its exact codes and pointers. */
import t from 'tap'
import { checkRule, parseRule } from '../../../src/language/rule/check.ts'
import { diagnosticCodes } from '../../../src/language/diagnostic-codes.ts'
import { definitions, personSpace, rule, space } from './fixtures.ts'

const leaf = (fact: unknown, operator: unknown, value: unknown, more: object = {}): object => ({ fact, operator, value, ...more })
const all = (...children: unknown[]): object => ({ all: children })
const ok = leaf('memberCount', 'greaterThan', 2)
const nest = (levels: number): unknown => (levels === 0 ? ok : { not: nest(levels - 1) })
const C = '/conditions/all/0'

type Fault = readonly [what: string, rule: unknown, findings: readonly string[], hint?: RegExp]

const faults: readonly Fault[] = [
  ['no object at all', 'eligible', ['wrong-type ']],
  ['no conditions', { ...rule(ok), conditions: undefined }, ['not-an-object /conditions']],
  ['a missing key', Object.fromEntries(Object.entries(rule(all(ok))).filter(([key]) => key !== 'version')), ['missing-key ']],
  ['an unknown top key', rule(all(ok), { conditons: {} }), ['unknown-key /conditons'], /"conditions"/],
  ['another event', rule(all(ok), { event: { type: 'ineligible' } }), ['wrong-value /event/type']],
  ['parameters on the event', rule(all(ok), { event: { type: 'eligible', params: {} } }), ['unknown-key /event/params']],
  ['a version that is not whole', rule(all(ok), { version: 1.5 }), ['wrong-value /version']],
  ['a date that is none', rule(all(ok), { effectiveFrom: '2026-02-30' }), ['wrong-value /effectiveFrom']],
  ['one language only', rule(all(ok), { description: { en: 'A rule' } }), ['missing-key /description']],
  ['an id with spaces', rule(all(ok), { id: 'my rule' }), ['wrong-value /id']],
  ['a leaf at the root', rule(ok), ['condition-root /conditions']],
  ['a list at the root', rule([ok]), ['not-an-object /conditions']],
  ['an unknown key', rule(all(leaf('memberCount', 'equal', 2, { vlaue: 3 }))), [`unknown-key ${C}/vlaue`], /"value"/],
  ['an unknown key on a group', rule({ all: [ok], operator: 'equal' }), ['unknown-key /conditions/operator']],
  ['a path', rule(all(leaf('memberCount', 'equal', 2, { path: '$.x' }))), [`key-refused ${C}/path`], /catalogue/],
  ['params', rule(all(leaf('memberCount', 'equal', 2, { params: {} }))), [`key-refused ${C}/params`]],
  ['priority', rule({ all: [ok], priority: 10 }), ['key-refused /conditions/priority']],
  [
    'a path on the value side',
    rule(all(leaf('incomeMonth', 'lessThan', { fact: 'povertyLine', path: '$' }))),
    [`key-refused ${C}/value/path`],
  ],
  ['an unknown fact', rule(all(leaf('memberCuont', 'equal', 2))), [`fact-unknown ${C}/fact`], /"memberCount"/],
  ['an inherited name as a fact', rule(all(leaf('constructor', 'equal', 2))), [`fact-unknown ${C}/fact`]],
  ['a fact that is no text', rule(all(leaf(5, 'equal', 2))), [`fact-unknown ${C}/fact`]],
  ['an unknown operator', rule(all(leaf('memberCount', 'less', 2))), [`operator-unknown ${C}/operator`], /"lessThan"/],
  ['an operator that only json-rules-engine has', rule(all(leaf('tenure', 'contains', 'own'))), [`operator-unknown ${C}/operator`]],
  ['an inherited name as an operator', rule(all(leaf('tenure', '__proto__', 'own'))), [`operator-unknown ${C}/operator`]],
  ['no operator and no value', rule(all({ fact: 'memberCount' })), [`missing-key ${C}`, `missing-key ${C}`]],
  ['no fact', rule(all({ operator: 'equal', value: 1 })), [`missing-key ${C}`]],
  ['an empty node', rule(all({})), [`condition-kind-missing ${C}`]],
  ['a misspelt group', rule({ al: [ok] }), ['condition-kind-missing /conditions'], /"all"/],
  ['two groups on one node', rule({ all: [ok], any: [ok] }), ['condition-kinds-several /conditions']],
  [
    'two groups, one with a fault of its own',
    rule({ all: [ok], any: [] }),
    ['condition-kinds-several /conditions', 'group-empty /conditions/any'],
  ],
  ['an empty all', rule({ all: [] }), ['group-empty /conditions/all']],
  ['an empty any', rule(all({ any: [] })), [`group-empty ${C}/any`]],
  ['a group that is no list', rule({ any: ok }), ['group-not-array /conditions/any']],
  ['a not that is a list', rule({ not: [ok] }), ['not-an-object /conditions/not']],
  ['a child that is null', rule(all(null)), [`not-an-object ${C}`]],
  ['an unknown definition', rule({ condition: 'isPor' }), ['definition-unknown /conditions/condition'], /"isPoor"/],
  ['a definition name that is inherited', rule({ condition: 'toString' }), ['definition-unknown /conditions/condition']],
  ['a cyclic definition', rule(all({ condition: 'circleA' })), [`definition-cyclic ${C}/condition`]],
  ['a definition with errors', rule(all({ condition: 'broken' })), [`definition-invalid ${C}/condition`]],
  ["a person's definition in a household's rule", rule(all({ condition: 'isElder' })), [`definition-scope ${C}/condition`]],
  ['null', rule(all(leaf('incomeMonth', 'equal', null))), [`literal-null ${C}/value`], /isKnown/],
  ['a text for a number', rule(all(leaf('incomeMonth', 'equal', '300'))), [`literal-type ${C}/value`]],
  ['a number for a boolean', rule(all(leaf('ownsHome', 'equal', 1))), [`literal-type ${C}/value`]],
  ['a number for a date', rule(all(leaf('licenceExpiry', 'lessThan', 2026))), [`literal-type ${C}/value`]],
  ['a date with a time', rule(all(leaf('licenceExpiry', 'lessThan', '2026-01-01T00:00:00Z'))), [`literal-date ${C}/value`]],
  ['30 February', rule(all(leaf('licenceExpiry', 'lessThan', '2026-02-30'))), [`literal-date ${C}/value`]],
  ['the year 0', rule(all(leaf('licenceExpiry', 'lessThan', '0000-01-01'))), [`literal-date ${C}/value`]],
  ['a code that is none', rule(all(leaf('tenure', 'equal', 'rented'))), [`literal-code ${C}/value`], /"rent"/],
  ['a code with a NUL', rule(all(leaf('tenure', 'equal', 'rent\0'))), [`literal-code ${C}/value`]],
  [
    'an object as a literal',
    rule(all(leaf('memberCount', 'equal', { facts: 'x' }))),
    [`unknown-key ${C}/value/facts`, `literal-type ${C}/value`],
  ],
  ['more places than the fact has', rule(all(leaf('incomeMonth', 'equal', 1.2345))), [`literal-places ${C}/value`]],
  ['half a person', rule(all(leaf('memberCount', 'equal', 2.5))), [`literal-places ${C}/value`]],
  ['beyond 2^53', rule(all(leaf('memberCount', 'equal', 2 ** 53))), [`literal-range ${C}/value`]],
  ['beyond 2^53 once scaled', rule(all(leaf('incomeMonth', 'lessThan', 1e13))), [`literal-range ${C}/value`]],
  ['16 significant digits', rule(all(leaf('meter', 'lessThan', 12345678901234.56))), [`literal-range ${C}/value`]],
  ['an order on booleans', rule(all(leaf('ownsHome', 'lessThan', true))), [`operator-type ${C}/operator`]],
  ['an order on codes', rule(all(leaf('tenure', 'greaterThan', 'own'))), [`operator-type ${C}/operator`]],
  ['in without a list', rule(all(leaf('tenure', 'in', 'own'))), [`list-expected ${C}/value`]],
  ['in with an empty list', rule(all(leaf('tenure', 'in', []))), [`list-empty ${C}/value`]],
  ['in with a mixed list', rule(all(leaf('memberCount', 'notIn', [1, '2']))), [`list-mixed ${C}/value`]],
  ['in with null', rule(all(leaf('memberCount', 'in', [null]))), [`literal-null ${C}/value/0`]],
  ['in with one wrong code', rule(all(leaf('tenure', 'in', ['own', 'rnet']))), [`literal-code ${C}/value/1`]],
  [
    'in with 501 values',
    rule(
      all(
        leaf(
          'memberCount',
          'in',
          Array.from({ length: 501 }, (_, i) => i),
        ),
      ),
    ),
    [`list-too-long ${C}/value`],
  ],
  ['a list without in', rule(all(leaf('memberCount', 'equal', [1]))), [`list-unexpected ${C}/value`]],
  ['isKnown without true or false', rule(all(leaf('memberCount', 'isKnown', 1))), [`literal-type ${C}/value`]],
  ['isKnown of null', rule(all(leaf('memberCount', 'isKnown', null))), [`literal-null ${C}/value`]],
  ['isKnown of another fact', rule(all(leaf('memberCount', 'isKnown', { fact: 'carAge' }))), [`fact-value-refused ${C}/value`]],
  ['in another fact', rule(all(leaf('memberCount', 'in', { fact: 'carAge' }))), [`list-expected ${C}/value`]],
  ['different units', rule(all(leaf('memberCount', 'lessThan', { fact: 'carAge' }))), [`units-differ ${C}/value`]],
  ['different periods', rule(all(leaf('incomeMonth', 'lessThan', { fact: 'incomeYear' }))), [`periods-differ ${C}/value`], /perMonth/],
  ['different types', rule(all(leaf('licenceExpiry', 'lessThan', { fact: 'carAge' }))), [`types-differ ${C}/value`]],
  ['different codes', rule(all(leaf('tenure', 'equal', { fact: 'governorate' }))), [`codes-differ ${C}/value`]],
  [
    'an unknown fact on the value side',
    rule(all(leaf('incomeMonth', 'lessThan', { fact: 'povertyLin' }))),
    [`fact-unknown ${C}/value/fact`],
  ],
  ['21 levels', rule(nest(20)), [`condition-too-deep /conditions${'/not'.repeat(20)}`]],
  [
    '21 levels through a definition',
    rule({ not: { not: { not: { not: { condition: 'deep' } } } } }),
    ['condition-too-deep /conditions/not/not/not/not/condition'],
  ],
  ['501 leaves', rule(all(...Array.from({ length: 501 }, () => ok))), ['condition-too-large /conditions']],
  ['900 leaves through definitions', rule({ condition: 'wider' }), ['condition-too-large /conditions']],
  ['a name that is no text', rule({ all: [ok], name: 5 }), ['annotation-invalid /conditions/name']],
  ['a reason in one language', rule({ all: [ok], because: { en: 'why' } }), ['annotation-invalid /conditions/because']],
  ['a citation with half a surrogate pair', rule({ all: [ok], citation: 'law \ud800' }), ['annotation-invalid /conditions/citation']],
  ['an empty name', rule({ all: [ok], name: ' ' }), ['annotation-invalid /conditions/name']],
  [
    'a protected fact without a basis',
    rule(all(leaf('headIsCitizen', 'equal', true))),
    [`protected-without-basis ${C}/fact`],
    /legalBasis/,
  ],
  ['a protected fact inside a definition', rule(all({ condition: 'isCitizen' })), ['protected-without-basis /legalBasis']],
  [
    'a basis for a fact that is not there',
    rule(all(ok), { legalBasis: [{ fact: 'nationality', basis: { en: 'x', ar: 'س' } }] }),
    ['fact-unknown /legalBasis/0/fact'],
  ],
  [
    'a basis that is empty',
    rule(all(ok), { legalBasis: [{ fact: 'headIsCitizen', basis: { en: '', ar: 'س' } }] }),
    ['wrong-value /legalBasis/0/basis/en'],
  ],
  ['a NUL in the description', rule(all(ok), { description: { en: 'a\0b', ar: 'س' } }), ['text-invalid /description/en']],
  [
    'five faults at once',
    rule(all(leaf('x', 'equal', 1), { any: [] }, leaf('tenure', 'in', []), { not: leaf('ownsHome', 'equal', null) }, { condition: 'zzz' })),
    [
      'fact-unknown /conditions/all/0/fact',
      'group-empty /conditions/all/1/any',
      'list-empty /conditions/all/2/value',
      'literal-null /conditions/all/3/not/value',
      'definition-unknown /conditions/all/4/condition',
    ],
  ],
]

t.test(`${faults.length} faulty rules, each with its findings`, async (t) => {
  for (const [what, json, findings, hint] of faults) {
    const { rule: checked, diagnostics } = checkRule(json, { space, definitions })
    t.equal(checked, undefined, `${what}: not accepted`)
    t.same(
      diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code} ${d.pointer}`),
      findings,
      what,
    )
    for (const d of diagnostics) t.ok(Object.hasOwn(diagnosticCodes, d.code) && d.message.length > 10)
    if (hint) t.match(diagnostics.map((d) => d.hint ?? '').join(), hint, `${what}: the hint helps`)
  }
})

t.test('sound rules are accepted, warnings do not stop them', async (t) => {
  const accept = (json: unknown, inSpace = space): string[] => {
    const { rule: checked, diagnostics } = checkRule(json, { space: inSpace, definitions })
    t.ok(checked, JSON.stringify(diagnostics))
    return diagnostics.map((d) => `${d.severity} ${d.code} ${d.pointer}`)
  }
  t.same(accept(rule(all(ok, { condition: 'isPoor' }, leaf('meter', 'lessThan', 1e-2)))), [])
  t.same(accept(rule(all({ condition: 'isElder' }, { condition: 'isPoor' })), personSpace), [])
  t.same(accept(rule(nest(19))), [])
  t.same(accept(rule(all(...Array.from({ length: 500 }, () => ok)))), [])
  t.same(accept(rule(all(leaf('tenure', 'in', ['own', 'own'])))), [`warning list-repeats ${C}/value/1`])
  const basis = [{ fact: 'headIsCitizen', basis: { en: 'Law', ar: 'قانون' } }]
  t.same(accept(rule(all(leaf('headIsCitizen', 'equal', true)), { legalBasis: basis })), [])
  t.same(accept(rule(all({ condition: 'isCitizen' }), { legalBasis: basis })), [])
  t.same(accept(rule(all(ok), { legalBasis: basis })), ['warning basis-unused /legalBasis/0/fact'])
})

t.test('a place that compares with literals only refuses another fact', async (t) => {
  const { checkCondition } = await import('../../../src/language/condition/check.ts')
  const { diagnostics } = checkCondition(leaf('incomeMonth', 'lessThan', { fact: 'povertyLine' }), '/where', {
    space,
    definitions,
    allowFactValue: false,
  })
  t.same(
    diagnostics.map((d) => `${d.code} ${d.pointer}`),
    ['fact-value-refused /where/value'],
  )
})

t.test('texts go through the same check, and their own faults come first', async (t) => {
  const context = { space, definitions }
  t.ok(parseRule(JSON.stringify(rule(all(ok))), context).rule)
  t.same(
    parseRule('{"id": 1', context).diagnostics.map((d) => d.code),
    ['json-syntax'],
  )
  const exact = JSON.stringify(rule(all(leaf('meter', 'lessThan', 0)))).replace('"value":0', '"value":0.1000000000000000055')
  t.same(
    parseRule(exact, context).diagnostics.map((d) => `${d.code} ${d.pointer}`),
    [`json-number-precision ${C}/value`],
  )
})
